"""密碼補發 at a browser that holds a certificate, and at one that holds none or a stranger's."""

import re

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.claims import BORN, own_password, pass_code, with_accounts

pytestmark = pytest.mark.browser

PAGE = "/passwords/reissue/"


def with_a_certificate(person):
    """Apply in this browser, and leave."""
    person.sign_in("A123456789")
    expect(person.page.locator("#local-heading")).to_be_visible()
    person.apply()
    person.page.get_by_role("button", name=person.say("site.sign-out")).click()
    expect(person.page.get_by_role("heading", level=1)).to_have_text(person.say("signed-out.title"))


def identify(person, birth=BORN):
    person.page.goto(PAGE)
    person.page.get_by_label(person.labels.identifier).fill("A123456789")
    person.page.get_by_label(person.say("reissue.birth"), exact=True).fill(birth)
    person.button(person.say("reissue.enter")).click()


def choose_futures(person):
    """Only the accounts of the chosen line can be picked."""
    accounts = person.page.get_by_label(person.say("reissue.number"), exact=True)
    person.page.get_by_label(person.say("business-line.futures"), exact=True).check()
    open_ones = accounts.locator("optgroup:not([disabled])")
    expect(open_ones).to_have_count(1)
    expect(open_ones).to_have_attribute("label", person.say("business-line.futures"))
    masked = person.env.firm.masks.account("9020-0067890")
    accounts.select_option(label=f"期貨台北分公司 {masked}")


def enter(person, code):
    person.page.get_by_label(person.say("reissue.code-label"), exact=True).fill(code)
    person.button(person.say("reissue.code-verify")).click()


@pytest.mark.parametrize(
    ("size", "tongue"),
    [(DESKTOP, ("zh-TW", ZH)), (PHONE, ("en-GB", EN))],
    ids=["in-chinese", "in-english-on-a-phone"],
)
def test_somebody_with_a_certificate_gets_a_new_password(env, ming, visit, size, tongue):
    person = Person(visit.page(size, tongue[0]), env, tongue[1])
    page, name = person.page, tongue[1].language
    with_accounts(env, consolidated=True)
    with_a_certificate(person)
    identify(person, birth="0790201")
    person.expect_told(Refused(Refusal.BIRTH_DATE_MALFORMED))
    look(page, f"reissue-1-{name}")
    identify(person)
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("reissue.with-title"))
    here = page.locator("[aria-current=step]")
    expect(here).to_have_text(person.say("reissue.account"))
    choose_futures(person)
    look(page, f"reissue-2-{name}")
    person.button(person.say("reissue.confirm")).click()
    expect(page.get_by_text(person.say("reissue.code-sent", to="0958****74"))).to_be_visible()
    expect(page.locator("[data-wait]")).to_have_text(re.compile("2:00|1:5"))
    expect(person.button(person.say("reissue.code-again"))).to_be_disabled()
    right = pass_code(env)
    enter(person, f"{(int(right) + 1) % 10 ** len(right):0{len(right)}}")
    tries = env.firm.pass_code.max_wrong - 1
    person.expect_told(Refused(Refusal.PASS_CODE_WRONG, tries_left=tries))
    look(page, f"reissue-3-{name}")
    enter(person, right)
    new = page.locator("input[name=new]")
    expect(new).to_be_visible()
    expect(new).to_have_attribute("autocomplete", "new-password")
    shown = 1 if env.firm.password.initial.length else 0
    expect(page.locator("[data-initial]")).to_have_count(shown)
    look(page, f"reissue-4-{name}")
    own = own_password(env).reveal()
    new.fill(own)
    page.locator("input[name=new_again]").fill(own)
    person.button(person.say("reissue.submit")).click()
    expect(page.get_by_role("heading", name=person.say("reissue.done-title"))).to_be_visible()
    look(page, f"reissue-5-{name}")
    person.sign_in("A123456789", own)
    expect(page.locator("#local-heading")).to_be_visible()


def test_a_browser_without_the_certificate_goes_on_by_mail(env, ming, visit):
    """Nobody's pair and a customer's look alike: the keys in the browser open for neither."""
    person = Person(visit.page(), env)
    with_a_certificate(person)
    person.page.context.clear_cookies(name="__Host-device")
    for birth in (BORN, "19900202"):
        with person.page.expect_request(re.compile("/without$")):
            identify(person, birth)
        expect(person.page.get_by_role("heading", level=1)).to_be_visible()
