"""A password with ninety days: the line above the pages, and the ninety-first day (G22)."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.ending import DAY, ninety
from tests.support.passwords import NEW
from tests.support.people import PASSWORD

pytestmark = pytest.mark.browser

UNTIL = "2027/02/18"


@pytest.mark.parametrize(
    "way",
    [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)],
    ids=["phone-zh", "desktop-en"],
)
def test_ming_is_told_beforehand_waits_and_is_led_to_the_change(
    env, ming, visit, change_world, way
):
    world = ninety(env)
    change_world(world)
    size, language, labels = way
    person = Person(visit.page(size, language), world, labels)
    page, name = person.page, labels.language
    person.later(80 * DAY)
    person.sign_in(ming.identifier)
    line = page.get_by_text(person.say("ending.title", date=UNTIL))
    expect(line).to_be_visible()
    look(page, f"expiry-1-soon-{name}")
    page.get_by_role("link", name=person.say("ending.link"), exact=True).click()
    expect(page).to_have_url("/passwords/change/")

    person.later(11 * DAY)
    page.context.clear_cookies()
    person.sign_in(ming.identifier)
    expect(page).to_have_url("/passwords/change/")
    expect(page.get_by_text(person.say("password-due.over"))).to_be_visible()
    expect(line).to_have_count(0)
    look(page, f"expiry-2-over-{name}")
    page.goto("/passwords/change/")
    page.locator("[name=login_old]").fill(PASSWORD.reveal())
    page.locator("[name=login_new]").fill(NEW.reveal())
    page.locator("[name=login_new_again]").fill(NEW.reveal())
    person.button(person.say("passwords.ok")).click()
    expect(page).to_have_url("/passwords/changed/")
    page.goto("/passwords/change/")
    expect(page.get_by_text(person.say("password-due.over"))).to_have_count(0)
    expect(line).to_have_count(0)
