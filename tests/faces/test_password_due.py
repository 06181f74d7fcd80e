"""Who signs in with a password that must be changed reads why, and gets no further before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm import load_firm
from cinnabar.passwords import store
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.words import Words
from tests.support.face import Browser
from tests.support.leaked import Leaked
from tests.support.people import PASSWORD

CHANGE = "/passwords/change/"
TAIWAN, STRONG = load_firm("taiwan").password, load_firm("strong").password
NINETY = replace(TAIWAN, login=replace(TAIWAN.login, max_age=timedelta(days=90)))


@pytest.fixture
def under(env, monkeypatch):
    """Let the pages ask of passwords what is given here."""

    def change(passwords, **world):
        made = replace(env, firm=replace(env.firm, password=passwords), **world)
        here = compose.World(env=made, web=WebOptions(is_demo=True))
        monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
        return made

    return change


def told(env, customer):
    """Sign in; return why a change comes first, and what the certificates' page answers."""
    browser = Browser()
    assert browser.sign_in(customer.identifier).status_code == 302
    said = browser.get(CHANGE).content.decode()
    words = Words(env.firm, "zh-Hant-TW")
    reasons = ("issued", "over", "leaked")
    found = [name for name in reasons if words.say(f"password-due.{name}") in said]
    return found, browser.get("/certificates/").status_code


def test_a_password_that_leaked_is_told_as_such(ming, under):
    """CONFLICT-4."""
    assert told(under(STRONG, breached=Leaked.of(PASSWORD.reveal())), ming) == (["leaked"], 403)


def test_a_password_that_is_over_is_told_as_such(ming, under, clock):
    """G22."""
    world = under(NINETY)
    clock.move(timedelta(days=91))
    assert told(world, ming) == (["over"], 403)


def test_an_issued_password_is_told_as_such(env, ming, under):
    """P101."""
    world = under(TAIWAN)
    issued = store.encode(env, ming.id, PasswordKind.LOGIN, PASSWORD)
    until = env.clock.now() + timedelta(minutes=5)
    store.put(env, ming.id, PasswordKind.LOGIN, issued, accounts=(None,), expires_at=until)
    assert told(world, ming) == (["issued"], 403)


def test_a_good_password_is_told_nothing(ming, under):
    assert told(under(NINETY, breached=Leaked.of(PASSWORD.reveal())), ming) == ([], 200)
