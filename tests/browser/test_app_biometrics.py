"""生物認證服務 in Chromium: the terms, the PIN, the device inside the browser, and the way back."""

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session
from cinnabar.tokens.models import Agreement, Passkey, SoftToken
from cinnabar.tokens.soft import suspending
from tests.browser.authenticator import Authenticator, at_a_domain
from tests.browser.bound import keep
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.app import enter_the_app
from tests.support.biometrics import with_biometrics
from tests.support.bound import with_token
from tests.support.chromium import DESKTOP
from tests.support.soft import PIN, WRONG, App, bind

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
BOTH = pytest.mark.parametrize(
    "way", [(NARROW, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["narrow-zh", "desktop-en"]
)
HOME = "/app/biometrics/"


@pytest.fixture
def way():
    return NARROW, "zh-TW", ZH


@pytest.fixture
def person(env, ming, visit, change_world, way):
    """王小明 in the app, on a telephone to which his token is bound."""
    size, language, labels = way
    here = at_a_domain(with_biometrics(with_token(env)), visit, change_world)
    page = visit.page(size, language, reduced_motion="reduce")
    enter_the_app(page.context, visit.base, here, ming)
    device = Session.objects.get(customer_id=ming.id).device_id
    app = bind(here, ming, App(rounds=600_000), device=device)
    page.goto("/app/help/")
    keep(page, app)
    return Person(page, here, labels)


def start(person):
    button = person.button(person.say("biometrics.enable"))
    expect(button).to_be_enabled()
    button.click()


def agree(person):
    person.page.locator("[data-end]").scroll_into_view_if_needed()
    person.page.get_by_label(person.say("apply.agree")).check()
    person.button(person.say("biometrics.agree")).click()


def enter(person, typed, button="biometrics.enable"):
    person.page.get_by_label(person.say("biometrics.pin"), exact=True).fill(typed)
    person.button(person.say(button)).click()


def succeeded(person):
    title = person.page.get_by_role("heading", name=person.say("biometrics.done-title"))
    expect(title).to_be_visible()


def switch_on(person):
    person.page.goto(HOME)
    start(person)
    agree(person)
    enter(person, PIN)
    succeeded(person)


@BOTH
def test_on_with_terms_pin_and_device_and_off_with_the_pin(person):
    device = Authenticator(person.page)
    name = person.labels.language
    person.page.goto(HOME)
    expect(person.button(person.say("biometrics.enable"))).to_be_enabled()
    look(person.page, f"biometrics-off-{name}")
    start(person)
    expect(person.button(person.say("biometrics.agree"))).to_be_disabled()
    look(person.page, f"biometrics-terms-{name}")
    agree(person)
    look(person.page, f"biometrics-pin-{name}")
    enter(person, WRONG)
    left = person.env.firm.token.pin_max_wrong - 1
    person.expect_told(Refused(Refusal.TOKEN_PIN_WRONG, tries_left=left))
    enter(person, PIN)
    succeeded(person)
    look(person.page, f"biometrics-done-{name}")
    assert len(device.credentials()) == 1
    assert Agreement.objects.get().language == name
    person.page.goto(HOME)
    look(person.page, f"biometrics-on-{name}")
    person.button(person.say("biometrics.disable")).click()
    enter(person, PIN, "biometrics.disable")
    expect(person.page.get_by_text(person.say("biometrics.disabled"))).to_be_visible()
    assert not Passkey.objects.filter(stopped_at=None).exists()


def test_suspended_it_says_why_and_the_pin_alone_leads_back(person, ming):
    Authenticator(person.page)
    switch_on(person)
    suspending.by_staff(person.env, ming.id, case="C-1")
    person.page.goto(HOME)
    expect(person.page.get_by_text(person.say("biometrics.why-staff"))).to_be_visible()
    look(person.page, "biometrics-suspended")
    person.button(person.say("biometrics.enable-again")).click()
    enter(person, PIN)
    succeeded(person)
    assert Passkey.objects.filter(stopped_at=None).count() == 1


@BOTH
def test_signed_out_and_back_with_a_finger_alone(person):
    """P26: neither password nor PIN is typed."""
    Authenticator(person.page)
    switch_on(person)
    Session.objects.update(ended_at=person.env.clock.now())
    person.page.goto("/app/sign-in/")
    owner = person.button(person.say("app-sign-in.biometrics"))
    expect(owner).to_be_enabled()
    look(person.page, f"biometrics-sign-in-{person.labels.language}")
    owner.click()
    expect(person.page).to_have_url("/app/")
    assert Session.objects.get(ended_at=None).amr == "mfa pop token user"


def test_suspended_meanwhile_the_sign_in_says_so_and_takes_the_pin(person, ming):
    Authenticator(person.page)
    switch_on(person)
    Session.objects.update(ended_at=person.env.clock.now())
    suspending.by_staff(person.env, ming.id, case="C-1")
    person.page.goto("/app/sign-in/")
    person.button(person.say("app-sign-in.biometrics")).click()
    person.expect_told(Refused(Refusal.BIOMETRICS_SUSPENDED, why=("biometrics.why-staff",)))
    look(person.page, "biometrics-sign-in-suspended")
    person.page.get_by_label(person.say("app-sign-in.pin"), exact=True).fill(PIN)
    person.button(person.say("app-sign-in.submit")).first.click()
    expect(person.page).to_have_url("/app/")


def test_a_device_that_does_not_know_its_owner_makes_nothing(person):
    Authenticator(person.page).forget_who_holds_it()
    person.page.goto(HOME)
    start(person)
    agree(person)
    enter(person, PIN)
    alert = person.page.get_by_role("alert")
    expect(alert).to_contain_text(person.say("js.biometrics.cancelled_title"))
    expect(alert).to_contain_text(person.say("js.biometrics.cancelled_next"))
    look(person.page, "biometrics-cancelled")
    assert not Passkey.objects.exists()


def test_a_device_without_any_says_so_and_promises_nothing(person):
    Authenticator(person.page, transport="usb")
    person.page.goto(HOME)
    expect(person.page.get_by_text(person.say("biometrics.unable"))).to_be_visible()
    expect(person.button(person.say("biometrics.enable"))).to_be_disabled()
    look(person.page, "biometrics-unable")


def test_without_a_token_here_the_page_leads_to_it(person, ming):
    SoftToken.objects.all().delete()
    person.page.goto(HOME)
    name = person.env.firm.token.name[person.labels.language]
    link = person.page.get_by_role("link", name=person.say("biometrics.no-token-link", token=name))
    expect(link).to_have_attribute("href", "/app/token/")
    look(person.page, "biometrics-no-token")
