"""Nobody learns anything: who is unknown, locked or says a wrong birth date costs the same work.

No stopwatch: the statements of each request are compared one by one, and the answers letter by
letter (LCK-03, RST-05, incident 16).
"""

from dataclasses import replace

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from tests.support.face import Browser
from tests.support.work import counting, seen

KNOWN, UNKNOWN = "A123456789", "C123456781"
RIGHT, WRONG = "demo1234", "demo9999"


@pytest.fixture
def env(env, monkeypatch):
    """The world, counting; an address is no risk here, however often it is wrong."""
    patient = replace(env.firm.guard, risk_after=1000)
    made = counting(replace(env, firm=replace(env.firm, guard=patient)))
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


def lock(env, identifier):
    for _ in range(env.firm.login.max_wrong):
        Browser().sign_in(identifier, WRONG)


def sign_in(env, identifier, password):
    browser = Browser()
    browser.get("/sign-in/")
    fields = {"identifier": identifier, "password": password}
    return seen(env, lambda: browser.form("/sign-in/", fields))


def test_a_wrong_password_costs_the_same_for_everybody(env, ming):
    """Known, unknown, either of them locked, and the right password at a lock."""
    for identifier in (KNOWN, UNKNOWN):  # the first try makes the row, for both alike
        sign_in(env, identifier, WRONG)
    known = sign_in(env, KNOWN, WRONG)
    assert known.status == 401
    assert sign_in(env, UNKNOWN, WRONG) == known
    lock(env, KNOWN)
    lock(env, UNKNOWN)
    assert_alike(known, sign_in(env, KNOWN, WRONG))
    assert_alike(known, sign_in(env, KNOWN, RIGHT))
    assert_alike(known, sign_in(env, UNKNOWN, RIGHT))


def assert_alike(one, other):
    assert one.work == other.work
    assert one == other
