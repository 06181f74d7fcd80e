"""The app's doors: the form of the web pages in the app's frame, the bound device, the way out."""

import json
from dataclasses import replace

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.login.models import Session
from cinnabar.login.soft import bound_factor
from cinnabar.tokens.models import SoftToken
from cinnabar.words import Words
from tests.support.app import DEVICE, SESSION, in_the_app
from tests.support.face import Browser
from tests.support.people import PASSWORD
from tests.support.phones import Phone, asking_token, phone_of, problem
from tests.support.second import code
from tests.support.soft import WRONG

pytestmark = pytest.mark.django_db


@pytest.fixture
def env(env, monkeypatch):
    """A firm with a token that asks at every sign-in, and no robot check."""
    made = asking_token(env)
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@pytest.fixture
def phone(env, ming):
    """A browser that has signed in to the app once, and out again."""
    return phone_of(env, ming)


def test_password_and_code_open_the_app_and_nothing_of_the_web(env, ming):
    browser = Phone()
    place = browser.type_password(ming)
    assert place.startswith("/app/sign-in/second/")
    assert browser.form(f"{place}ask", {"method": "sms"})["Location"] == f"{place}code/"
    browser.get(f"{place}code/")
    answer = browser.form(f"{place}try", {"code": code(env)})
    assert (answer.status_code, answer["Location"]) == (302, "/app/")
    session = Session.objects.get()
    assert (session.channel, session.amr) == ("mobile", "pwd sms")
    assert browser.get("/app/account/sessions/").status_code == 200
    assert browser.get("/account/sessions/").status_code == 401


def test_a_session_of_the_web_opens_nothing_in_the_app(env, ming, browser):
    browser.sign_in(ming.identifier)
    assert browser.get("/account/sessions/").status_code == 200
    assert browser.get("/app/account/sessions/").status_code == 401


def test_the_cookie_of_one_face_is_nothing_to_the_other(env, ming, browser):
    browser.sign_in(ming.identifier)
    jar = browser.client.cookies
    jar[SESSION] = jar["__Host-session"].value
    assert browser.get("/app/account/sessions/").status_code == 401
    phone, tokens = Browser(), in_the_app(env, ming)
    phone.client.cookies["__Host-session"] = tokens.session.reveal()
    phone.client.cookies[DEVICE] = tokens.device.reveal()
    assert phone.get("/account/").status_code == 401


def test_the_list_of_sessions_says_which_is_the_apps(env, ming, browser):
    in_the_app(env, ming)
    browser.sign_in(ming.identifier)
    page = browser.get("/account/sessions/").content.decode()
    assert page.count('class="tag quiet"') == 1


def test_the_pin_alone_opens_the_app(env, ming, phone):
    answer = phone.enter()
    assert json.loads(answer.content)["next"] == "/app/", answer.content
    assert phone.get("/app/account/sessions/").status_code == 200
    assert phone.get("/account/").status_code == 401


def test_a_wrong_pin_is_told_with_the_tries_left(env, phone):
    answer = phone.enter(WRONG)
    assert (answer.status_code, problem(answer)) == (403, "token-pin-wrong")
    assert json.loads(answer.content)["tries_left"] == env.firm.token.pin_max_wrong - 1


def test_after_the_password_the_page_names_this_devices_key_and_it_is_enough(env, ming, phone):
    place = phone.type_password(ming)
    page = phone.get(place).content.decode()
    assert f'data-token="{phone.app.key_id}"' in page
    flow = place.split("/")[-2]
    answer = phone.prove(f"{place}device", bound_factor.SECOND, {"flow": flow}, pin=None)
    assert json.loads(answer.content)["next"] == "/app/", answer.content
    assert Session.objects.get(ended_at=None).amr == "pwd token"


def test_where_the_firm_chooses_no_code_leaves_before_the_device_was_asked(
    env, ming, phone, monkeypatch
):
    factor = replace(env.firm.login.second_factor, customer_chooses=False)
    login = replace(env.firm.login, second_factor=factor)
    made = replace(env, firm=replace(env.firm, login=login))
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    assert not phone.type_password(ming).endswith("/code/")


def test_another_customer_on_this_phone_is_not_offered_its_token(env, mei, phone):
    page = phone.get(phone.type_password(mei)).content.decode()
    assert "data-token=" not in page


def test_on_the_web_pages_the_device_is_no_way(env, ming, phone):
    phone.get("/sign-in/")
    fields = {"identifier": ming.identifier, "password": PASSWORD.reveal()}
    place = phone.form("/sign-in/", fields)["Location"]
    assert "data-token=" not in phone.get(place).content.decode()
    assert phone.post(f"{place}device").status_code == 404


def test_start_again_leads_back_to_the_apps_door(ming, phone):
    place = phone.type_password(ming)
    assert phone.form(f"{place}leave", {})["Location"] == "/app/sign-in/"


def test_a_step_up_in_the_app_leads_back_into_it(env, ming, phone):
    phone.enter()
    phone.get("/app/account/sessions/")
    begun = phone.form("/app/step-up/", {"back": "/app/token/"})["Location"]
    assert begun.startswith("/app/step-up/")
    assert f'data-token="{phone.app.key_id}"' in phone.get(begun).content.decode()
    flow = begun.split("/")[-2]
    answer = phone.prove(f"{begun}device", bound_factor.STEP_UP, {"flow": flow})
    assert json.loads(answer.content)["next"] == "/app/token/", answer.content


def test_the_way_back_leads_to_the_apps_own_pages_only(env, phone):
    phone.enter()
    phone.get("/app/account/sessions/")
    for back in ("/account/passkeys/", "https://evil.example/", "/app/nothing/"):
        begun = phone.form("/app/step-up/", {"back": back})["Location"]
        assert phone.form(f"{begun}leave", {})["Location"] == "/app/settings/"


def test_a_password_that_is_due_is_changed_in_the_app(env, ming, phone, clock):
    from cinnabar.passwords.models import StoredPassword

    StoredPassword.objects.update(expires_at=clock.now())
    answer = phone.enter()
    assert json.loads(answer.content)["next"] == "/app/passwords/change/"
    assert phone.get("/app/account/sessions/").status_code == 403
    page = phone.get("/app/passwords/change/")
    assert page.status_code == 200
    new = "Kite8264"
    fields = {"login": "yes", "login_old": PASSWORD.reveal()}
    fields |= {"login_new": new, "login_new_again": new}
    changed = phone.form("/app/passwords/change/", fields)
    assert changed["Location"] == "/app/passwords/changed/", changed.content.decode()
    assert phone.get("/app/passwords/changed/").status_code == 200
    assert phone.get("/app/account/sessions/").status_code == 200


def test_signing_out_ends_the_session_and_leaves_the_token(env, phone):
    phone.enter()
    phone.get("/app/account/sessions/")
    answer = phone.form("/app/sign-out/", {})
    assert 'href="/app/sign-in/"' in answer.content.decode()
    assert phone.get("/app/account/sessions/").status_code == 401
    assert Words(env.firm, env.firm.identity.locale).say("app.signed-out") in answer.text
    assert SoftToken.objects.get().state == SoftToken.ACTIVE
    phone.get("/app/sign-in/")
    assert phone.enter().status_code == 200


def test_strangers_are_led_to_the_apps_door(browser):
    assert browser.get("/app/passwords/change/")["Location"] == "/app/sign-in/"
    assert browser.get("/app/account/sessions/").status_code == 401
