"""What somebody put into a browser beforehand is worth nothing to him afterwards (incident 2)."""

import pytest

from cinnabar.login.models import Session
from tests.support.face import Browser

pytestmark = pytest.mark.django_db

COOKIES = ("__Host-session", "__Host-device", "__Host-visit", "__Host-csrf")


def values(browser):
    return {name: browser.client.cookies[name].value for name in COOKIES if has(browser, name)}


def has(browser, name):
    return name in browser.client.cookies and bool(browser.client.cookies[name].value)


def with_cookies(cookies):
    """Return a browser with these cookies, and no other."""
    browser = Browser()
    for name, value in cookies.items():
        browser.client.cookies[name] = value
    return browser


@pytest.fixture
def attacker(env, mei):
    """A customer who signed in at a computer that others use, and signed out of nothing."""
    browser = Browser()
    assert browser.sign_in(mei.identifier).status_code == 302
    return browser


def test_what_the_one_before_left_in_the_browser_gives_him_no_session_of_the_next(
    env, ming, attacker
):
    """His cookies, all but the session, are still there when 王小明 signs in; he has copies."""
    planted = values(attacker)
    victim = with_cookies({n: value for n, value in planted.items() if n != "__Host-session"})
    assert victim.sign_in(ming.identifier).status_code == 302
    after = values(victim)
    assert after["__Host-csrf"] != planted.get("__Host-csrf")
    assert Session.objects.filter(customer_id=ming.id, ended_at=None).count() == 1
    for session in ({}, {"__Host-session": "f" * 64}):
        copied = with_cookies({**planted, "__Host-session": "", **session})
        assert copied.get("/account/").status_code in {302, 401}


@pytest.mark.parametrize("name", COOKIES)
def test_a_token_that_somebody_chose_is_never_taken_as_a_session(env, ming, name):
    chosen = "f" * 64
    victim = with_cookies({name: chosen})
    assert victim.sign_in(ming.identifier).status_code == 302
    assert victim.client.cookies["__Host-session"].value != chosen
    everything = dict.fromkeys(COOKIES, chosen)
    assert with_cookies(everything).get("/account/").status_code in {302, 401}


def test_signing_in_again_in_the_same_browser_gives_a_new_session(env, ming):
    browser = Browser()
    browser.sign_in(ming.identifier)
    first = values(browser)
    browser.form("/sign-out/", {})
    browser.sign_in(ming.identifier)
    assert values(browser)["__Host-session"] != first["__Host-session"]
    stale = with_cookies(first)
    assert stale.get("/account/").status_code in {302, 401}
