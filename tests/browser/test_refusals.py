"""What a customer is told who cannot sign in, or whose code is refused."""

import re

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from cinnabar.codes.models import Streak
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "tongue", [("zh-TW", ZH), ("en-GB", EN)], ids=["in-chinese", "in-english"]
)


@BOTH
def test_wrong_unknown_and_locked_look_the_same(env, ming, visit, tongue):
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    main = person.page.get_by_role("main")

    person.sign_in("A123456789", "not the one")
    person.expect_told(Refused(Refusal.SIGN_IN_FAILED))
    wrong = main.inner_text()
    look(person.page, f"refused-sign-in-{person.labels.language}")
    person.sign_in("F123456784")
    person.expect_told(Refused(Refusal.SIGN_IN_FAILED))
    assert main.inner_text() == wrong

    for _ in range(env.firm.login.max_wrong - 1):
        person.sign_in("A123456789", "not the one")
        expect(person.page.get_by_role("alert")).to_be_visible()
    person.sign_in("A123456789", "demo1234")
    person.expect_told(Refused(Refusal.SIGN_IN_FAILED))
    assert main.inner_text() == wrong
    assert "__Host-session" not in {c["name"] for c in person.page.context.cookies()}


@BOTH
def test_a_slip_of_the_finger_costs_no_try(env, ming, visit, tongue):
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    for _ in range(env.firm.login.max_wrong):
        person.sign_in("A123456788")
        person.expect_told(Refused(Refusal.IDENTIFIER_MALFORMED))
    assert person.page.get_by_label(person.labels.identifier).input_value() == "A123456788"
    person.sign_in("ａ 123456789")
    expect(person.page).to_have_url(f"{visit.base}/certificates/")


def test_an_address_that_guesses_all_day_is_refused(env, ming, visit):
    for _ in range(env.firm.login.per_address_wrong_per_day):
        guard.enter(env, Door.SIGN_IN, "127.0.0.1")
    person = Person(visit.page(), env)
    person.sign_in("A123456789")
    person.expect_told(Refused(Refusal.TOO_MANY_TRIES))


def test_a_page_that_is_not_there_leads_back(env, ming, visit):
    person = Person(visit.page(), env)
    person.page.goto("/certificates/nowhere/")
    expect(person.page.get_by_role("heading", name="找不到這個頁面")).to_be_visible()
    look(person.page, "refused-not-found")
    person.page.get_by_role("link", name="前往登入").click()
    expect(person.page).to_have_url(f"{visit.base}/sign-in/")


def test_a_form_that_was_open_too_long_does_nothing(env, ming, visit):
    person = Person(visit.page(), env)
    person.page.goto("/sign-in/")
    person.page.context.clear_cookies()
    person.page.get_by_label(ZH.identifier).fill("A123456789")
    person.page.get_by_label(ZH.password, exact=True).fill("demo1234")
    person.button(ZH.sign_in).click()
    expect(person.page.get_by_role("heading", name="請從本站操作")).to_be_visible()
    person.expect_hotline()
    assert "__Host-session" not in {c["name"] for c in person.page.context.cookies()}


@BOTH
def test_nobody_without_contacts_gets_a_code(env, lin, visit, tongue):
    person = Person(visit.page(DESKTOP, tongue[0]), env, tongue[1])
    person.go_to_the_code("C123456781")
    person.ask.click()
    region = person.expect_told(Refused(Refusal.NO_CONTACT))
    assert region.get_attribute("role") == "alert"
    expect(person.field).to_be_hidden()
    expect(person.ask).to_be_enabled()
    look(person.page, f"refused-no-contact-{person.labels.language}")
    assert not person.codes()


def test_only_the_contact_on_file_is_named(env, mei, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code("B223456782")
    person.ask_code()
    expect(person.page.get_by_text("0912****78")).to_be_visible()
    assert "mail" not in person.page.locator("[data-status]").inner_text().lower()


def test_a_second_code_has_to_wait_its_minute(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.ask_code()
    expect(person.page.get_by_text("60秒後可以重新取得")).to_be_visible()
    person.later(seconds=59)
    expect(person.page.get_by_text("1秒後可以重新取得", exact=True)).to_be_visible()
    expect(person.ask).to_be_disabled()
    person.later(seconds=1)
    expect(person.ask).to_be_enabled()
    first = person.code()
    person.ask_code()
    assert len(person.codes()) == 2
    assert person.code() != first
    person.enter(first)
    person.expect_told(Refused(Refusal.CODE_WRONG, tries_left=env.firm.code.max_wrong - 1))
    person.enter(person.code())
    expect(person.step("consent")).to_be_visible()


def test_a_second_window_waits_as_long(env, ming, visit):
    first = Person(visit.page(), env)
    first.go_to_the_code()
    first.ask_code()
    first.later(seconds=20)
    second = Person(first.page.context.new_page(), env)
    second.page.goto("/certificates/apply/")
    second.ask.click()
    second.expect_told(Refused(Refusal.CODE_TOO_SOON, retry_after=40))
    expect(second.page.get_by_text("40秒後可以重新取得")).to_be_visible()
    expect(second.ask).to_be_disabled()
    second.later(seconds=41)
    expect(second.ask).to_be_enabled()
    second.prove_code()
    expect(second.step("consent")).to_be_visible()


@BOTH
def test_the_third_wrong_code_ends_it_and_a_new_one_works(env, ming, visit, tongue):
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    person.go_to_the_code()
    person.ask_code()
    for left in range(env.firm.code.max_wrong - 1, 0, -1):
        person.enter(person.wrong_code())
        person.expect_told(Refused(Refusal.CODE_WRONG, tries_left=left))
        expect(person.field).to_have_value("")
        expect(person.field).to_be_focused()
        expect(person.field).to_have_attribute("aria-invalid", "true")
    person.enter(person.wrong_code())
    person.expect_told(Refused(Refusal.CODE_CLOSED))
    expect(person.button(person.labels.confirm)).to_be_disabled()
    look(person.page, f"refused-code-closed-{person.labels.language}")
    person.later(seconds=61)
    person.prove_code()
    expect(person.step("consent")).to_be_visible()


def test_half_a_code_is_no_try(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.ask_code()
    for _ in range(env.firm.code.max_wrong + 1):
        person.enter(person.code()[:-1])
        alert = person.page.get_by_role("alert").filter(has_text="請輸入完整的認證碼")
        expect(alert).to_contain_text(str(env.firm.code.length))
    person.enter(person.code())
    expect(person.step("consent")).to_be_visible()


def test_a_code_dies_of_age_on_the_page(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.ask_code()
    person.later(seconds=240)
    expect(person.page.get_by_text("認證碼還有 60 秒就會失效。")).to_be_visible()
    person.later(seconds=61)
    alert = person.page.get_by_role("alert").filter(has_text="認證碼已超過有效時間")
    expect(alert).to_be_visible()
    expect(person.button(ZH.confirm)).to_be_disabled()
    person.prove_code()
    expect(person.step("consent")).to_be_visible()


def test_a_code_dies_of_age_at_the_host_whatever_this_clock_shows(env, clock, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.ask_code()
    code = person.code()
    clock.move(seconds=301)
    person.enter(code)
    person.expect_told(Refused(Refusal.CODE_CLOSED))
    assert not Certificate.objects.exists()


def test_the_codes_of_a_day_come_to_an_end(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    codes = []
    for _ in range(env.firm.code.max_per_day):
        person.ask_code()
        codes.append(person.code())
        person.later(seconds=61)
    expect(person.ask).to_be_enabled()
    person.ask.click()
    person.expect_told(Refused(Refusal.CODE_DAY_LIMIT))
    look(person.page, "refused-code-day-limit")
    person.page.reload()
    person.ask.click()
    person.expect_told(Refused(Refusal.CODE_DAY_LIMIT))
    assert len(person.codes()) == len(codes)


def test_after_too_many_wrong_codes_in_a_row_only_the_branch_helps(env, ming, visit):
    Streak.objects.create(customer_id=ming.id, wrong=env.firm.code.max_wrong_in_a_row)
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.ask.click()
    expect(person.expect_told(Refused(Refusal.CODE_DISABLED))).to_contain_text(re.compile("分公司"))
    assert not person.codes()
