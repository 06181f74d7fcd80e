"""The check against robots at the pages: asked by the server, of whom the firm says."""

import json
from dataclasses import replace

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.login.models import Session
from cinnabar.passwords.models import Lock
from cinnabar.robots.models import Spent
from tests.support.face import Browser
from tests.support.robots import solved

PEOPLE = {"identifier": "A123456789", "password": "demo1234"}


def firm(env, steps, pages):
    login = replace(env.firm.login, password_centre=steps, captcha_pages=pages)
    easy = replace(env.firm.robot, work=1000, work_at_risk=4000)
    return replace(env, firm=replace(env.firm, login=login, robot=easy))


@pytest.fixture
def serve(env, ming, monkeypatch):
    """Return a function that opens a firm's pages."""

    def run(steps, pages):
        made = firm(env, steps, pages)
        here = compose.World(env=made, web=WebOptions())
        monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
        return made

    return run


@pytest.fixture
def always(serve):
    """A firm that asks everybody who signs in."""
    return serve(("id", "password", "captcha"), ("password-centre", "sign-in"))


@pytest.fixture
def on_risk(serve):
    """A firm that asks a risk only."""
    return serve(("id", "password", "captcha-on-risk"), ("sign-in", "code"))


def given(browser, page="sign-in"):
    return json.loads(browser.get(f"/robot-check/{page}").content)


def sign_in(browser, **more):
    browser.get("/sign-in/")
    return browser.form("/sign-in/", PEOPLE | more, Accept="text/html")


def name(answer):
    return json.loads(answer.content)["type"].rsplit("/", 1)[1]


def test_without_the_check_nobody_gets_in_and_nothing_is_counted(always, browser):
    answer = sign_in(browser)
    assert answer.status_code == 403
    text = answer.content.decode()
    assert 'data-robot="sign-in"' in text
    assert "demo1234" not in text
    assert not Session.objects.exists()
    assert not Lock.objects.exists()


def test_with_the_check_done_she_gets_in_once(always, browser):
    answer = solved(given(browser))
    assert browser.pass_second(sign_in(browser, robot=answer)).status_code == 302
    again = Browser()
    again.client.cookies["__Host-visit"] = browser.client.cookies["__Host-visit"].value
    assert sign_in(again, robot=answer).status_code == 403
    assert Session.objects.count() == 1


def test_a_wrong_password_uses_the_check_up(always, browser):
    answer = solved(given(browser))
    assert sign_in(browser, robot=answer, password="demo9999").status_code == 401
    assert sign_in(browser, robot=answer).status_code == 403
    assert sign_in(browser, robot=solved(given(browser))).status_code == 302


def test_what_another_browser_worked_out_does_not_count(always, browser):
    answer = solved(given(Browser()))
    assert sign_in(browser, robot=answer).status_code == 403


def test_what_was_worked_out_for_another_page_does_not_count(always, browser):
    answer = solved(given(browser, "reissue"))
    assert sign_in(browser, robot=answer).status_code == 403


def test_a_page_that_is_none_gives_out_nothing(always, browser):
    assert browser.get("/robot-check/nowhere").status_code == 404


def test_giving_out_keeps_nothing(always, browser):
    for _ in range(3):
        given(browser)
    assert not Spent.objects.exists()


@pytest.mark.parametrize("sent", ["x", "=" * 5000, "e30=", "bnVsbA=="])
def test_nonsense_for_an_answer_is_refused_in_words(always, browser, sent):
    assert sign_in(browser, robot=sent).status_code in {403, 413}


def test_where_the_firm_asks_on_risk_people_see_nothing_of_it(on_risk, browser):
    assert "data-robot" not in browser.get("/sign-in/").content.decode()
    assert sign_in(browser).status_code == 302


def test_where_somebody_was_wrong_often_the_check_appears(on_risk, browser):
    for _ in range(on_risk.firm.guard.risk_after):
        guard.enter(on_risk, Door.SIGN_IN, "127.0.0.1")
    assert 'data-robot="sign-in"' in browser.get("/sign-in/").content.decode()
    assert sign_in(browser).status_code == 403
    assert sign_in(browser, robot=solved(given(browser))).status_code == 302


def ask_code(browser, **headers):
    opened = browser.post("/certificates/flows/", {"kind": "apply"})
    flow = json.loads(opened.content)["flow"]
    return browser.post(f"/certificates/flows/{flow}/code", **headers)


def test_a_code_is_asked_for_with_the_check_where_the_address_is_a_risk(on_risk, mings):
    for _ in range(on_risk.firm.guard.risk_after):
        guard.enter(on_risk, Door.CLAIM, "127.0.0.1")
    refused = ask_code(mings)
    assert (refused.status_code, name(refused)) == (403, "robot-check-needed")
    assert json.loads(refused.content)["page"] == "code"
    done = {"Robot-Check": solved(given(mings, "code"))}
    assert "data-boxes" not in ask_code(mings, **done).content.decode()
    assert name(ask_code(mings, **done)) == "robot-check-void"


def test_who_is_no_risk_gets_his_code_without(on_risk, mings):
    assert ask_code(mings).status_code != 403


def test_password_managers_find_where_a_password_is_changed(browser):
    """WEB-05; W3C, A Well-Known URL for Changing Passwords."""
    answer = browser.get("/.well-known/change-password")
    assert (answer.status_code, answer["Location"]) == (302, "/passwords/change/")
    entrance = browser.get("/passwords/change/")
    assert (entrance.status_code, entrance["Location"]) == (302, "/passwords/")
    assert 'autocomplete="current-password"' in browser.get("/passwords/").content.decode()


def test_who_is_signed_in_is_led_to_the_change_itself(mings):
    led = mings.get(mings.get("/.well-known/change-password")["Location"])
    assert led.status_code == 200
    assert 'autocomplete="new-password"' in led.content.decode()


def test_the_shipped_rules_ask_at_the_entrance_of_the_password_centre(env, ming, browser):
    """P21, P22: everybody in Taiwan's file, a risk in the strong one."""
    for _ in range(env.firm.guard.risk_after):
        guard.enter(env, Door.SIGN_IN, "127.0.0.1")
    assert 'data-robot="password-centre"' in browser.get("/passwords/").content.decode()
    assert browser.form("/passwords/", PEOPLE).status_code == 403
    done = {"robot": browser.robot_check("password-centre")}
    assert browser.form("/passwords/", PEOPLE | done).status_code == 302


@pytest.mark.parametrize(
    "known",
    ["resource-that-should-not-exist-whose-status-code-should-not-be-200", "passkeys", ""],
)
def test_other_well_known_names_are_not_there(browser, known):
    """A manager first looks whether this site says yes to anything (W3C, section 4)."""
    assert browser.get(f"/.well-known/{known}").status_code == 404
