"""The Hong Kong firm's app as a device has it: installed, allowed to notify or not, kept or not."""

import pytest
from playwright.sync_api import expect

from tests.browser.hongkong.test_hongkong import ENGLISH, HK
from tests.browser.looking import check, look
from tests.browser.person import Person
from tests.support.app import enter_the_app
from tests.support.chromium import FLAGS, PHONE, serving

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("transactional_db")
def test_installed_it_is_a_window_of_its_own_that_offers_no_installation(
    env, ming, chromium, tmp_path
):
    with serving() as base:
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path="/usr/bin/chromium",
            args=[*FLAGS, f"--app={base}/app/help/"],
            viewport=PHONE,
            base_url=base,
            locale="zh-HK",
        )
        person = Person(context.pages[0], env, HK)
        page = person.page
        context.clock.set_fixed_time(env.clock.now())
        enter_the_app(context, base, env, ming)
        page.goto("/app/")
        page.wait_for_function("() => navigator.serviceWorker.controller")
        assert page.evaluate("matchMedia('(display-mode: standalone)').matches")
        expect(page.locator("h1")).to_have_text(person.say("app.home.title"))
        expect(page.locator("[data-install]")).to_be_hidden()
        check(page)
        devtools = context.new_cdp_session(page)
        errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        found = devtools.send("Page.getAppManifest")
        context.close()
    assert errors == []
    assert found["errors"] == []


def allow(page, name, setting):
    """Set what the browser allows, as a person does in its own settings."""
    devtools = page.context.browser.new_browser_cdp_session()
    what = {"permission": {"name": name}, "setting": setting}
    context = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
    devtools.send(
        "Browser.setPermission", {**what, "browserContextId": context["browserContextId"]}
    )


def test_notifications_are_allowed_or_the_app_says_where_to_allow_them(env, ming, visit):
    """P229: a press asks the browser; both answers lead on."""
    person = Person(visit.page(PHONE, "en-GB", reduced_motion="reduce"), env, ENGLISH)
    page = person.page
    allow(page, "notifications", "denied")
    page.goto("/app/welcome/")
    yes = person.button(person.say("app.welcome.notify-yes"))
    expect(yes).to_be_enabled()
    yes.click()
    expect(page.locator("[data-notify-said]")).to_have_text(
        person.say("app.welcome.notify-blocked")
    )
    look(page, "hongkong-app-blocked")
    enter_the_app(page.context, visit.base, env, ming)
    page.goto("/app/settings/general/")
    expect(page.locator("[data-notify-state]")).to_have_text(
        person.say("js.app_settings.notify_denied")
    )
    look(page, "hongkong-app-denied")
    allow(page, "notifications", "granted")
    page.goto("/app/welcome/")
    expect(yes).to_be_enabled()
    yes.click()
    expect(page).to_have_url("/app/welcome/disclaimer/")


def test_what_the_browser_stores_is_kept_at_a_press(env, ming, visit):
    person = Person(visit.page(PHONE, "zh-HK", reduced_motion="reduce"), env, HK)
    page = person.page
    enter_the_app(page.context, visit.base, env, ming)
    page.goto("/app/settings/general/")
    state = page.locator("[data-keep-state]")
    expect(state).to_have_text(person.say("js.app_settings.not_kept"))
    allow(page, "persistent-storage", "granted")
    person.button(person.say("app_settings.keep-ask")).click()
    expect(state).to_have_text(person.say("js.app_settings.kept"))
    expect(person.button(person.say("app_settings.keep-ask"))).to_be_hidden()
    look(page, "hongkong-app-kept")
