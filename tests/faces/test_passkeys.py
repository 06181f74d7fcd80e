"""Passkeys as a browser meets them: JSON there, JSON back, and never a name from the request."""

import base64
import json
from dataclasses import replace

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.login.models import Session
from cinnabar.tokens.models import Passkey
from tests.support.face import Browser
from tests.support.passkeys import HERE, Device, with_passkeys
from tests.support.people import PASSWORD

HOME = "/account/passkeys/"


@pytest.fixture
def env(env, monkeypatch):
    made = with_passkeys(env, alone=True)
    here = compose.World(env=made, web=WebOptions(is_demo=True, demo=()))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@pytest.fixture
def device():
    return Device()


@pytest.fixture
def mings(env, mings):
    """A browser at which 王小明 has signed in and just shown a code."""
    Session.objects.update(amr="pwd sms", proved_at=env.clock.now())
    return mings


def sent(answer):
    """Return an answer of the device as the pages' script sends it."""
    fields = {name: getattr(answer, name) for name in type(answer).__slots__}
    return {
        name: [*value] if isinstance(value, tuple) else base64.b64encode(value).decode()
        for name, value in fields.items()
        if value
    }


def make(browser, device, name="mine"):
    asked = json.loads(browser.post(f"{HOME}begin").content)
    return browser.post(f"{HOME}finish", {**sent(device.make(asked)), "name": name})


def test_from_making_to_signing_in_without_a_password(mings, device):
    made = make(mings, device, "<b>mine</b>")
    assert made.status_code == 200
    page = mings.get(f"{HOME}?made={json.loads(made.content)['passkey']}").content.decode()
    assert "&lt;b&gt;mine" in page
    stranger = Browser()
    stranger.get("/sign-in/")
    asked = json.loads(stranger.post("/sign-in/passkey").content)
    entered = stranger.post("/sign-in/passkey/prove", sent(device.use(asked)))
    assert json.loads(entered.content)["next"].startswith("/")
    assert stranger.get(HOME).status_code == 200
    assert Session.objects.filter(amr="mfa pop user", ended_at=None).count() == 1


def test_the_answer_of_another_browser_is_refused_without_a_session(mings, device):
    make(mings, device)
    first, second = Browser(), Browser()
    for one in (first, second):
        one.get("/sign-in/")
    asked = json.loads(first.post("/sign-in/passkey").content)
    refused = second.post("/sign-in/passkey/prove", sent(device.use(asked)))
    assert refused.status_code == 403
    assert json.loads(refused.content)["type"] == f"{HERE}/refusals/passkey-not-proved"
    assert "__Host-session" not in refused.cookies


def test_the_domain_is_never_taken_from_the_request(mings):
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    mings.headers = forged
    asked = json.loads(mings.post(f"{HOME}begin").content)
    assert asked["rp"]["id"] == "login.broker.example"
    told = json.loads(mings.get("/.well-known/passkey-endpoints").content)
    assert told == {"enroll": f"{HERE}{HOME}", "manage": f"{HERE}{HOME}"}


def test_renamed_and_removed_without_script(mings, device):
    make(mings, device)
    one = f"{HOME}{Passkey.objects.get().id}/"
    assert "mine" in mings.get(one).content.decode()
    assert mings.form(one, {"name": "\u200b"}).status_code == 400
    assert mings.form(one, {"name": "電腦"}).status_code == 302
    assert "電腦" in mings.get(f"{one}remove/").content.decode()
    assert Passkey.objects.exists()
    assert mings.form(f"{one}remove/", {}).status_code == 302
    assert not Passkey.objects.exists()
    assert mings.get(one).status_code == 404


def test_no_act_is_done_by_looking(mings, device):
    make(mings, device)
    one = f"{HOME}{Passkey.objects.get().id}/"
    for path in (one, f"{one}remove/", f"{HOME}?made=<script>"):
        assert mings.get(path).status_code == 200
    assert Passkey.objects.get().name == "mine"


def test_where_the_firm_has_none_there_is_no_page(env, mings, monkeypatch):
    policy = replace(env.firm.login.second_factor, methods=("sms",), passkey_alone=False)
    firm = replace(env.firm, login=replace(env.firm.login, second_factor=policy))
    here = compose.World(env=replace(env, firm=firm), web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    for path in (HOME, f"{HOME}nobodys/", "/.well-known/passkey-endpoints"):
        assert mings.get(path).status_code == 404
    for path in (f"{HOME}begin", "/sign-in/passkey"):
        assert mings.post(path).status_code == 404
    assert b"data-passkey" not in Browser().get("/sign-in/").content


def test_a_step_up_by_passkey_leads_back_under_a_new_name(env, mings, device):
    make(mings, device)
    Session.objects.filter(ended_at=None).update(amr="pwd")
    before = mings.client.cookies["__Host-session"].value
    mings.get(HOME)
    place = mings.form("/step-up/", {"back": HOME})["Location"]
    asked = json.loads(mings.post(f"{place}passkey").content)
    done = mings.post(f"{place}passkey/prove", sent(device.use(asked)))
    assert json.loads(done.content)["next"] == HOME
    assert mings.client.cookies["__Host-session"].value != before
    (now,) = Session.objects.filter(ended_at=None).values_list("amr", flat=True)
    assert now == "mfa pop pwd user"


def test_after_the_password_a_passkey_is_the_second_factor(env, mings, device, monkeypatch):
    make(mings, device)
    policy = replace(env.firm.login.second_factor, when="every-sign-in", customer_chooses=True)
    firm = replace(env.firm, login=replace(env.firm.login, second_factor=policy))
    here = compose.World(env=replace(env, firm=firm), web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    Session.objects.update(ended_at=env.clock.now())
    browser = Browser()
    fields = {"identifier": "A123456789", "password": PASSWORD.reveal()}
    if b"data-robot=" in browser.get("/sign-in/").content:
        fields["robot"] = browser.robot_check("sign-in")
    place = browser.form("/sign-in/", fields)["Location"]
    assert place.startswith("/sign-in/second/")
    assert f'data-passkey="{place}passkey"' in browser.get(place).content.decode()
    asked = json.loads(browser.post(f"{place}passkey").content)
    shown = sent(device.use(asked))
    assert Browser().post(f"{place}passkey/prove", shown).status_code >= 400
    entered = browser.post(f"{place}passkey/prove", shown)
    assert json.loads(entered.content)["next"].startswith("/")
    (amr,) = Session.objects.filter(ended_at=None).values_list("amr", flat=True)
    assert amr == "mfa pop pwd user"
    assert browser.post(f"{place}passkey/prove", shown).status_code >= 400
