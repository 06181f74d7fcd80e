"""Secrets do not print: some are planted in a whole life, and looked for everywhere (law 8)."""

import re

import pytest
import structlog
from django.db import connection
from django.test import Client

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.actions import code
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.secrets import Digits, Password, Secret
from cinnabar.messages.deliver import tick
from tests.messages.support import Shelf
from tests.support.centre import Customer
from tests.support.people import PASSWORD, visit
from tests.support.signing import sign_in

WRONG = "correct-horse-battery-staple"
PERSONAL = ("A123456789", "王小明", "0958123474", "fredric@example.com")


def rows() -> list[str]:
    """Return every value of every table, octets as the text they would be."""
    found: list[str] = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            for value in (value for row in cursor for value in row):
                octets = isinstance(value, bytes | memoryview)
                found.append(bytes(value).decode("utf-8", "replace") if octets else str(value))
    return found


def loaded(env: Env) -> LoadedDice:
    assert isinstance(env.dice, LoadedDice)
    return env.dice


def live(env: Env, ming: CustomerView) -> list[str]:
    """Go through a life with a wrong password and a wrong code in it; return the codes."""
    with pytest.raises(Exception, match="sign-in"):
        sign_in(env, ming.identifier, Password(WRONG), address="127.0.0.1")
    here = Customer(env, visit(env, ming))
    right, wrong = (t.rjust(env.firm.code.length, "0") for t in ("5523", "7741"))
    flow = here.open()
    here.present(flow)
    loaded(env).load(right)
    code.ask_code(env, here.visitor, flow)
    code.try_code(env, here.visitor, flow, wrong)
    code.try_code(env, here.visitor, flow, right)
    here.finish(flow)
    tick(env, {"sms": Shelf(), "email": Shelf()})
    return [right, wrong]


@pytest.mark.django_db
def test_after_a_whole_life_no_secret_and_no_person_is_in_database_or_log(env, ming, caplog, capfd):
    with structlog.testing.capture_logs() as events:
        codes = live(env, ming)
    out, err = capfd.readouterr()
    everywhere = "\n".join([*rows(), caplog.text, out, err, repr(events)])
    assert ming.subject in everywhere, "what may be kept is found"
    planted = [PASSWORD.reveal(), WRONG, *PERSONAL]
    assert [secret for secret in planted if secret in everywhere] == []
    assert [c for c in codes if re.search(rf"(?<![\w.]){c}(?!\w)", everywhere)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("identifier", ["A123456789", "A123456788", "", "<b>"])
def test_a_page_that_refuses_does_not_repeat_the_password(env, ming, identifier):
    answer = Client().post(
        "/sign-in/",
        {"identifier": identifier, "password": WRONG},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert answer.context["refusal"]
    assert WRONG not in answer.content.decode()
    assert WRONG not in str(answer.headers)


@pytest.mark.parametrize("kind", [Secret, Password, Digits])
def test_a_secret_shows_stars_however_it_is_written(kind):
    secret = kind("planted")
    ways = [str(secret), repr(secret), f"{secret}", f"{secret!r}", f"{[secret]}", f"{secret:>9}"]
    assert all("planted" not in way and "*" in way for way in ways)
