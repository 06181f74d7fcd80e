"""The second stage of a sign-in at real pages: by SMS, by mail, with the certificate; refusals."""

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.second import asking, code, other

pytestmark = pytest.mark.browser

MING = "A123456789"


def type_password(person):
    person.sign_in(MING)
    expect(heading(person)).to_have_text(person.say("second.title"))


def heading(person):
    return person.page.get_by_role("heading", level=1)


def choose(person, way):
    person.button(person.say(f"second.use.{way}")).click()


def enter(person, text):
    person.page.get_by_label(person.say("second.code-label"), exact=True).fill(text)
    person.button(person.say("second.code-submit")).click()


@pytest.mark.parametrize(
    "how",
    [(DESKTOP, ("zh-TW", ZH), "sms"), (PHONE, ("en-GB", EN), "email")],
    ids=["by-sms-in-chinese", "by-mail-in-english-on-a-phone"],
)
def test_somebody_signs_in_with_a_code(env, ming, visit, change_world, how):
    size, tongue, way = how
    made = asking(env)
    change_world(made)
    person, name = Person(visit.page(size, tongue[0]), made, tongue[1]), tongue[1].language
    page = person.page
    type_password(person)
    expect(page.get_by_text(person.say("second.why.token-unregistered"))).to_be_visible()
    look(page, f"second-1-{name}")
    choose(person, way)
    expect(heading(person)).to_have_text(person.say("second.code-title"))
    expect(person.button(person.say("second.code-again"))).to_be_disabled()
    expect(page.locator("[data-wait]")).not_to_be_empty()
    look(page, f"second-2-{name}")
    right = code(made, way)
    enter(person, other(right))
    tries = made.firm.sign_in_code.max_wrong - 1
    person.expect_told(Refused(Refusal.SIGN_IN_CODE_WRONG, tries_left=tries))
    look(page, f"second-3-{name}")
    enter(person, right)
    expect(page.locator("#local-heading")).to_be_visible()


def test_another_way_and_again_from_the_beginning(env, ming, visit, change_world):
    made = asking(env)
    change_world(made)
    person = Person(visit.page(), made)
    type_password(person)
    choose(person, "sms")
    person.page.get_by_role("link", name=person.say("second.other")).click()
    expect(heading(person)).to_have_text(person.say("second.title"))
    choose(person, "email")
    wait = int(made.firm.sign_in_code.resend_after.total_seconds())
    person.expect_told(Refused(Refusal.SIGN_IN_CODE_TOO_SOON, retry_after=wait))
    person.button(person.say("second.restart")).click()
    expect(heading(person)).to_have_text(person.say("sign-in.title"))


def test_the_certificate_in_this_browser_signs_in(env, ming, visit, change_world):
    """And in a browser without it the page says so, and offers the other ways."""
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.apply()
    person.page.get_by_role("button", name=person.say("site.sign-out")).click()
    expect(heading(person)).to_have_text(person.say("signed-out.title"))
    made = asking(env)
    change_world(made)
    elsewhere = Person(visit.page(), made)
    type_password(elsewhere)
    choose(elsewhere, "trading-certificate")
    expect(elsewhere.page.get_by_text(elsewhere.say("js.second.none"))).to_be_visible()
    look(elsewhere.page, "second-4-none")
    type_password(person)
    choose(person, "trading-certificate")
    expect(person.page.locator("#local-heading")).to_be_visible()
