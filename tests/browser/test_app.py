"""The app's frame on a phone: first run, home, help, dark and narrow; what installs it."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.app import enter_the_app
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
WAYS = pytest.mark.parametrize(
    "way",
    [
        (NARROW, "zh-TW", ZH, {}),
        (PHONE, "en-GB", EN, {"color_scheme": "dark", "reduced_motion": "reduce"}),
        (DESKTOP, "zh-TW", ZH, {}),
    ],
    ids=["narrow", "dark-en", "desktop"],
)


@WAYS
def test_whoever_opens_the_app_first_reads_the_disclaimer_to_its_end(env, visit, way, request):
    size, language, labels, more = way
    person = Person(visit.page(size, language, **more), env, labels)
    page, name = person.page, request.node.callspec.id
    page.goto("/app/welcome/disclaimer/")
    agree = person.button(person.say("app.welcome.agree"))
    if size == NARROW:
        expect(agree).to_be_disabled()
        page.locator("[data-end]").scroll_into_view_if_needed()
    expect(agree).to_be_enabled()
    look(page, f"app-disclaimer-{name}")
    agree.click()
    expect(page).to_have_url("/app/welcome/tour/")
    look(page, f"app-tour-{name}")
    page.goto("/app/help/")
    look(page, f"app-help-{name}")
    page.goto("/app/offline/")
    look(page, f"app-offline-{name}")
    page.goto("/get-app/")
    look(page, f"app-get-{name}")


@WAYS
def test_home_says_how_to_keep_the_app_and_the_bar_leads_on(env, ming, visit, way, request):
    size, language, labels, more = way
    person = Person(visit.page(size, language, **more), env, labels)
    page = person.page
    enter_the_app(page.context, visit.base, env, ming)
    page.goto("/app/")
    install = page.get_by_role("heading", name=person.say("app.install.title"))
    expect(install).to_be_visible()
    bar = page.get_by_role("navigation", name=person.say("app.bar.label"))
    expect(bar.locator("[aria-current=page]")).to_have_text(person.say("app.bar.home"))
    box = bar.bounding_box()
    assert box["y"] + box["height"] <= size["height"] + 1, "the bar is on the screen"
    look(page, f"app-home-{request.node.callspec.id}", whole=False)
    person.button(person.say("app.install.later")).click()
    expect(install).to_be_hidden()
    page.reload()
    expect(person.button(person.say("app.install.later"))).to_be_hidden()


@WAYS
def test_settings_say_what_this_browser_allows(env, ming, visit, way, request):
    size, language, labels, more = way
    person = Person(visit.page(size, language, **more), env, labels)
    page, name = person.page, request.node.callspec.id
    enter_the_app(page.context, visit.base, env, ming)
    page.goto("/app/settings/")
    look(page, f"app-settings-{name}", whole=False)
    page.get_by_role("link", name=person.say("app_settings.tab.general"), exact=True).click()
    said = {person.say(f"js.app_settings.{key}") for key in ("kept", "not_kept")}
    expect(page.locator("[data-keep-state]")).not_to_be_empty()
    assert page.locator("[data-keep-state]").inner_text() in said
    look(page, f"app-general-{name}", whole=False)
