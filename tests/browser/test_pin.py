"""The PIN at real pages: offline codes, another PIN, clearing; on phones first."""

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Device
from cinnabar.tokens.models import SoftToken
from tests.browser.bound import keep
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.app import enter_the_app
from tests.support.bound import with_token
from tests.support.chromium import DESKTOP, PHONE
from tests.support.soft import DEVICE, PIN, WRONG, App, bind, row

pytestmark = pytest.mark.browser

NEW = "719305"

KEYS = """
async () => {
  const done = (r) =>
    new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = no; });
  const db = await done(indexedDB.open("cinnabar-app", 1));
  const keys = await done(db.transaction("tokens").objectStore("tokens").getAllKeys());
  db.close();
  return keys;
}
"""


@pytest.fixture
def env(env):
    return with_token(env)


@pytest.fixture
def phone(env, ming, visit, change_world):
    """Open a page of the app as 王小明, signed in there."""
    change_world(env)

    def act(size=PHONE, language="zh-TW", labels=ZH):
        page = visit.page(size, language)
        enter_the_app(page.context, visit.base, env, ming)
        page.goto("/app/help/")
        return Person(page, env, labels)

    return act


def root():
    """Return what things are bound to on the device that has just signed in."""
    device = Device.objects.get()
    return device.root or device.id


def put_token(page, env, customer, *, label="9999-****", device=DEVICE, seed=b"s" * 32):
    """Leave a token in the browser and at the host, as the end of a binding does."""
    app = bind(env, customer, App(seed=seed, rounds=600_000), device=device)
    keep(page, app, subject=customer.subject, label=label)
    return app


def shown(person):
    return person.page.locator("[data-code]")


def spaced(code):
    return f"{code[:3]} {code[3:]}"


def ask_code(person, pin=PIN):
    person.page.get_by_label(person.say("otp.pin"), exact=True).fill(pin)
    person.button(person.say("otp.show")).click()


def test_the_code_is_the_one_that_counts_and_a_wrong_pin_gives_another(env, clock, ming, phone):
    person = phone()
    page = person.page
    page.goto("/app/code/")
    expect(page.get_by_text(person.say("otp.none"))).to_be_visible()
    look(page, "otp-0-none")
    app = put_token(page, env, ming)
    page.reload()
    look(page, "otp-1")
    ask_code(person)
    expect(shown(person)).to_have_text(spaced(app.code(clock.now())))
    expect(shown(person)).to_be_focused()
    look(page, "otp-2-shown")
    person.later(seconds=30)
    expect(shown(person)).to_have_text(spaced(app.code(clock.now())))
    person.button(person.say("otp.hide")).click()
    expect(shown(person)).to_be_hidden()
    ask_code(person, WRONG)
    expect(shown(person)).to_have_text(spaced(app.code(clock.now(), WRONG)))
    person.later(seconds=121)
    expect(shown(person)).to_be_hidden()
    assert row(app).wrong == 0


def test_of_two_accounts_each_has_its_own_code_and_the_page_works_from_its_offline_copy(
    env, clock, ming, mei, phone
):
    person = phone(DESKTOP, "en-GB", EN)
    page = person.page
    mine = put_token(page, env, ming, label="A12345****")
    hers = put_token(page, env, mei, label="B22345****", seed=b"m" * 32)
    page.goto("/app/offline/?language=en")
    choice = page.get_by_label(person.say("otp.whose"), exact=True)
    for label, app in (("A12345****", mine), ("B22345****", hers)):
        choice.select_option(label=label)
        ask_code(person)
        expect(shown(person)).to_have_text(spaced(app.code(clock.now())))
        person.button(person.say("otp.hide")).click()
    look(page, "otp-3-offline-en")


def fill(person, old, new, again=None):
    for key, text in (("old", old), ("new", new), ("again", again or new)):
        person.page.get_by_label(person.say(f"pin.{key}"), exact=True).fill(text)
    person.button(person.say("pin.submit")).click()


@pytest.mark.parametrize(
    "how",
    [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)],
    ids=["in-chinese-on-a-phone", "in-english"],
)
def test_another_pin_with_the_old_one(env, clock, ming, phone, how):
    person = phone(*how)
    page, name = person.page, how[2].language
    app = put_token(page, env, ming, device=root())
    page.goto("/app/device/pin/")
    fill(person, PIN, "123456")
    assert page.locator("[data-first]").evaluate("e => e.validationMessage") == person.say(
        "js.pin.plain"
    )
    look(page, f"pin-1-{name}")
    fill(person, WRONG, NEW)
    left = env.firm.token.pin_max_wrong - 1
    person.expect_told(Refused(Refusal.TOKEN_PIN_WRONG, tries_left=left))
    look(page, f"pin-2-{name}")
    fill(person, PIN, NEW)
    expect(page.get_by_role("heading", name=person.say("pin.done-title"))).to_be_focused()
    look(page, f"pin-3-{name}")
    page.goto("/app/code/")
    ask_code(person, NEW)
    expect(shown(person)).to_have_text(spaced(app.code(clock.now(), NEW)))


def test_a_cleared_device_forgets_everything_here_and_there(env, ming, phone):
    person = phone()
    page = person.page
    app = put_token(page, env, ming, device=root())
    page.goto("/app/device/clear/")
    look(page, "clear-1")
    person.button(person.say("clear.submit")).click()
    look(page, "clear-2")
    person.dialog.get_by_role("button", name=person.say("clear.cancel")).click()
    assert page.evaluate(KEYS) == [app.key_id]
    person.button(person.say("clear.submit")).click()
    person.dialog.get_by_role("button", name=person.say("clear.submit")).click()
    expect(page.get_by_role("heading", name=person.say("clear.done-title"))).to_be_focused()
    look(page, "clear-3")
    assert page.evaluate(KEYS) == []
    assert row(app).state == SoftToken.CLEARED
    page.goto("/app/device/clear/")
    expect(page.get_by_text(person.say("clear.none"))).to_be_visible()
