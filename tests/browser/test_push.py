"""The app is woken: subscribed by the browser, sent by the worker, shown by the service worker.

The browser's own push service is beyond this machine; what its page asks of it is answered by the
twin, and what came through is handed to the service worker as the browser would.
"""

import json
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cinnabar.faces.web.app.bar import app_name
from cinnabar.messages.deliver import tick
from cinnabar.messages.models import PushSubscription
from cinnabar.messages.push import keys
from tests.browser.bound import keep, phone_of
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.app import enter_the_app
from tests.support.bound import with_token
from tests.support.chromium import DESKTOP, PHONE
from tests.support.push import PushTwin, waking
from tests.support.second import asking

pytestmark = pytest.mark.browser

MING = "A123456789"
NARROW = {"width": 320, "height": 640}

_SUBSCRIBES = """
({ endpoint, p256dh, auth }) => {
  const octets = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
  const url = (text) => text.replaceAll("-", "+").replaceAll("_", "/");
  const made = (key) => ({
    endpoint, options: { applicationServerKey: octets(url(key)) },
    getKey: (name) => octets(name === "auth" ? auth : p256dh),
    unsubscribe: async () => true,
  });
  let held = null;
  PushManager.prototype.getSubscription = async () => held;
  PushManager.prototype.subscribe = async (asked) => (held = made(asked.applicationServerKey));
}
"""


@pytest.fixture
def env(env):
    made = waking(asking(with_token(env), methods=("sms", "soft-token")))
    login = replace(made.firm.login, captcha_pages=(), password_centre=("id", "password"))
    listed = tuple(dict.fromkeys((*made.firm.app.settings, "general")))
    app = replace(made.firm.app, settings=listed)
    return replace(made, firm=replace(made.firm, login=login, app=app))


@pytest.fixture
def twin(clock):
    with PushTwin(clock) as service:
        yield service


def deliver(page, data):
    """Hand what came to the service worker, as the browser's push client does."""
    session = page.context.new_cdp_session(page)
    found = []

    def seen(told):
        found.append(told)

    session.on("ServiceWorker.workerRegistrationUpdated", seen)
    session.send("ServiceWorker.enable")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    (registration,) = found[-1]["registrations"]
    origin = page.evaluate("() => location.origin")
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration["registrationId"], "data": data},
    )
    session.detach()


_SHOWN = """
async () => {
  const worker = await navigator.serviceWorker.ready;
  for (;;) {
    const shown = await worker.getNotifications();
    const [one] = shown;
    if (one) return { title: one.title, body: one.body, lang: one.lang, data: one.data };
    await new Promise((done) => setTimeout(done, 50));
  }
}
"""


_TAPPED = """
async () => {
  const [shown] = await self.registration.getNotifications();
  const led = new Promise((done) => { self.clients.openWindow = async (place) => done(place); });
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification: shown }));
  const place = await led;
  return { place, left: (await self.registration.getNotifications()).length };
}
"""


@pytest.fixture(params=[(DESKTOP, NARROW, "zh-TW", ZH), (PHONE, PHONE, "en-GB", EN)])
def both(request, env, ming, visit, change_world):
    """The page on the computer, and the phone of its customer; both in one language."""
    at_page, at_phone, language, labels = request.param
    change_world(env)
    held = visit.page(at_phone, language, reduced_motion="reduce")
    held.context.grant_permissions(["notifications"], origin=visit.base)
    app = phone_of(env, ming, held.context, visit.base)
    held.goto("/app/help/")
    keep(held, app)
    computer = visit.page(at_page, language, reduced_motion="reduce")
    return Person(computer, env, labels), Person(held, env, labels)


def ask(computer):
    computer.sign_in(MING)
    name = computer.env.firm.token.web_name[computer.labels.language]
    computer.button(computer.say("second.use.soft-token", token=name)).click()
    expect(computer.page.locator(".number")).to_be_visible()


def test_a_page_that_asks_wakes_the_phone(env, twin, both):
    computer, phone = both
    held, language = phone.page, phone.labels.language
    keys.upkeep(env)
    browser = twin.browser("phone")
    held.context.add_init_script(f"({_SUBSCRIBES})({json.dumps(browser.place(keys.newest(env)))})")
    with held.expect_response("**/app/push/subscribe") as told:
        held.goto("/app/help/")
    assert told.value.ok
    assert PushSubscription.objects.count() == 1

    ask(computer)
    tick(env, {"push": twin.channel()})
    (came,) = browser.read
    deliver(held, came.decode())
    assert held.evaluate(_SHOWN) == {
        "title": app_name(env.firm, language),
        "body": phone.say("push.body"),
        "lang": language,
        "data": None,
    }
    (worker,) = held.context.service_workers
    assert worker.evaluate(_TAPPED) == {"place": "/app/approvals/", "left": 0}
    held.goto("/app/approvals/")
    expect(held.locator(".approval")).to_be_visible()


def test_the_settings_say_how_it_is(env, ming, visit, both, change_world):
    """Allowed is not yet sent: no push service is named, and none answers."""
    _, phone = both
    held = phone.page
    held.context.add_init_script(
        "PushManager.prototype.subscribe = () => Promise.reject(new DOMException('', 'AbortError'))"
    )
    keys.upkeep(env)
    enter_the_app(held.context, visit.base, env, ming)
    held.goto("/app/settings/general/")
    state = held.locator("[data-notify-state]")
    expect(state).to_have_text(phone.say("js.push.failed"))
    look(held, f"push-failed-{phone.labels.language}")
    change_world(replace(env, push_hosts=()))
    held.reload()
    expect(state).to_have_text(phone.say("js.push.off"))
    look(held, f"push-off-{phone.labels.language}")
