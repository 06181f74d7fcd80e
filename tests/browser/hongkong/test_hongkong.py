"""The Hong Kong firm in a browser: a code at every sign-in, and rules ticked as they are met."""

import re

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.secrets import Password
from tests.browser.looking import look
from tests.browser.person import EN, Labels, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.mail import received
from tests.support.passwords import opens
from tests.support.people import PASSWORD

pytestmark = pytest.mark.browser

NEW = Password("abcd1234")  # G22
HK = Labels(
    language="zh-Hant-HK",
    identifier="登入帳號",
    password="登入密碼",
    sign_in="登入",
    apply="申請",
    get_code="取得驗證碼",
    code="驗證碼",
    confirm="確認",
    cancel="取消",
    agree="我已讀完並同意以上內容",
    renew="更新",
    ok="確定",
    revoke="證書撤銷",
    remove="移除",
    try_sign="試簽",
    sign="簽署",
)
ENGLISH = Labels(**{**vars(EN), "identifier": "Login account number"})
BOTH = pytest.mark.parametrize(
    ("way", "channel"),
    [((PHONE, "zh-HK", HK), "email"), ((DESKTOP, "en-GB", ENGLISH), "sms")],
    ids=["on-a-phone-by-mail", "in-english-by-sms"],
)


@pytest.fixture
def person(env, visit, way):
    size, language, labels = way
    return Person(visit.page(size, language, reduced_motion="reduce"), env, labels)


def code_of(env, channel):
    sent = next(one.text for one in received(env) if one.channel == channel)
    return re.search(r"(?<!\d)\d{6}(?!\d)", sent)[0]


@BOTH
def test_a_customer_signs_in_with_a_code_and_changes_the_password(person, env, ming, channel):
    page = person.page
    page.goto("/sign-in/")
    look(page, f"hongkong-sign-in-{person.labels.language}")
    person.sign_in(ming.identifier.replace("-", ""))
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("second.title"))
    look(page, f"hongkong-ways-{person.labels.language}")
    person.button(person.say(f"second.use.{channel}")).click()
    page.get_by_label(person.say("second.code-label"), exact=True).fill(code_of(env, channel))
    look(page, f"hongkong-code-{person.labels.language}")
    person.button(person.say("second.code-submit")).click()
    expect(page).to_have_url("/account/")
    look(page, f"hongkong-account-{person.labels.language}")

    page.goto("/passwords/change/")
    kept = person.say("js.new_password.kept")
    marks = page.locator("[data-rule]")
    expect(marks).to_have_count(5)  # length, characters, a letter, a digit, typed twice the same
    page.locator("[name=login_old]").fill(PASSWORD.reveal())
    page.locator("[name=login_new]").fill("abcdefgh")
    digit = page.locator("[data-rule=needs-digit] [data-kept]")
    expect(digit).to_have_text(person.say("js.new_password.not_kept"))
    page.locator("[name=login_new]").fill(NEW.reveal())
    page.locator("[name=login_new_again]").fill(NEW.reveal())
    expect(page.locator("[data-rule] [data-kept]")).to_have_text([kept] * 5)
    look(page, f"hongkong-change-{person.labels.language}")
    person.button(person.say("passwords.ok")).click()
    expect(page).to_have_url("/passwords/changed/")
    assert opens(env, ming, NEW)


@pytest.mark.parametrize("way", [(PHONE, "zh-HK", HK)], ids=["on-a-phone"])
def test_a_page_that_is_not_offered_says_so_in_the_firms_words(person):
    answer = person.page.goto("/certificates/")
    assert answer.status == 404
    expect(person.page.get_by_role("heading", level=1)).to_have_text(
        person.say("refusals.not-found.title")
    )
    look(person.page, "hongkong-not-found")
