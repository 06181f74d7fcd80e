"""The second stage at its pages: what is offered, where one is led, what nobody gets by asking."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.http import HttpResponseRedirect

from cinnabar.config import compose
from cinnabar.faces.web import offered
from cinnabar.faces.web.request import WebOptions
from cinnabar.login.models import Session
from tests.support.face import Browser
from tests.support.second import asking, code, codes, other

DOORS = {"/sign-in/": "", "/passwords/": "/passwords/change/"}
"""The doors and where they lead; "": where the firm's sign-in does."""


@pytest.fixture
def world(env, monkeypatch):
    """Put the pages into another world; return it."""

    def put(made):
        here = compose.World(env=made, web=WebOptions())
        monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
        return made

    return put


@pytest.fixture
def env(env, monkeypatch):
    made = asking(env)
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


def type_password(browser, who, door="/sign-in/"):
    """Type the right password; return the page of the second stage."""
    page = browser.get(door)
    fields = {"identifier": who.identifier, "password": "demo1234"}
    if b"data-robot=" in page.content:
        fields["robot"] = browser.robot_check(
            "sign-in" if door == "/sign-in/" else "password-centre"
        )
    answer = browser.form(door, fields)
    assert answer.status_code == 302
    return answer["Location"]


def problem(answer):
    return json.loads(answer.content)["type"].rsplit("/", 1)[1]


@pytest.mark.parametrize("door", DOORS)
def test_either_door_leads_by_the_second_stage_to_its_own_page(env, ming, browser, door):
    place = type_password(browser, ming, door)
    assert place.startswith("/sign-in/second/")
    assert "__Host-session" not in browser.client.cookies
    before = browser.client.cookies["__Host-csrf"].value
    asked = browser.form(f"{place}ask", {"method": "sms"})
    assert asked["Location"] == f"{place}code/"
    browser.get(f"{place}code/")
    answer = browser.form(f"{place}try", {"code": code(env)})
    assert (answer.status_code, answer["Location"]) == (302, DOORS[door] or offered.home(env.firm))
    assert browser.client.cookies["__Host-csrf"].value != before
    assert browser.get("/passwords/change/").status_code == 200


@pytest.mark.parametrize("path", ["/account/", "/account/sessions/", "/sign-out/"])
def test_between_the_stages_nothing_else_is_open(env, ming, browser, path):
    type_password(browser, ming)
    answer = browser.get(path)
    assert answer.status_code in {302, 401, 405}
    assert answer.get("Location", "/sign-in/") == "/sign-in/"


def test_the_choice_says_what_can_be_used_and_why_the_rest_cannot(env, mei, browser):
    place = type_password(browser, mei)
    said = json.loads(browser.get(f"{place}methods.json").content)["methods"]
    found = {one["name"]: (one["available"], one["why"]) for one in said}
    assert found["sms"] == (True, "")
    assert not found["email"][0]
    assert "Email" in found["email"][1] or "電郵" in found["email"][1]
    assert "App" in found["soft-token"][1]
    page = browser.get(place).content.decode()
    assert mei.identifier not in page
    assert "0912345678" not in page


def test_where_the_firm_chooses_the_code_leaves_at_once(env, ming, browser, world):
    made = world(asking(env, customer_chooses=False, methods=("soft-token", "sms", "email")))
    place = type_password(browser, ming)
    assert place.endswith("/code/")
    assert len(codes(made)) == 1


def test_whoever_has_nothing_is_told_where_to_go(env, lin, browser):
    place = type_password(browser, lin)
    page = browser.get(place).content.decode()
    assert env.firm.identity.hotline in page
    assert 'name="method"' not in page


def test_a_wrong_code_is_told_at_the_code(env, ming, browser):
    place = type_password(browser, ming)
    browser.form(f"{place}ask", {"method": "sms"})
    answer = browser.form(f"{place}try", {"code": other(code(env))})
    assert answer.status_code == 409
    assert "data-code-clock" in answer.content.decode()


def test_a_code_too_soon_is_told_with_the_seconds(env, ming, browser):
    place = type_password(browser, ming)
    browser.form(f"{place}ask", {"method": "sms"})
    answer = browser.form(f"{place}ask", {"method": "email"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == env.firm.sign_in_code.resend_after.total_seconds()


def test_the_address_of_the_stage_is_worth_nothing_in_another_browser(env, ming, browser):
    """Incident 2."""
    place = type_password(browser, ming)
    thief = Browser()
    thief.get("/sign-in/")
    for path in (place, f"{place}methods.json", f"{place}code/"):
        answer = thief.get(path, Accept="application/json")
        assert (answer.status_code, problem(answer)) == (409, "sign-in-over")
    browser.form(f"{place}ask", {"method": "sms"})
    answer = thief.form(f"{place}try", {"code": code(env)}, Accept="application/json")
    assert problem(answer) == "sign-in-over"
    assert not Session.objects.exists()


def test_looking_sends_nothing_and_opens_nothing(env, ming, browser):
    """RST-03: whatever is fetched changes nothing."""
    place = type_password(browser, ming)
    for path in (place, f"{place}code/", f"{place}methods.json"):
        browser.get(path)
    assert codes(env) == []
    assert not Session.objects.exists()


@pytest.mark.parametrize("door", DOORS)
def test_start_again_leads_back_to_the_door(env, ming, browser, door):
    place = type_password(browser, ming, door)
    answer = browser.form(f"{place}leave", {})
    assert answer["Location"] == door
    assert browser.get(place).status_code == 409


def with_days(env, world, days):
    second = replace(env.firm.login.second_factor, remember=timedelta(days=days))
    login = replace(env.firm.login, second_factor=second)
    return world(replace(env, firm=replace(env.firm, login=login)))


def by_sms(env, browser, who, **more):
    """Sign in with a code by SMS; return the page with the code and the answer to it."""
    place = type_password(browser, who)
    browser.form(f"{place}ask", {"method": "sms"})
    page = browser.get(f"{place}code/").content.decode()
    return page, browser.form(f"{place}try", {"code": code(env), **more})


def test_a_device_that_he_ticked_is_not_asked_for_the_firms_days(env, ming, browser, world, clock):
    env = with_days(env, world, 30)
    page, answer = by_sms(env, browser, ming, remember="yes")
    assert 'name="remember"' in page
    assert answer["Location"] == "/certificates/"
    assert "2026-12-20" in browser.get("/account/devices/").content.decode()
    browser.form("/sign-out/", {})
    assert type_password(browser, ming) == "/certificates/"
    clock.move(timedelta(days=30))
    browser.form("/sign-out/", {})
    assert type_password(browser, ming).startswith("/sign-in/second/")


def test_whoever_did_not_tick_is_asked_again(env, ming, browser, world):
    env = with_days(env, world, 30)
    by_sms(env, browser, ming)
    browser.get("/account/")
    browser.form("/sign-out/", {})
    assert type_password(browser, ming).startswith("/sign-in/second/")


def test_where_the_firm_always_asks_there_is_no_box_and_sending_one_is_nothing(
    env, ming, browser, world
):
    env = with_days(env, world, 0)
    page, _ = by_sms(env, browser, ming, remember="yes")
    assert 'name="remember"' not in page
    browser.get("/account/")
    browser.form("/sign-out/", {})
    assert type_password(browser, ming).startswith("/sign-in/second/")


def test_the_box_beside_the_ways_holds_for_whichever_is_taken(env, ming, browser, world):
    """A passkey or a certificate has no page of its own that a box could stand on."""
    env = with_days(env, world, 30)
    place = type_password(browser, ming)
    assert f'data-remember="{place}remember"' in browser.get(place).content.decode()
    assert browser.post(f"{place}remember", {"remember": "yes"}).status_code == 200
    assert re.search(r'name="remember"[^>]* checked', browser.get(place).content.decode())
    browser.pass_second(HttpResponseRedirect(place))
    browser.get("/account/")
    browser.form("/sign-out/", {})
    assert type_password(browser, ming) == "/certificates/"


def test_what_was_ticked_may_be_taken_back(env, ming, browser, world):
    with_days(env, world, 30)
    place = type_password(browser, ming)
    for said in ("yes", "no"):
        browser.post(f"{place}remember", {"remember": said})
    browser.pass_second(HttpResponseRedirect(place))
    browser.get("/account/")
    browser.form("/sign-out/", {})
    assert type_password(browser, ming).startswith("/sign-in/second/")


def test_the_box_of_somebody_elses_sign_in_is_out_of_reach(env, ming, browser, world):
    with_days(env, world, 30)
    place = type_password(browser, ming)
    stranger = Browser()
    stranger.get("/sign-in/")
    assert stranger.post(f"{place}remember", {"remember": "yes"}).status_code == 409
    assert not re.search(r'name="remember"[^>]* checked', browser.get(place).content.decode())
