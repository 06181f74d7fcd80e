"""The Hong Kong firm's app: named by the firm, first run with notifications, settings of P181."""

import pytest
from playwright.sync_api import expect

from cinnabar.customers.models import TradingAccount
from tests.browser.hongkong.test_hongkong import ENGLISH, HK
from tests.browser.looking import look
from tests.browser.person import Person
from tests.support.app import enter_the_app
from tests.support.chromium import PHONE

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
BOTH = pytest.mark.parametrize(
    "way", [(NARROW, "zh-HK", HK), (PHONE, "en-GB", ENGLISH)], ids=["narrow", "english"]
)


@pytest.fixture
def person(env, visit, way):
    size, language, labels = way
    return Person(visit.page(size, language, reduced_motion="reduce"), env, labels)


@BOTH
def test_the_first_run_says_why_before_the_browser_asks(person, env):
    """P229, P207: notifications, the disclaimer to its end, three cards."""
    page, named = person.page, person.labels.language
    page.goto("/app/")
    expect(page).to_have_url("/app/welcome/")
    assert page.title().endswith(env.firm.app.name[named])
    look(page, f"hongkong-app-welcome-{named}", whole=False)
    page.get_by_role("link", name=person.say("app.welcome.notify-later")).click()
    page.locator("[data-end]").scroll_into_view_if_needed()
    person.button(person.say("app.welcome.agree")).click()
    expect(page.locator("main section")).to_have_count(3)
    look(page, f"hongkong-app-tour-{named}")


@BOTH
def test_the_customer_finds_the_settings_of_the_documents(person, env, ming, visit):
    """P181, P252."""
    page, named = person.page, person.labels.language
    for number in ("99990001", "99990009"):
        TradingAccount.objects.get_or_create(
            customer_id=ming.id, line="securities", branch="Central", number=number
        )
    enter_the_app(page.context, visit.base, env, ming)
    page.goto("/app/settings/")
    look(page, f"hongkong-app-settings-{named}")
    page.locator("#go-primary").click()
    page.get_by_role("radio").last.check()
    look(page, f"hongkong-app-accounts-{named}")
    person.button(person.say("app_settings.account.save")).click()
    expect(page).to_have_url("/app/settings/?done")
    expect(page.get_by_role("status")).to_contain_text(env.firm.masks.account("99990009"))
