"""The app as a device by HTTP: what it is to sign, another PIN, clearing, and odd requests."""

import base64
import hashlib
import json
from dataclasses import replace

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.login.models import Device, Session
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import proving
from tests.support.app import in_the_app
from tests.support.bound import with_token
from tests.support.face import Browser
from tests.support.signing import cookies_of
from tests.support.soft import PIN, WRONG, bind, row

NEW = "719305"
CHALLENGE, CHANGE, CLEAR = (
    "/app/device/challenge",
    "/app/device/pin/change",
    "/app/device/clear/now",
)


def in_world(env, monkeypatch):
    here = compose.World(env=env, web=WebOptions(is_demo=True, demo=()))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return env


@pytest.fixture
def env(env, monkeypatch):
    made = with_token(env)
    token = replace(made.firm.token, clear_asks_step_up=False)
    return in_world(replace(made, firm=replace(made.firm, token=token)), monkeypatch)


@pytest.fixture
def phone(env, ming):
    """A browser that is signed in to the app."""
    browser = Browser()
    jar = cookies_of(in_the_app(env, ming)).output(header="").split("\n")
    for line in jar:
        name, _, value = line.strip().partition("=")
        kept = "__Host-app-session" if name == "__Host-session" else name
        browser.client.cookies[kept] = value.split(";")[0]
    browser.get("/app/code/")
    return browser


@pytest.fixture
def app(env, ming, phone):
    device = Device.objects.get()
    return bind(env, ming, device=device.root or device.id)


def challenge(browser):
    return json.loads(browser.post(CHALLENGE).content)["challenge"]


def secret(app, typed=NEW):
    return base64.b64encode(app.secret(typed)).decode()


def change(browser, app, old=PIN, **more):
    said = app.body("pin-change", challenge(browser), {"secret": secret(app)}, typed=old)
    return browser.post(CHANGE, {**said, **more})


def kind(answer):
    return json.loads(answer.content)["type"].rpartition("/")[2]


def test_another_pin_by_http(phone, app):
    wrong = change(phone, app, WRONG)
    assert (wrong.status_code, kind(wrong)) == (403, "token-pin-wrong")
    assert json.loads(wrong.content)["tries_left"] == 4
    assert change(phone, app).status_code == 200
    assert kind(change(phone, app, PIN)) == "token-pin-wrong"
    assert change(phone, app, NEW).status_code == 200


def test_clearing_by_http(phone, app):
    assert "data-clear" in phone.get("/app/device/clear/").content.decode()
    assert phone.post(CLEAR).status_code == 200
    assert row(app).state == SoftToken.CLEARED
    assert kind(phone.post(CLEAR)) == "token-none"


def test_where_the_firm_wants_a_fresh_proof_the_page_asks_for_it_first(
    env, clock, phone, app, monkeypatch
):
    token = replace(env.firm.token, clear_asks_step_up=True)
    in_world(replace(env, firm=replace(env.firm, token=token)), monkeypatch)
    assert phone.get("/app/device/clear/").status_code == 200
    Session.objects.update(amr="pwd")
    assert phone.get("/app/device/clear/").status_code == 403
    assert kind(phone.post(CLEAR)) == "step-up-needed"
    assert row(app).state == SoftToken.ACTIVE


def test_the_challenge_is_the_sessions_or_before_it_the_visits(env, phone, app):
    stranger = Browser()
    stranger.get("/app/code/")
    asked = challenge(stranger)
    assert kind(phone.post(CHANGE, app.body("pin-change", asked, {"secret": secret(app)}))) == (
        "token-not-proved"
    )
    visit = stranger.client.cookies["__Host-visit"].value
    bearer = proving.bearer(hashlib.sha256(b"visit " + visit.encode()).hexdigest())
    signed = app.sign("sign-in", asked)
    assert proving.by_device(env, bearer, signed, "sign-in", {}).key_id == app.key_id


def test_a_session_of_the_web_is_nothing_here(mings):
    assert mings.get("/app/device/pin/").status_code == 401
    assert mings.post(CLEAR).status_code == 401


@pytest.mark.parametrize(
    "odd",
    [
        {"token": 7},
        {"token": "0" * 65},
        {"challenge": ""},
        {"pin": None},
        {"pin": "x" * 65},
        {"signature": "not base64"},
        {"signature": base64.b64encode(b"1" * 65).decode()},
        {"secret": ["AAAA"]},
        {"secret": {"a": 1}},
        {"secret": 1.5},
        {"secret": "\ud800"},
        {"secret": None},
        {"more": "x"},
    ],
)
def test_what_has_not_its_shape_is_refused_in_words(phone, app, odd):
    answer = change(phone, app, PIN, **odd)
    assert answer.status_code in {400, 403, 413}
    assert json.loads(answer.content)["title"]
    assert row(app).wrong == 0


def test_the_page_of_codes_holds_nobodys_data(browser, env, ming, app):
    """It is the same for everybody, and shut where the firm has no token."""
    page = browser.get("/app/code/").content.decode()
    assert "data-otp" in page
    assert app.key_id not in page
    assert ming.subject not in page
