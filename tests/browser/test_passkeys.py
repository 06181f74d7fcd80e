"""Passkeys at the pages, with the device inside Chromium."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.authenticator import Authenticator, at_a_domain, step_up
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.second import asking

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["phone-zh", "desktop-en"]
)
HOME = "/account/passkeys/"


@pytest.fixture
def way():
    return DESKTOP, "zh-TW", ZH


@pytest.fixture
def alone():
    return False


@pytest.fixture
def person(env, ming, visit, change_world, way, *, alone):
    size, language, labels = way
    here = at_a_domain(env, visit, change_world, alone=alone)
    return Person(visit.page(size, language, reduced_motion="reduce"), here, labels)


def come_in(person):
    """Sign in, prove a code and go to the passkeys."""
    person.enter_the_centre()
    step_up(person.env)
    person.page.goto(HOME)


def add(person, name):
    field = person.page.get_by_label(person.say("passkeys.name"), exact=True)
    field.fill(name)
    expect(person.button(person.say("passkeys.add"))).to_be_enabled()
    person.button(person.say("passkeys.add")).click()


def made(person, name):
    told = person.page.get_by_role("status").filter(has_text=person.say("passkeys.made", name=name))
    expect(told).to_be_visible()


@BOTH
def test_made_named_and_removed(person):
    device = Authenticator(person.page)
    come_in(person)
    expect(person.button(person.say("passkeys.add"))).to_be_enabled()
    look(person.page, f"passkeys-none-{person.labels.language}")
    add(person, "我的手機")
    made(person, "我的手機")
    assert len(device.credentials()) == 1
    look(person.page, f"passkeys-one-{person.labels.language}")
    person.page.get_by_role("link", name=f"{person.say('passkeys.rename')} 我的手機").click()
    person.page.get_by_label(person.say("passkeys.name"), exact=True).fill("公司電腦")
    look(person.page, f"passkeys-rename-{person.labels.language}")
    person.button(person.say("passkeys.save")).click()
    person.page.get_by_role("link", name=f"{person.say('passkeys.remove')} 公司電腦").click()
    expect(person.page.get_by_text(person.say("passkeys.remove-last"))).to_be_visible()
    look(person.page, f"passkeys-remove-{person.labels.language}")
    person.button(person.say("passkeys.remove")).click()
    expect(person.page.get_by_text(person.say("passkeys.none"))).to_be_visible()


def test_a_device_that_has_one_makes_no_second(person):
    device = Authenticator(person.page)
    come_in(person)
    add(person, "first")
    made(person, "first")
    add(person, "second")
    alert = person.page.get_by_role("alert").filter(has_text=person.say("js.passkey.here_title"))
    expect(alert).to_contain_text(person.say("js.passkey.here_next"))
    look(person.page, "passkeys-here")
    assert len(device.credentials()) == 1


def test_at_another_address_the_page_says_where(person, visit):
    come_in(person)
    person.page.goto(visit.base.replace("localhost", "127.0.0.1") + "/sign-in/")
    visit.base = visit.base.replace("localhost", "127.0.0.1")
    elsewhere = Person(visit.page(), person.env, person.labels)
    come_in(elsewhere)
    expect(elsewhere.page.get_by_role("link", name=person.env.base_url)).to_be_visible()
    expect(elsewhere.button(person.say("passkeys.add"))).to_be_disabled()
    look(elsewhere.page, "passkeys-elsewhere")


@pytest.mark.parametrize("alone", [True])
@BOTH
def test_signing_in_without_a_password(person):
    Authenticator(person.page)
    come_in(person)
    add(person, "mine")
    made(person, "mine")
    person.button(person.say("site.sign-out")).click()
    person.page.goto("/sign-in/")
    by_passkey = person.button(person.say("passkeys.sign-in"))
    expect(by_passkey).to_be_enabled()
    look(person.page, f"passkeys-sign-in-{person.labels.language}")
    by_passkey.click()
    expect(person.page.locator("#local-heading")).to_be_visible()
    person.page.goto(HOME)
    expect(person.button(person.say("passkeys.add"))).to_be_enabled()


@BOTH
def test_after_the_password_and_before_what_asks_for_more(person, change_world):
    """The second factor of a sign-in, then a step-up that leads back (SES-06, FID-01)."""
    Authenticator(person.page)
    come_in(person)
    add(person, "mine")
    made(person, "mine")
    person.button(person.say("site.sign-out")).click()
    expect(person.page.get_by_role("heading", level=1)).to_have_text(person.say("signed-out.title"))
    change_world(asking(person.env, methods=("sms", "passkey")))
    person.sign_in("A123456789")
    with_passkey = person.button(person.say("second.use.passkey"))
    expect(with_passkey).to_be_enabled()
    look(person.page, f"passkeys-second-{person.labels.language}")
    with_passkey.click()
    expect(person.page.locator("#local-heading")).to_be_visible()
    person.env.clock.move(seconds=12 * 60)
    person.page.goto(HOME)
    add(person, "another")
    person.expect_told(Refused(Refusal.STEP_UP_NEEDED))
    person.button(person.say("js.common.step_up")).click()
    expect(with_passkey).to_be_enabled()
    look(person.page, f"passkeys-step-up-{person.labels.language}")
    with_passkey.click()
    expect(person.button(person.say("passkeys.add"))).to_be_enabled()


def test_a_device_that_he_ticked_is_not_asked_for_the_passkey_again(person, change_world):
    """REG-HK-1: the box stands beside the ways, since a passkey has no page of its own."""
    Authenticator(person.page)
    come_in(person)
    add(person, "mine")
    made(person, "mine")
    days = timedelta(days=30)
    change_world(asking(person.env, methods=("sms", "passkey"), remember=days))
    for ask in (True, False):
        person.button(person.say("site.sign-out")).click()
        gone = person.page.get_by_role("heading", level=1)
        expect(gone).to_have_text(person.say("signed-out.title"))
        person.sign_in("A123456789")
        if ask:
            box = person.page.get_by_label(person.say("devices.remember", days=days.days))
            box.check()
            expect(box).to_be_enabled()
            look(person.page, "passkeys-remember")
            person.button(person.say("second.use.passkey")).click()
        expect(person.page.locator("#local-heading")).to_be_visible()


@pytest.mark.parametrize("alone", [True])
def test_a_device_that_does_not_verify_its_owner_does_not_sign_in(person):
    device = Authenticator(person.page)
    come_in(person)
    add(person, "mine")
    made(person, "mine")
    person.button(person.say("site.sign-out")).click()
    device.forget_who_holds_it()
    person.page.goto("/sign-in/")
    person.button(person.say("passkeys.sign-in")).click()
    alert = person.page.get_by_role("alert")
    expect(alert).to_contain_text(person.say("js.passkey.cancelled_title"))
    look(person.page, "passkeys-cancelled")


@pytest.mark.parametrize("alone", [True])
def test_a_stopped_passkey_says_so_and_opens_nothing(person):
    from cinnabar.tokens.models import Passkey

    Authenticator(person.page)
    come_in(person)
    add(person, "mine")
    made(person, "mine")
    Passkey.objects.update(count=2**31)
    person.button(person.say("site.sign-out")).click()
    person.page.goto("/sign-in/")
    person.button(person.say("passkeys.sign-in")).click()
    person.expect_told(Refused(Refusal.PASSKEY_STOPPED))
    look(person.page, "passkeys-stopped")
