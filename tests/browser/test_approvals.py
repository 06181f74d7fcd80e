"""A computer that asks and a phone that answers: two browsers, one number between them."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.models import Approval, SoftToken
from tests.browser.bound import keep, phone_of
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.approvals import wrong
from tests.support.bound import with_token
from tests.support.chromium import DESKTOP, PHONE
from tests.support.second import asking
from tests.support.soft import PIN, bind

pytestmark = pytest.mark.browser

MING = "A123456789"
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def env(env):
    made = asking(with_token(env), methods=("sms", "soft-token"))
    login = replace(made.firm.login, captcha_pages=(), password_centre=("id", "password"))
    return replace(made, firm=replace(made.firm, login=login))


@pytest.fixture(params=[(DESKTOP, NARROW, "zh-TW", ZH), (PHONE, DESKTOP, "en-GB", EN)])
def both(request, env, ming, visit, change_world):
    """The page on the computer, which asks the app, and the phone."""
    at_page, at_phone, language, labels = request.param
    change_world(env)
    held = visit.page(at_phone, language, reduced_motion="reduce")
    app = phone_of(env, ming, held.context, visit.base)
    held.goto("/app/help/")
    keep(held, app)
    computer = Person(visit.page(at_page, language, reduced_motion="reduce"), env, labels)
    computer.sign_in(MING)
    name = env.firm.token.web_name[labels.language]
    computer.button(computer.say("second.use.soft-token", token=name)).click()
    expect(computer.page.locator(".number")).to_be_visible()
    held.goto("/app/approvals/")
    expect(held.locator(".approval")).to_be_visible()
    return computer, Person(held, env, labels)


def number_on(computer):
    return computer.page.locator(".number").inner_text()


def answer(phone, number, pin=PIN):
    phone.page.get_by_label(phone.say("approvals.number")).fill(number)
    phone.page.get_by_label(phone.say("approvals.pin"), exact=True).fill(pin)
    phone.button(phone.say("approvals.approve")).click()


def test_the_number_typed_into_the_phone_signs_the_computer_in(both):
    computer, phone = both
    language = computer.labels.language
    look(computer.page, f"approval-1-{language}")
    look(phone.page, f"approval-2-{language}")
    number = number_on(computer)
    answer(phone, wrong(number))
    phone.expect_told(Refused(Refusal.APPROVAL_NUMBER_WRONG, tries_left=2))
    answer(phone, number)
    expect(phone.page.get_by_text(phone.say("js.approvals.approved"))).to_be_visible()
    look(phone.page, f"approval-3-{language}")
    expect(computer.button(computer.say("site.sign-out"))).to_be_visible()
    assert Approval.objects.get().state == Approval.USED


def test_this_was_not_me_ends_it_on_the_computer_too(both):
    computer, phone = both
    language = computer.labels.language
    phone.button(phone.say("approvals.not-me")).click()
    look(phone.page, f"approval-4-{language}")
    phone.dialog.get_by_role("button", name=phone.say("js.approvals.sure_yes")).click()
    expect(phone.page.get_by_text(phone.say("js.approvals.denied"))).to_be_visible()
    computer.expect_told(Refused(Refusal.APPROVAL_DISOWNED))
    look(computer.page, f"approval-5-{language}")


def test_not_now_leads_the_computer_to_another_way(both):
    computer, phone = both
    phone.button(phone.say("approvals.cancel")).click()
    expect(phone.page.get_by_text(phone.say("js.approvals.cancelled"))).to_be_visible()
    expect(computer.page.get_by_text(computer.say("approval.over"))).to_be_visible()
    look(computer.page, f"approval-6-{computer.labels.language}")
    computer.page.get_by_role("link", name=computer.say("second.other")).click()
    expect(computer.button(computer.say("second.use.sms"))).to_be_visible()


def look_again(phone):
    """Come back to the page: it looks at once."""
    phone.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


def test_neither_a_suspended_app_nor_a_lost_network_takes_the_question_away(env, mei, visit, both):
    """Two customers use one phone; whose app is suspended is told, the other goes on."""
    _, phone = both
    hers = bind(env, mei, state=SoftToken.SUSPENDED)
    keep(phone.page, hers, subject=mei.subject)
    phone.page.reload()
    phone.expect_told(Refused(Refusal.TOKEN_SUSPENDED))
    alert = phone.page.locator("[data-alert]")
    number = phone.page.get_by_label(phone.say("approvals.number"))
    number.fill("12")
    phone.page.context.set_offline(True)
    look_again(phone)
    expect(alert).to_contain_text(phone.say("js.common.unreachable_title"))
    SoftToken.objects.filter(key_id=hers.key_id).update(state=SoftToken.ACTIVE)
    phone.page.context.set_offline(False)
    look_again(phone)
    expect(alert).to_be_empty()
    expect(number).to_have_value("12")
    visit.forgive("ERR_INTERNET_DISCONNECTED")
