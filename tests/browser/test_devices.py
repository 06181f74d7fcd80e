"""Known devices and the sign-in history, in the browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "tongue",
    [(DESKTOP, "zh-TW", ZH), (PHONE, "en-GB", EN)],
    ids=["desk-zh", "phone-en"],
)
def test_a_device_that_is_not_his_any_more_is_forgotten(env, ming, visit, tongue):
    size, language, labels = tongue
    sold = Person(visit.page(), env)
    sold.enter_the_centre()
    here = Person(visit.page(size, language), env, labels)
    here.later(seconds=90)
    here.enter_the_centre()
    here.page.goto("/account/")
    here.page.get_by_role("link", name=here.say("account.tab.devices"), exact=True).first.click()
    expect(here.page.get_by_role("row")).to_have_count(3)
    look(here.page, f"devices-{labels.language}")
    device = here.say("device.words", browser="Chrome", system="Linux")
    here.button(here.say("devices.end-name", device=device)).click()
    expect(here.page.get_by_role("status").first).to_have_text(here.say("devices.ended"))
    expect(here.page.get_by_role("row")).to_have_count(2)
    here.page.get_by_role("link", name=here.say("devices.to-past")).click()
    expect(here.page.get_by_role("row")).to_have_count(3)
    look(here.page, f"past-{labels.language}")
    sold.page.reload()
    expect(sold.page.get_by_role("main")).to_contain_text(sold.say("refusals.signed-out.title"))
