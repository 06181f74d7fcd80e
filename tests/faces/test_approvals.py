"""Approvals over HTTP: the page with the number, and the app that answers it."""

import json

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.kernel.refusal import Refusal
from cinnabar.tokens.models import Approval
from tests.support.approvals import asking_tokens
from tests.support.face import Browser
from tests.support.people import PASSWORD
from tests.support.soft import PIN, bind

OK, CONFLICT, FORBIDDEN = 200, 409, 403
HEAD = ("approval", "flow", "act", "site", "asked_at", "region", "browser", "system")


@pytest.fixture
def env(env, monkeypatch):
    made = asking_tokens(env)
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@pytest.fixture
def app(env, ming):
    return bind(env, ming)


class AppBrowser(Browser):
    """The app in a browser of its own."""

    def challenge(self):
        return json.loads(self.post("/app/device/challenge", {}).content)["challenge"]

    def answer(self, app, name, data, purpose=None, typed=None):
        body = app.body(purpose or name, self.challenge(), data, typed=typed)
        return self.post(f"/app/approvals/{name}", body)

    def waiting(self, app):
        found = json.loads(self.answer(app, "waiting", {}, "approvals").content)["approvals"]
        return [{key: one[key] for key in HEAD} for one in found]


@pytest.fixture
def phone(env, app):
    assert app
    browser = AppBrowser()
    assert browser.get("/app/approvals/").status_code == OK
    return browser


def type_password(browser, who):
    browser.get("/sign-in/")
    fields = {"identifier": who.identifier, "password": PASSWORD.reveal()}
    if b"data-robot=" in browser.get("/sign-in/").content:
        fields["robot"] = browser.robot_check("sign-in")
    place = browser.form("/sign-in/", fields)["Location"]
    browser.get(place)
    return place


def number_on(page):
    return page.split('class="number"')[1].split(">")[1].split("<")[0]


def test_from_the_number_on_the_page_to_the_session(env, ming, browser, app, phone):
    place = type_password(browser, ming)
    asked = browser.form(f"{place}token/ask", {})
    assert asked["Location"] == f"{place}token/"
    page = browser.get(asked["Location"]).content.decode()
    state = f"{place}token/state.json"
    assert json.loads(browser.get(state).content) == {"state": "open"}
    early = browser.form(f"{place}token/go", {})
    assert early.status_code == CONFLICT
    assert "data-approval" in early.content.decode()
    (seen,) = phone.waiting(app)
    answer = phone.answer(app, "approve", {**seen, "number": number_on(page)}, typed=PIN)
    assert answer.status_code == OK, answer.content
    assert json.loads(browser.get(state).content) == {"state": "approved"}
    done = browser.form(f"{place}token/go", {})
    assert done.status_code == 302
    assert browser.get("/account/").status_code == OK


def test_the_choice_leads_to_it_by_the_firms_own_name(env, ming, browser, app):
    assert app
    page = browser.get(type_password(browser, ming)).content.decode()
    assert "token/ask" in page
    assert env.firm.token.web_name[env.firm.identity.locale] in page


def test_a_code_of_the_app_is_the_other_way_on_the_same_page(env, ming, browser, app):
    place = type_password(browser, ming)
    browser.get(f"{place}token/")
    wrong = browser.form(f"{place}token/code", {"code": "000000"})
    assert wrong.status_code in {FORBIDDEN, CONFLICT, 400}
    assert 'id="token-code"' in wrong.content.decode()
    right = app.code(env.clock.now())
    assert browser.form(f"{place}token/code", {"code": right}).status_code == 302


def test_without_an_approval_the_page_has_the_button_and_the_field(env, ming, browser, app):
    assert app
    place = type_password(browser, ming)
    page = browser.get(f"{place}token/").content.decode()
    assert f'formaction="{place}token/ask"' in page
    assert 'id="token-code"' in page
    assert json.loads(browser.get(f"{place}token/state.json").content) == {"state": ""}


def test_the_app_shows_nothing_to_a_session_without_the_key(env, ming, browser, app, phone):
    """The list is for the device; what its page says before is the same for everybody."""
    place = type_password(browser, ming)
    browser.form(f"{place}token/ask", {})
    stranger = bind(env, ming, state="pending")
    assert phone.waiting(stranger) == []
    body = app.body("approvals", phone.challenge(), {})
    body["signature"] = stranger.body("approvals", "x", {})["signature"]
    refused = phone.post("/app/approvals/waiting", body)
    assert json.loads(refused.content)["type"].endswith(Refusal.TOKEN_NOT_PROVED.value)


def test_what_was_signed_is_what_counts_not_what_is_posted(env, ming, browser, app, phone):
    place = type_password(browser, ming)
    browser.form(f"{place}token/ask", {})
    page = browser.get(f"{place}token/").content.decode()
    (seen,) = phone.waiting(app)
    data = {**seen, "number": number_on(page), "region": "Paris"}
    refused = phone.answer(app, "approve", data, typed=PIN)
    assert json.loads(refused.content)["type"].endswith(Refusal.TOKEN_NOT_PROVED.value)
    assert Approval.objects.get().state == Approval.OPEN


def test_not_me_ends_the_page(env, ming, browser, app, phone):
    place = type_password(browser, ming)
    browser.form(f"{place}token/ask", {})
    (seen,) = phone.waiting(app)
    assert phone.answer(app, "deny", seen).status_code == OK
    over = json.loads(browser.get(f"{place}token/state.json").content)
    assert over["type"].endswith("approval-disowned")
    assert over["title"] in browser.form(f"{place}token/go", {}).content.decode()
    stranger = Browser()
    stranger.get("/sign-in/")
    assert "sign-in-over" in stranger.get(f"{place}token/state.json").content.decode()
    again = type_password(browser, ming)
    refused = browser.form(f"{again}token/ask", {})
    assert refused.status_code == FORBIDDEN
    assert 'id="token-code"' in refused.content.decode(), "a code of the app still goes"


@pytest.mark.parametrize("field", ["approval", "number"])
@pytest.mark.parametrize("value", [None, 5, True])
def test_what_is_no_text_is_malformed(phone, app, field, value):
    data = {**dict.fromkeys(HEAD, "x"), "number": "12", field: value}
    assert phone.answer(app, "approve", data, typed=PIN).status_code == 400


def test_at_a_step_up_it_leads_back(env, ming, browser, app, phone):
    assert browser.sign_in(ming.identifier).status_code == 302
    page = browser.get("/account/devices/")
    assert page.status_code == OK
    place = browser.form("/step-up/", {"back": "/account/devices/"})["Location"]
    browser.form(f"{place}token/ask", {})
    page = browser.get(f"{place}token/").content.decode()
    (seen,) = phone.waiting(app)
    assert seen["act"] == "step-up"
    phone.answer(app, "approve", {**seen, "number": number_on(page)}, typed=PIN)
    assert browser.form(f"{place}token/go", {})["Location"] == "/account/devices/"
