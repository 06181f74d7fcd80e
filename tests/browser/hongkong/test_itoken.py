"""iToken at the Hong Kong firm as its file says: from the mail to a day without a network."""

import base64

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session
from cinnabar.tokens.models import SoftToken
from tests.browser.hongkong.test_hongkong import HK
from tests.browser.looking import look
from tests.browser.person import Person
from tests.browser.test_app_offline import watched
from tests.browser.test_binding import MODULES, PIN, Phone, film, phones
from tests.support import camera
from tests.support.chromium import DESKTOP
from tests.support.mail import received

__all__ = ["film", "phones"]

pytestmark = pytest.mark.browser

SMALL = {"width": 360, "height": 740}


@pytest.fixture
def phone(env, ming, visit, phones, film):
    """A telephone on which iToken was just set up, with the picture of the mail (P215)."""
    made = Phone(phones.page(SMALL, "zh-HK", reduced_motion="reduce"), env, HK)
    made.come(visit.base, ming).up_to_the_code()
    mail = next(one for one in received(env) if one.picture)
    picture = f"data:image/png;base64,{base64.b64encode(mail.picture).decode()}"
    camera.film(film, made.page.evaluate(MODULES, picture), camera.Look(turned=-9, noise=20))
    made.scan()
    expect(made.step("done")).to_be_visible()
    return made


@pytest.fixture
def computer(env, ming, visit, phone):
    """A computer on which he has typed his password and chosen iToken (P24)."""
    person = Person(visit.page(DESKTOP, "zh-HK", reduced_motion="reduce"), env, HK)
    choose_itoken(person, ming)
    return person


def choose_itoken(person, customer):
    person.sign_in(customer.identifier.replace("-", ""))
    person.button(person.say("second.use.soft-token", token="iToken")).click()
    expect(person.page.locator(".number")).to_be_visible()


def test_a_number_signs_the_computer_in_and_the_pin_the_phone(env, computer, phone):
    """P24 and P26; then the phone is lost (TOK-07)."""
    phone.page.goto("/app/approvals/")
    number = computer.page.locator(".number").inner_text()
    phone.page.get_by_label(phone.say("approvals.number")).fill(number)
    phone.page.get_by_label(phone.say("approvals.pin"), exact=True).fill(PIN)
    look(phone.page, "hongkong-approve")
    phone.button(phone.say("approvals.approve")).click()
    expect(phone.page.get_by_text(phone.say("js.approvals.approved"))).to_be_visible()
    expect(computer.page).to_have_url("/account/")
    Session.objects.filter(channel="mobile").update(ended_at=env.clock.now())
    phone.page.goto("/app/sign-in/")
    enter_pin(phone)
    expect(phone.page).to_have_url("/app/")
    assert Session.objects.get(channel="mobile", ended_at=None).amr == "pin token"

    computer.page.goto("/account/token/")
    computer.page.get_by_role("button", name=computer.say("token.suspend")).click()
    expect(computer.page.get_by_text(computer.say("token.done-suspended"))).to_be_visible()
    look(computer.page, "hongkong-suspended")
    phone.page.goto("/app/sign-in/")
    enter_pin(phone)
    phone.expect_told(Refused(Refusal.TOKEN_SUSPENDED))
    look(phone.page, "hongkong-suspended-phone")
    assert SoftToken.objects.get().why == "lost"


def enter_pin(phone):
    phone.page.get_by_label(phone.say("app-sign-in.pin"), exact=True).fill(PIN)
    button = phone.button(phone.say("app-sign-in.submit")).first
    expect(button).to_be_enabled()
    button.click()


def test_without_a_network_the_phone_shows_a_code_that_the_page_takes(computer, phone):
    """P220; and when the network is back, so is the app."""
    page = phone.page
    page.goto("/app/help/")
    watched(page)
    page.context.set_offline(True)
    page.goto("/app/approvals/")
    expect(page.get_by_role("heading", level=1)).to_have_text(phone.say("app.offline.title"))
    page.get_by_label(phone.say("otp.pin"), exact=True).fill(PIN)
    phone.button(phone.say("otp.show")).click()
    code = page.locator("[data-code]")
    expect(code).to_be_visible()
    look(page, "hongkong-offline-code")
    computer.page.get_by_text(computer.say("approval.offline")).click()
    computer.page.get_by_label(computer.say("approval.code"), exact=True).fill(code.inner_text())
    look(computer.page, "hongkong-offline-typed")
    computer.button(computer.say("approval.code-submit")).click()
    expect(computer.page).to_have_url("/account/")
    assert Session.objects.get(channel="web", ended_at=None).amr == "otp pwd"
    page.context.set_offline(False)
    page.get_by_role("link", name=phone.say("app.offline.again")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(phone.say("app.home.title"))
