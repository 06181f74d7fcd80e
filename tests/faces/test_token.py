"""The pages of the soft token by HTTP: who sees them, and where the camera is allowed."""

from datetime import timedelta

import pytest
from django.test import Client

from cinnabar.config import compose
from cinnabar.faces.web.app import begun
from cinnabar.faces.web.request import WebOptions
from cinnabar.login.models import Device, Session
from cinnabar.login.soft import own_tokens
from cinnabar.tokens.models import SoftToken
from cinnabar.words import Words
from tests.support.app import BEGUN, DEVICE, SESSION, in_the_app
from tests.support.binding import Phone, mobile, with_token
from tests.support.face import Browser
from tests.support.passkeys import stepped_up as fresh
from tests.support.people import PASSWORD
from tests.support.signing import cookies_of, sign_in
from tests.support.soft import bind, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def env(env, monkeypatch):
    here = with_token(env, code_in_mail=False, bind=timedelta(minutes=10), clear_asks_step_up=True)
    world = compose.World(env=here, web=WebOptions(is_demo=True))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: world)
    return here


@pytest.fixture
def desk(env, ming):
    """王小明 at the web pages."""
    browser = Browser()
    tokens = sign_in(env, ming.identifier, PASSWORD, address="127.0.0.1")
    browser.client.cookies.update(cookies_of(tokens))
    return browser


@pytest.fixture
def app(env, ming):
    """王小明 in the app."""
    browser = Browser()
    tokens = in_the_app(env, ming)
    browser.client.cookies[SESSION] = tokens.session.reveal()
    browser.client.cookies[DEVICE] = tokens.device.reveal()
    browser.client.cookies[BEGUN] = begun.name(env.firm)
    return browser


@pytest.fixture
def waiting(env, ming):
    """A phone that waits for its registration code."""
    phone = Phone(env, mobile(env, ming))
    phone.begin()
    phone.code()
    phone.pin()
    return phone


def stepped_up(*, proved):
    Session.objects.filter(ended_at=None).update(amr="pwd sms" if proved else "pwd")


def test_the_camera_is_allowed_on_the_page_that_scans_and_nowhere_else(app, desk):
    page = app.get("/app/token/")
    assert page.status_code == 200
    assert page["Permissions-Policy"].startswith("camera=(self),")
    for browser, path in ((app, "/app/account/token/"), (desk, "/account/token/")):
        assert browser.get(path)["Permissions-Policy"].startswith("camera=(),")


def test_the_code_is_shown_only_to_two_fresh_factors(env, desk, waiting):
    path = f"/account/token/{row(waiting.app).id}/code/"
    stepped_up(proved=False)
    assert desk.get(path).status_code == 403
    assert desk.form(path, {}).status_code == 403
    stepped_up(proved=True)
    assert b"data:image/png" not in desk.get(path).content
    shown = desk.form(path, {})
    assert b"data:image/png" in shown.content
    assert b"TOKEN:" not in shown.content
    assert shown["Cache-Control"] == "no-store"


def test_a_lost_phone_is_suspended_with_the_password_alone(env, desk, waiting):
    stepped_up(proved=True)
    path = f"/account/token/{row(waiting.app).id}"
    waiting.scan(registration_of(env, waiting))
    stepped_up(proved=False)
    desk.get("/account/token/")
    assert desk.form(f"{path}/suspend", {})["Location"] == "/account/token/?done=suspended"
    assert row(waiting.app).state == "suspended"
    assert desk.get(f"{path}/remove/").status_code == 403


def registration_of(env, phone):
    return own_tokens.show_code(env, fresh(env, phone.visitor), row(phone.app).id).scanned.reveal()


def test_another_customers_token_is_not_there(env, waiting, mei):
    stranger = Browser(client=Client(enforce_csrf_checks=True))
    tokens = sign_in(env, mei.identifier, PASSWORD, address="127.0.0.1")
    stranger.client.cookies.update(cookies_of(tokens))
    stepped_up(proved=True)
    stranger.get("/account/token/")
    path = f"/account/token/{row(waiting.app).id}"
    assert stranger.get(f"{path}/code/").status_code == 404
    assert stranger.get(f"{path}/remove/").status_code == 404
    assert stranger.form(f"{path}/suspend", {}).status_code == 404


def test_a_session_of_the_web_binds_nothing(desk):
    desk.get("/account/token/")
    assert desk.post("/app/token/begin", {}).status_code == 401


def test_who_holds_the_token_here_is_not_asked_to_set_it_up_again(env, ming, app):
    english = {"Accept-Language": "en"}
    say = Words(env.firm, "en").say
    name = env.firm.token.name["en"]
    held, home = say("app.card.token-active"), say("app.card.token-here")
    invites = say("token.to-binding", name=name)
    assert invites in app.get("/app/account/token/", **english).text
    there = bind(env, ming, device="e" * 64)
    assert held in app.get("/app/", **english).text
    assert invites in app.get("/app/account/token/", **english).text
    SoftToken.objects.filter(key_id=there.key_id).update(device=Device.objects.get().pk)
    assert home in app.get("/app/", **english).text
    assert invites not in app.get("/app/account/token/", **english).text


def test_one_that_was_copied_says_so_and_asks_to_be_bound_anew(env, ming, desk):
    """Nobody lifts it: the page must not send the customer to the telephone for that."""
    bind(env, ming, state=SoftToken.SUSPENDED)
    say = Words(env.firm, env.firm.identity.locale).say
    whole = say("token.copied-detail", hotline="|", hours="|").split("|")[0]
    assert whole not in desk.get("/account/token/").text
    SoftToken.objects.update(why="copied")
    assert whole in desk.get("/account/token/").text.replace("\u2060", "")
