"""What goes wrong in the middle costs nobody a certificate, and nobody gets two."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.flows.models import Flow
from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.authority import AwaySigner
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "tongue", [("zh-TW", ZH), ("en-GB", EN)], ids=["in-chinese", "in-english"]
)
NO_STORE = "IDBFactory.prototype.open = () => { throw new DOMException('shut', 'SecurityError') };"


@BOTH
def test_a_session_that_ended_leads_to_the_sign_in_and_on(env, clock, ming, visit, tongue):
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    person.go_to_the_code()
    person.ask_code()
    code = person.code()
    clock.move(env.firm.login.idle)
    person.enter(code)
    told = person.expect_told(Refused(Refusal.SIGNED_OUT))
    look(person.page, f"refused-signed-out-{person.labels.language}")
    told.get_by_role("link", name=person.say("js.common.sign_in_again")).click()
    expect(person.page).to_have_url(f"{visit.base}/sign-in/")

    person.later()
    person.enter_the_centre()
    person.apply()
    assert Certificate.objects.get().state == State.LIVE


def test_consent_given_after_the_session_ended_begins_anew_and_once(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.prove_code()
    expect(person.step("consent")).to_be_visible()
    person.later(env.firm.login.idle)
    person.agree()
    person.expect_told(Refused(Refusal.SIGNED_OUT))
    person.enter_the_centre()
    person.page.goto("/certificates/apply/")
    person.expect_told_here("ended")
    person.prove_code()
    person.agree()
    expect(person.step("done")).to_be_visible()
    assert Certificate.objects.get().state == State.LIVE


@BOTH
def test_while_the_signer_is_away_nothing_is_lost(env, ming, visit, change_world, tongue):
    person = Person(visit.page(DESKTOP, tongue[0]), env, tongue[1])
    person.go_to_the_code()
    person.prove_code()
    change_world(replace(env, signer=AwaySigner(env.signer)))
    person.agree()
    region = person.page.get_by_role("alert").filter(
        has_text=person.say("refusals.signing-unavailable.title")
    )
    expect(region).to_contain_text(person.say("refusals.signing-unavailable.detail"))
    person.expect_hotline()
    look(person.page, f"refused-signing-{person.labels.language}")
    visit.forgive("status of 503")

    change_world(env)
    person.button(person.labels.confirm).click()
    expect(person.step("done")).to_be_visible()
    assert Certificate.objects.get().state == State.LIVE
    assert len(person.codes()) == 1


@BOTH
def test_when_the_host_cannot_be_reached_the_next_press_goes_on(env, ming, visit, tongue):
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    person.go_to_the_code()
    cut(person, "**/code")
    person.ask.click()
    person.expect_told_here("unreachable")
    look(person.page, f"refused-unreachable-{person.labels.language}")
    mend(person)
    person.ask_code()
    cut(person, "**/code/try")
    person.enter(person.code())
    person.expect_told_here("unreachable")
    mend(person)
    person.button(person.labels.confirm).click()
    expect(person.step("consent")).to_be_visible()
    cut(person, "**/finish")
    person.agree()
    person.expect_told_here("unreachable")
    mend(person)
    person.button(person.labels.confirm).click()
    expect(person.step("done")).to_be_visible()
    visit.forgive("net::ERR")
    assert Certificate.objects.get().state == State.LIVE
    assert len(person.codes()) == 1


def test_a_certificate_whose_answer_got_lost_is_found_at_once(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.prove_code()
    lose_the_answer(person, "**/finish")
    person.agree()
    expect(person.step("done")).to_be_visible()
    visit.forgive("net::ERR")
    assert Certificate.objects.get().state == State.LIVE


def test_a_certificate_whose_answer_got_lost_is_found_at_the_next_visit(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.prove_code()
    lose_the_answer(person, "**/finish")
    cut(person, "**/host.json")
    person.agree()
    person.expect_told_here("unreachable")
    mend(person)
    visit.forgive("net::ERR")
    person.page.goto("/certificates/")
    expect(person.page.get_by_text(person.say("js.certificates.recovered"))).to_be_visible()
    expect(person.page.locator("[data-local]")).to_contain_text("有效")
    assert Certificate.objects.get().state == State.LIVE


def test_impatient_presses_make_one_certificate(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.ask.dblclick()
    expect(person.page.get_by_text("0958****74")).to_be_visible()
    expect(person.ask).not_to_have_attribute("aria-busy", "true")
    person.field.fill(person.code())
    person.button(ZH.confirm).dblclick(force=True)
    person.read_to_the_end()
    person.page.get_by_label(ZH.agree).check()
    person.button(ZH.confirm).dblclick(force=True)
    expect(person.step("done")).to_be_visible()
    assert Certificate.objects.count() == 1
    assert len(person.codes()) == 1
    assert Flow.objects.count() == 1


def test_two_windows_at_the_agreement_make_one_certificate(env, ming, visit):
    first = Person(visit.page(), env)
    first.go_to_the_code()
    first.prove_code()
    expect(first.step("consent")).to_be_visible()
    second = Person(first.page.context.new_page(), env)
    second.page.goto("/certificates/apply/")
    expect(second.step("consent")).to_be_visible()
    for person in (first, second):
        person.agree()
        expect(person.step("done")).to_be_visible()
    serials = {p.step("done").locator("[data-serial]").inner_text() for p in (first, second)}
    assert serials == {Certificate.objects.get().serial[-8:].upper()}


def test_a_page_loaded_again_before_the_code_begins_cleanly(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.ask_code()
    person.page.reload()
    expect(person.ask).to_be_enabled()
    expect(person.field).to_be_hidden()
    person.later(seconds=61)
    person.prove_code()
    person.agree()
    expect(person.step("done")).to_be_visible()
    person.page.goto("/certificates/")
    expect(person.page.locator("[data-local] tbody tr")).to_have_count(1)
    expect(person.page.locator("[data-pending]")).to_be_hidden()


def test_a_page_loaded_again_after_the_code_goes_on_with_the_agreement(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.prove_code()
    expect(person.step("consent")).to_be_visible()
    person.page.goto("/certificates/")
    expect(person.page.get_by_text(person.say("certificates.pending-detail"))).to_be_visible()
    look(person.page, "pending")
    person.page.get_by_role("link", name=person.say("certificates.pending-on")).click()
    person.agree()
    expect(person.step("done")).to_be_visible()
    assert len(person.codes()) == 1
    person.page.reload()
    expect(person.step("already")).to_be_visible()


@BOTH
def test_a_browser_that_keeps_nothing_is_found_out_before_a_code_is_sent(env, ming, visit, tongue):
    page = visit.page(PHONE, tongue[0])
    page.context.add_init_script(f"if (!sessionStorage.open) {NO_STORE}")
    person = Person(page, env, tongue[1])
    person.enter_the_centre()
    person.expect_told_here("storage")
    page.goto("/certificates/apply/")
    expect(page.get_by_text(person.say("apply.unfit"))).to_be_visible()
    expect(page.locator("[data-findings]").first).to_contain_text(person.say("js.common.store_bad"))
    expect(person.ask).to_be_hidden()
    person.expect_hotline()
    look(page, f"refused-storage-{person.labels.language}")
    person.button(person.say("apply.recheck")).click()
    expect(page.get_by_text(person.say("apply.unfit"))).to_be_visible()
    assert not person.codes()
    assert not Flow.objects.exists()

    page.evaluate("sessionStorage.open = 'yes'")
    page.reload()
    expect(person.ask).to_be_enabled()


def test_a_store_that_fills_up_later_costs_no_certificate(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.page.evaluate(f"() => {{ {NO_STORE} }}")
    person.ask.click()
    told = person.page.get_by_role("alert").filter(has_text=re.compile("."))
    expect(told).to_contain_text(env.firm.identity.hotline)
    expect(person.field).to_be_hidden()
    assert not person.codes()


@BOTH
def test_who_does_nothing_for_long_is_warned_and_may_stay(env, ming, visit, tongue):
    person = Person(visit.page(DESKTOP, tongue[0]), env, tongue[1])
    person.enter_the_centre()
    expect(person.page.locator("[data-local-none]")).to_be_visible()
    idle = int(env.firm.login.idle.total_seconds())
    person.page.clock.fast_forward((idle - 119) * 1000)
    expect(person.dialog).to_contain_text(person.say("js.idle.title"))
    look(person.page, f"idle-{person.labels.language}")
    with person.page.expect_response(re.compile(r"/account/stay/$")):
        person.dialog.get_by_role("button", name=person.say("js.idle.stay")).click()
    expect(person.dialog).to_have_count(0)
    expect(person.page).to_have_url(f"{visit.base}/certificates/")

    person.page.clock.fast_forward((idle - 119) * 1000)
    person.dialog.get_by_role("button", name=person.say("js.idle.leave")).click()
    expect(person.page.get_by_role("heading", name=person.say("signed-out.title"))).to_be_visible()


def test_who_never_answers_the_warning_is_signed_out_and_sees_no_data(env, clock, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    expect(person.page.locator("[data-local-none]")).to_be_visible()
    clock.move(env.firm.login.idle)
    person.page.clock.fast_forward(int(env.firm.login.idle.total_seconds() + 3) * 1000)
    expect(person.page.get_by_role("heading", name="請重新登入")).to_be_visible()
    expect(person.page.get_by_text("A12345****")).to_have_count(0)


def cut(person, place):
    """From now on, requests to `place` do not get through."""
    person.page.route(place, lambda route: route.abort("connectionreset"))


def mend(person):
    person.page.unroute_all()


def lose_the_answer(person, place):
    """The host hears the next request to `place`; its answer does not come back."""

    def pass_on(route):
        assert route.fetch().ok
        route.abort("connectionreset")

    person.page.route(place, pass_on, times=1)
