"""Attacks on the reset by mail: forged names, a flood of requests (incidents 11 and 16)."""

from dataclasses import replace

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from tests.attack.crowds import strangers
from tests.attack.test_second_stage import EVIL, FORGED, LIMIT
from tests.attack.test_spraying import told
from tests.support.face import Browser
from tests.support.resets import letters, mails, resetting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def env(env, monkeypatch):
    """A firm that resets passwords by a mailed link, and takes twelve claims of an address."""
    made = resetting(env)
    login = replace(made.firm.login, per_address_wrong_per_day=12)
    made = replace(made, firm=replace(made.firm, login=login))
    here = compose.World(env=made, web=WebOptions(trusted_proxies=("127.0.0.1",)))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


def ask(typed, address="198.51.100.1", **headers):
    browser = Browser(headers={"X-Forwarded-For": address, **headers})
    page = browser.get("/forgotten/")
    fields = {"identifier": typed}
    if b"data-robot=" in page.content:
        fields["robot"] = browser.robot_check("reissue")
    return browser.form("/forgotten/", fields)


@pytest.mark.parametrize("name", FORGED)
def test_the_mail_leads_to_our_own_site_whatever_the_request_says(env, ming, name):
    answer = ask(ming.identifier, **{name: FORGED[name]})
    assert (answer.status_code, answer["Location"]) == (302, "/forgotten/sent/")
    letters(env)
    [mail] = mails(env)
    assert f"{env.base_url}/reset/#" in mail.text
    assert EVIL not in f"{mail.text}{mail.to}"


def test_whoever_asks_for_everybody_is_stopped_and_told(env, ming):
    """One address asks for mails to a list of customers, known or not."""
    answers = [ask(typed).status_code for typed in [ming.identifier, *strangers(env, 15)]]
    assert answers == [302] * 12 + [LIMIT] * 4
    assert ("address", 12) in told()


def test_at_another_address_the_customer_asks_as_ever(env, ming):
    for typed in strangers(env, 13):
        ask(typed)
    assert ask(ming.identifier, address="203.0.113.9").status_code == 302
    letters(env)
    assert len(mails(env)) == 1
