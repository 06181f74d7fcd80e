"""Signing in and out at the page: cookies, fixation, languages, the way back."""

import re

import pytest
from django.core.management import call_command

from cinnabar.login.models import Session
from cinnabar.messages.models import Tray
from tests.support.face import Browser

COOKIES = ("__Host-session", "__Host-device", "__Host-csrf", "__Host-language")


def test_cookies_belong_to_this_host_and_to_no_script(mings):
    """SES-01, WEB-01: the prefix makes the browser insist on Secure, Path=/ and no Domain."""
    mings.form("/language/", {"language": "en", "next": "/"})
    jar = mings.client.cookies
    assert set(COOKIES) == set(jar) - {"__Host-visit"}
    for name in COOKIES:
        cookie = jar[name]
        assert (cookie["secure"], cookie["httponly"]) == (True, True), name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name
        assert cookie["samesite"] == ("Lax" if name == "__Host-language" else "Strict")
    assert jar["__Host-session"]["max-age"] == ""
    assert jar["__Host-csrf"]["max-age"] == ""


def test_a_session_chosen_by_somebody_else_is_not_taken_over(env, ming):
    """Session fixation, incident 2."""
    browser = Browser()
    chosen = "f" * 64
    browser.client.cookies["__Host-session"] = chosen
    browser.client.cookies["__Host-device"] = chosen
    browser.get("/sign-in/")
    before = browser.client.cookies["__Host-csrf"].value
    browser.sign_in("A123456789")
    jar = browser.client.cookies
    assert chosen not in {jar["__Host-session"].value, jar["__Host-device"].value}
    assert jar["__Host-csrf"].value != before
    other = Browser()
    other.client.cookies["__Host-session"] = chosen
    other.client.cookies["__Host-device"] = chosen
    assert other.get("/certificates/").status_code == 401


def test_each_sign_in_has_a_session_of_its_own(mings):
    first = mings.client.cookies["__Host-session"].value
    mings.form("/sign-out/", {})
    mings.sign_in("A123456789")
    assert mings.client.cookies["__Host-session"].value != first
    assert Session.objects.count() == 2


def test_a_stolen_session_is_worth_nothing_without_its_device(mings):
    thief = Browser()
    thief.client.cookies["__Host-session"] = mings.client.cookies["__Host-session"].value
    assert thief.get("/certificates/").status_code == 401
    thief.client.cookies["__Host-device"] = "0" * 64
    assert thief.get("/certificates/").status_code == 401


def test_after_signing_out_the_cookie_is_worth_nothing(mings):
    """SES-03."""
    kept = {name: mings.client.cookies[name].value for name in COOKIES[:2]}
    answer = mings.form("/sign-out/", {})
    assert answer["Clear-Site-Data"] == '"cache"'
    assert mings.client.cookies["__Host-session"]["max-age"] == 0
    for name, value in kept.items():
        mings.client.cookies[name] = value
    assert mings.get("/certificates/").status_code == 401


def test_wrong_unknown_and_locked_look_the_same(env, ming):
    """LCK-03, incident 16."""

    def seen(identifier, password):
        browser = Browser()
        answer = browser.sign_in(identifier, password)
        text = re.sub(r"[ABC]\d{9}|\b\w{64}\b", "…", answer.content.decode())
        return answer.status_code, text, set(answer.headers)

    wrong = seen("A123456789", "demo9999")
    unknown = seen("C123456781", "demo9999")
    for _ in range(env.firm.login.max_wrong):
        seen("A123456789", "demo9999")
    locked = seen("A123456789", "demo1234")
    assert wrong[0] == 401
    assert wrong == unknown == locked


def test_a_slip_of_the_finger_is_told_and_the_number_kept(browser):
    answer = browser.sign_in("A123456788", "not-to-be-seen")
    assert answer.status_code == 400
    assert 'value="A123456788"' in answer.content.decode()
    assert "not-to-be-seen" not in answer.content.decode()


@pytest.mark.parametrize(("asked", "found"), [("en-GB,en;q=0.8", "en"), ("zh-TW", "zh-Hant-TW")])
def test_the_browsers_language_is_used_until_one_is_chosen(browser, asked, found):
    page = browser.get("/sign-in/", **{"Accept-Language": asked}).content.decode()
    assert f'<html lang="{found}"' in page
    other = "en" if found != "en" else "zh-Hant-TW"
    answer = browser.form("/language/", {"language": other, "next": "/sign-in/"})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    page = browser.get("/sign-in/", **{"Accept-Language": asked}).content.decode()
    assert f'<html lang="{other}"' in page


@pytest.mark.parametrize(
    "back",
    [
        *("https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example"),
        *("\\\\evil.example", "javascript:alert(1)", "evil.example", "/\x09/evil.example"),
        *("http:evil.example", " //evil.example", "/\u2028/evil.example"),
    ],
)
def test_choosing_a_language_leads_nowhere_else(browser, back):
    """Incident 20."""
    browser.get("/sign-in/")
    answer = browser.form("/language/", {"language": "en", "next": back})
    place = answer.headers.get("Location", "/")
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))
    assert "evil" not in place or place.startswith("/%")


def test_outside_a_demo_there_is_no_tray_and_no_list_of_passwords(env, ming, monkeypatch):
    from cinnabar.config.compose import World
    from cinnabar.faces.web.request import WebOptions

    Tray.objects.create(
        message_id="1",
        channel="sms",
        to="0958123474",
        subject="",
        text="5523",
        sent_at=env.clock.now(),
    )
    real = World(env=env, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: real)
    browser = Browser()
    for path in ("/tray/", "/tray/messages.json"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert b"0958123474" not in answer.content
    page = browser.get("/sign-in/").content.decode()
    assert "demo1234" not in page
    assert "/tray/" not in page


def test_the_product_is_sound_for_django(env):
    call_command("check", fail_level="WARNING")
