"""Where one is signed in, in the browser: the list, ending one, the warning before the end."""

from dataclasses import replace
from datetime import timedelta

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
def test_a_browser_left_open_somewhere_is_signed_out_from_here(env, ming, visit, tongue):
    size, language, labels = tongue
    lost = Person(visit.page(), env)
    lost.enter_the_centre()
    here = Person(visit.page(size, language), env, labels)
    here.later(seconds=90)
    here.enter_the_centre()
    here.choose(here.say("menu.account"))
    expect(here.page.get_by_role("heading", level=1)).to_have_text(here.say("account.title"))
    look(here.page, f"account-{labels.language}")
    here.page.get_by_role("link", name=here.say("account.tab.sessions"), exact=True).first.click()
    expect(here.page.get_by_role("row")).to_have_count(3)
    look(here.page, f"sessions-{labels.language}")
    device = here.say("device.words", browser="Chrome", system="Linux")
    here.button(here.say("sessions.end-name", device=device)).click()
    expect(here.page.get_by_role("status").first).to_have_text(here.say("sessions.ended"))
    expect(here.page.get_by_role("row")).to_have_count(2)
    lost.page.reload()
    expect(lost.page.get_by_text(lost.say("ended.elsewhere"))).to_be_visible()
    look(lost.page, f"ended-{labels.language}")


def test_before_all_are_signed_out_a_page_asks(env, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.page.goto("/account/sessions/")
    person.page.get_by_role("link", name=person.say("sessions.everywhere"), exact=True).click()
    look(person.page, "sessions-everywhere")
    person.button(person.say("sessions.yes-everywhere")).click()
    expect(person.page.get_by_role("heading", name=person.say("signed-out.title"))).to_be_visible()
    person.page.goto("/account/")
    expect(person.page.get_by_role("main")).to_contain_text(person.say("refusals.signed-out.title"))


def test_who_comes_to_the_end_of_the_longest_sign_in_is_told_and_reads_it(
    env, ming, visit, change_world
):
    """WCAG 2.2.1: this end cannot be put off, so it is said in time."""
    hour = timedelta(hours=1)
    login = replace(env.firm.login, idle=hour, absolute=hour)
    change_world(replace(env, firm=replace(env.firm, login=login)))
    person = Person(visit.page(), env)
    person.enter_the_centre()
    expect(person.page.locator("[data-local-none]")).to_be_visible()
    person.page.clock.fast_forward(int((login.idle - login.warn).total_seconds() + 1) * 1000)
    expect(person.dialog).to_contain_text(person.say("js.idle.last_title"))
    expect(person.dialog.locator("[aria-live=polite]")).to_be_visible()
    look(person.page, "idle-last")
    person.dialog.get_by_role("button", name=person.say("js.idle.read")).click()
    expect(person.dialog).to_have_count(0)


def test_what_is_done_in_another_tab_takes_the_warning_away(env, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    expect(person.page.locator("[data-local-none]")).to_be_visible()
    login = env.firm.login
    person.page.clock.fast_forward(int((login.idle - login.warn).total_seconds() + 1) * 1000)
    expect(person.dialog).to_contain_text(person.say("js.idle.title"))
    other = person.page.context.new_page()
    other.goto("/certificates/")
    other.evaluate("() => { new BroadcastChannel('cinnabar').postMessage('touched'); }")
    expect(person.dialog).to_have_count(0)
    expect(person.page.locator("[data-local-none]")).to_be_visible()
