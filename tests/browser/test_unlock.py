"""密碼解鎖 at the page: with the certificate of this browser, once, and nobody learns anything."""

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.signing import sign_in

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["phone-zh", "desktop-en"]
)
BORN = "19900201"


@pytest.fixture
def person(env, ming, visit, way):
    size, language, labels = way
    return Person(visit.page(size, language, reduced_motion="reduce"), env, labels)


def lock(env, times):
    for _ in range(times):
        with pytest.raises(Refused):
            sign_in(env, "A123456789", Password("demo9999"), address="203.0.113.7")


def unlock(person, birth=BORN, identifier="A123456789"):
    """Fill in the page and press 立即解鎖."""
    person.page.goto("/passwords/unlock/")
    person.page.get_by_label(person.labels.identifier).fill(identifier)
    field = person.page.get_by_label(person.say("reissue.birth"), exact=True)
    field.fill(birth)
    expect(person.button(person.say("unlock.act"))).to_be_enabled()
    field.press("Enter")


@BOTH
def test_g24_unlocked_once_with_the_certificate_and_then_led_to_a_new_password(env, person):
    """G24 as a customer sees it."""
    person.enter_the_centre()
    person.apply()
    person.button(person.say("site.sign-out")).click()
    expect(person.page.get_by_role("heading", name=person.say("signed-out.title"))).to_be_visible()
    lock(env, env.firm.login.max_wrong)
    unlock(person)
    expect(person.page.get_by_role("heading", name=person.say("unlock.done"))).to_be_focused()
    look(person.page, f"unlock-done-{person.labels.language}")
    person.page.get_by_role("link", name=person.say("unlock.sign-in")).click()
    person.enter_the_centre()  # with the password he had
    person.button(person.say("site.sign-out")).click()
    lock(env, env.firm.lock.final_wrong - env.firm.login.max_wrong)
    unlock(person)
    person.expect_told(Refused(Refusal.UNLOCK_SPENT))
    look(person.page, f"unlock-spent-{person.labels.language}")
    person.page.locator("[data-unlock]").get_by_role("link").click()
    expect(person.page).to_have_url(person.page.url.split("/passwords/")[0] + "/passwords/reissue/")


@BOTH
def test_without_the_certificate_everybody_is_told_the_same(env, person):
    """A wrong birth date, nobody's identifier, the right ones on another computer."""
    lock(env, env.firm.login.max_wrong)
    unlock(person, birth="0910201")
    person.expect_told(Refused(Refusal.BIRTH_DATE_MALFORMED))
    for who in ({}, {"birth": "19900202"}, {"identifier": "C123456781"}):
        unlock(person, **who)
        person.expect_told(Refused(Refusal.UNLOCK_NOT_PROVED))
    look(person.page, f"unlock-not-proved-{person.labels.language}")
