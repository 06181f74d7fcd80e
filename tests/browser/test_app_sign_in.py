"""Signing in on a phone that holds a token: by its PIN, by its key, as another."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session
from tests.browser.bound import keep, phone_of
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.bound import with_token
from tests.support.chromium import DESKTOP, PHONE
from tests.support.second import asking
from tests.support.soft import PIN, WRONG

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
BOTH = pytest.mark.parametrize(
    "way", [(NARROW, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["narrow-zh", "desktop-en"]
)


@pytest.fixture
def env(env):
    made = asking(with_token(env), methods=("sms", "soft-token"))
    login = replace(made.firm.login, captcha_pages=(), password_centre=("id", "password"))
    return replace(made, firm=replace(made.firm, login=login))


@pytest.fixture
def way():
    return PHONE, "zh-TW", ZH


@pytest.fixture
def person(env, ming, visit, change_world, way):
    change_world(env)
    size, language, labels = way
    page = visit.page(size, language, reduced_motion="reduce")
    app = phone_of(env, ming, page.context, visit.base)
    page.goto("/app/help/")
    keep(page, app)
    return Person(page, env, labels)


def enter_pin(person, typed):
    field = person.page.get_by_label(person.say("app-sign-in.pin"), exact=True)
    field.fill(typed)
    button = person.button(person.say("app-sign-in.submit")).first
    expect(button).to_be_enabled()
    button.click()


def use_password(person, identifier):
    person.page.get_by_label(person.labels.identifier).fill(identifier)
    person.page.get_by_label(person.labels.password, exact=True).fill("demo1234")
    person.button(person.labels.sign_in).click()


def heading(person):
    return person.page.get_by_role("heading", level=1)


@BOTH
def test_the_pin_alone_opens_the_app_and_a_wrong_one_says_what_is_left(person):
    person.page.goto("/app/sign-in/")
    expect(heading(person)).to_have_text(person.say("app-sign-in.bound-title"))
    look(person.page, f"app-sign-in-pin-{person.labels.language}")
    enter_pin(person, WRONG)
    left = person.env.firm.token.pin_max_wrong - 1
    person.expect_told(Refused(Refusal.TOKEN_PIN_WRONG, tries_left=left))
    look(person.page, f"app-sign-in-wrong-{person.labels.language}")
    enter_pin(person, PIN)
    expect(person.page).to_have_url("/app/")
    assert Session.objects.get(ended_at=None).amr == "pin token"
    # Signed out and back in a new window, the PIN is enough again.
    Session.objects.update(ended_at=person.env.clock.now())
    again = Person(person.page.context.new_page(), person.env, person.labels)
    again.page.goto("/app/sign-in/")
    enter_pin(again, PIN)
    expect(again.page).to_have_url("/app/")


@BOTH
def test_with_the_password_the_device_does_the_rest_at_one_press(person, ming):
    """按登入即完成."""
    person.page.goto("/app/sign-in/")
    person.button(person.say("app-sign-in.other")).click()
    expect(heading(person)).to_have_text(person.say("app-sign-in.title"))
    look(person.page, f"app-sign-in-password-{person.labels.language}")
    use_password(person, ming.identifier)
    expect(person.page).to_have_url("/app/")
    assert Session.objects.get(ended_at=None).amr == "pwd token"


def test_another_customer_signs_in_on_the_same_phone_by_a_code(person, mei):
    person.page.goto("/app/sign-in/")
    person.button(person.say("app-sign-in.other")).click()
    use_password(person, mei.identifier)
    expect(heading(person)).to_have_text(person.say("second.title"))
    expect(person.button(person.say("app-sign-in.here"))).to_be_hidden()
    expect(person.button(person.say("second.use.sms"))).to_be_visible()
    look(person.page, "app-second-other")


def test_a_device_put_out_is_told_that_the_password_is_needed(person, ming):
    from cinnabar.login import devices

    devices.end_all(person.env, ming.id)
    person.page.goto("/app/sign-in/")
    enter_pin(person, PIN)
    person.expect_told(Refused(Refusal.BOUND_DEVICE_REFUSED))
    look(person.page, "app-sign-in-put-out")
