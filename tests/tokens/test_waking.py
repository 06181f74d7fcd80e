"""The app says where it is woken, as a device; asked for an approval, it is."""

import json
from dataclasses import replace

import pytest
from django.test import Client

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal
from cinnabar.messages.deliver import tick
from cinnabar.messages.models import Outbox, PushSubscription
from cinnabar.messages.push import keys
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions
from tests.support.approvals import Page, Phone, asking_tokens, phone_of
from tests.support.face import Browser
from tests.support.passkeys import recorded
from tests.support.push import HOST, PushTwin, named, waking
from tests.support.soft import App, bind

pytestmark = pytest.mark.django_db

OK, BAD, FORBIDDEN, NOT_FOUND, TOO_LONG = 200, 400, 403, 404, 413


@pytest.fixture
def env(env, monkeypatch):
    made = waking(asking_tokens(env))
    app = replace(made.firm.app, offered=True)
    made = replace(made, firm=replace(made.firm, app=app))
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    keys.upkeep(made)
    return made


@pytest.fixture
def twin(clock):
    with PushTwin(clock) as service:
        yield service


class AppBrowser(Browser):
    """The app in a browser of its own, which nobody has signed in to."""

    def subscribe(self, app, said, purpose="push-subscribe", **lies):
        self.get("/app/approvals/")
        asked = self.post("/app/device/challenge", {})
        body = app.body(purpose, json.loads(asked.content)["challenge"], said)
        return self.post("/app/push/subscribe", {**body, **lies})


def key_from_the_host(browser):
    return json.loads(browser.get("/app/push/key.json").content)["key"]


@pytest.fixture
def woken(env, ming, twin):
    """The phone of 王小明, which has said where it is woken; its app, and the browser's end."""
    phone = phone_of(env, ming)
    browser, place = AppBrowser(), twin.browser(named(phone.app))
    answer = browser.subscribe(phone.app, place.place(key_from_the_host(browser)))
    assert answer.status_code == OK, answer.content
    return phone, place


def kind(answer):
    return json.loads(answer.content)["type"].rpartition("/")[2]


def test_a_page_that_asks_wakes_the_phone_which_then_finds_what_waits(env, ming, twin, woken):
    phone, place = woken
    page = Page(env, ming.identifier).type().ask_app()
    tick(env, {"push": twin.channel()})
    assert place.read == [b"{}"]
    assert twin.pushed[0].headers["ttl"] == str(int(env.firm.token.approval.total_seconds()))
    everything = json.dumps([twin.pushed[0].path, twin.pushed[0].headers, twin.pushed[0].claims])
    (waits,) = phone.waiting()
    for secret in (page.number, waits["approval"], waits["flow"], ming.subject, phone.app.key_id):
        assert f'"{secret}"' not in everything
        assert secret == page.number or secret not in everything
    phone.approve(page.number)
    page.go()


def test_without_push_the_app_finds_it_as_well(env, ming):
    phone = phone_of(env, ming)
    page = Page(env, ming.identifier).type().ask_app()
    assert not Outbox.objects.filter(channel="push").exists()
    phone.approve(page.number)


def test_an_app_that_asks_three_times_is_woken_three_times_at_most(env, ming, twin, woken):
    """TOK-08: waking is no way to wear somebody down, beyond what approvals allow."""
    page = Page(env, ming.identifier).type()
    for _ in range(env.firm.token.approvals_max):
        page.ask_app()
    with pytest.raises(Exception, match="approval-limit"):
        page.ask_app()
    tick(env, {"push": twin.channel()})
    assert twin.requests == env.firm.token.approvals_max


@pytest.mark.parametrize("state", [SoftToken.SUSPENDED, SoftToken.LOCKED, SoftToken.CLEARED])
def test_a_token_that_rests_or_ended_is_not_woken(env, ming, woken, state):
    phone, _ = woken
    other = Phone(env, bind(env, ming, App(), device="e" * 64))
    token = SoftToken.objects.get(key_id=phone.app.key_id)
    ended = {} if state == SoftToken.SUSPENDED else {"sealed": None, "ended_at": env.clock.now()}
    SoftToken.objects.filter(pk=token.pk).update(state=state, **ended)
    Page(env, ming.identifier).type().ask_app()
    assert other.waiting()
    assert not Outbox.objects.filter(channel="push").exists()


def test_a_token_that_is_cleared_takes_its_subscription_with_it(env, woken):
    phone, _ = woken
    actions.clear(env, SoftToken.objects.get(key_id=phone.app.key_id).id, "customer")
    assert not PushSubscription.objects.exists()


def test_it_is_written_down_once_and_not_every_day(woken):
    phone, place = woken
    browser = AppBrowser()
    browser.subscribe(phone.app, place.place(key_from_the_host(browser)))
    (told,) = recorded(Event.PUSH_SUBSCRIBED)
    assert told["details"] == {"token": phone.app.key_id, "host": HOST}
    assert PushSubscription.objects.count() == 1


def test_only_the_device_says_where_it_is_woken(env, mei, twin, woken):
    """A session shows nothing, another key neither, and what was signed for something else."""
    phone, _ = woken
    place = twin.browser("thief")
    browser = AppBrowser()
    said = place.place(key_from_the_host(browser))
    stranger, hers = App(), bind(env, mei, App(), device="f" * 64)
    for answer in (
        browser.subscribe(stranger, said),
        browser.subscribe(hers, said, token=phone.app.key_id),
        browser.subscribe(phone.app, said, purpose="approvals"),
        browser.subscribe(phone.app, said, endpoint=f"https://{HOST}/wake/other"),
    ):
        assert kind(answer) == Refusal.TOKEN_NOT_PROVED
    assert not PushSubscription.objects.filter(customer_id=mei.id).exists()
    assert browser.subscribe(hers, said).status_code == OK
    assert PushSubscription.objects.count() == 2


@pytest.mark.parametrize(
    ("lie", "refusal"),
    [
        ({"endpoint": "https://evil.example/x"}, Refusal.PUSH_HOST),
        ({"endpoint": "https://127.0.0.1/x"}, Refusal.PUSH_HOST),
        ({"endpoint": f"http://{HOST}/x"}, Refusal.INPUT_MALFORMED),
        ({"endpoint": ""}, Refusal.INPUT_MISSING),
        ({"endpoint": f"https://{HOST}/" + "x" * 1024}, Refusal.INPUT_TOO_LONG),
        ({"endpoint": 7}, Refusal.INPUT_MALFORMED),
        ({"p256dh": "AAAA"}, Refusal.INPUT_MALFORMED),
        ({"auth": "%"}, Refusal.INPUT_MALFORMED),
        ({"key": "B" + "x" * 86}, Refusal.INPUT_MALFORMED),
        ({"surprise": "x"}, Refusal.INPUT_MALFORMED),
    ],
)
def test_what_is_wrong_is_refused_by_name_and_not_kept(env, ming, twin, lie, refusal):
    phone, browser = phone_of(env, ming), AppBrowser()
    said = twin.browser("phone").place(key_from_the_host(browser))
    answer = browser.subscribe(phone.app, {**said, **lie})
    assert kind(answer) == refusal
    assert answer.status_code in {BAD, FORBIDDEN, TOO_LONG}
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "more", [{"factor": False}, {"state": SoftToken.PENDING}], ids=["certificate", "pending"]
)
def test_an_app_that_confirms_nothing_is_not_woken(env, ming, twin, more):
    phone, browser = phone_of(env, ming, **more), AppBrowser()
    answer = browser.subscribe(phone.app, twin.browser("x").place(key_from_the_host(browser)))
    assert kind(answer) == Refusal.TOKEN_NONE


def test_where_no_service_is_named_the_app_is_told_and_a_firm_without_has_no_page(env, monkeypatch):
    def under(made):
        here = compose.World(env=made, web=WebOptions())
        monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
        return Client().get("/app/push/key.json")

    assert json.loads(under(replace(env, push_hosts=())).content) == {"key": ""}
    notify = replace(env.firm.notify, push_permission="not-offered")
    firm = replace(env.firm, notify=notify)
    assert under(replace(env, firm=firm)).status_code == NOT_FOUND
