"""What is begun goes on, or the page says that it has ended and how to begin again."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "tongue", [("zh-TW", ZH), ("en-GB", EN)], ids=["in-chinese", "in-english"]
)


@BOTH
def test_the_key_that_renewing_needs_cannot_be_removed(env, clock, ming, visit, tongue):
    person = Person(visit.page(DESKTOP, tongue[0]), env, tongue[1])
    with_an_expired_certificate(person, clock)
    row = person.page.locator("[data-local] tbody tr")
    expect(row).to_contain_text(person.say("js.certificates.invalid"))
    expect(row).to_contain_text(person.say("js.certificates.needed"))
    expect(person.button(person.labels.remove)).to_have_count(0)
    look(person.page, f"needed-{person.labels.language}")

    person.later(timedelta(days=env.firm.certificate.renew_days_after))
    person.enter_the_centre()
    expect(row).to_contain_text(person.say("js.certificates.invalid"))
    expect(row).not_to_contain_text(person.say("js.certificates.needed"))
    # The host still has it as the live one, and would not let go of it.
    expect(person.button(person.labels.remove)).to_have_count(0)


@BOTH
def test_while_a_renewal_waits_for_its_code_nothing_else_can_be_pressed(
    env, clock, ming, visit, tongue
):
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    with_an_expired_certificate(person, clock)
    renew = person.button(person.labels.renew)
    renew.click()
    person.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
    person.ask_code()
    expect(person.page.get_by_role("table")).to_have_count(0)
    expect(renew).to_have_count(0)
    look(person.page, f"renewal-alone-{person.labels.language}")

    person.button(person.labels.cancel).click()
    expect(person.page.get_by_role("table")).to_have_count(2)
    expect(renew).to_be_focused()
    assert Certificate.objects.get().state == State.LIVE


@BOTH
def test_an_application_of_an_ended_session_is_not_gone_on_with(env, ming, visit, tongue):
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    person.go_to_the_code()
    person.prove_code()
    person.read_to_the_end()
    person.later(env.firm.login.idle)
    person.enter_the_centre()
    person.page.goto("/certificates/apply/")
    person.expect_told_here("ended")
    expect(person.step("code")).to_be_visible()
    expect(person.step("consent")).to_be_hidden()
    look(person.page, f"ended-{person.labels.language}")

    person.page.reload()
    expect(person.ask).to_be_enabled()
    expect(person.page.get_by_role("alert").filter(visible=True)).to_have_count(0)
    person.prove_code()
    person.agree()
    expect(person.step("done")).to_be_visible()
    assert Certificate.objects.get().state == State.LIVE


def test_what_ends_at_the_agreement_is_agreed_to_anew(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.prove_code()
    person.read_to_the_end()
    another = Person(person.page.context.new_page(), env)
    person.later(seconds=61)
    # The other tab gives up what was begun here.
    another.page.goto("/certificates/apply/")
    another.step("consent").get_by_role("button", name=ZH.cancel, exact=True).click()
    expect(another.button(ZH.apply)).to_be_visible()

    person.page.get_by_label(ZH.agree).check()
    person.button(ZH.confirm).click()
    person.expect_told_here("ended")
    expect(person.field).to_be_hidden()
    person.prove_code()
    expect(person.step("consent")).to_be_visible()
    expect(person.page.get_by_label(ZH.agree)).not_to_be_checked()
    confirm = person.step("consent").get_by_role("button", name=ZH.confirm, exact=True)
    expect(confirm).to_be_disabled()
    person.agree()
    expect(person.step("done")).to_be_visible()
    assert Certificate.objects.get().state == State.LIVE


@BOTH
def test_a_second_tab_takes_over_and_the_first_one_says_so(env, ming, visit, tongue):
    still = visit.page(PHONE, tongue[0], reduced_motion="reduce")  # colours are looked at, at once
    first = Person(still, env, tongue[1])
    first.go_to_the_code()
    first.ask_code()
    code = first.code()
    second = Person(first.page.context.new_page(), env, tongue[1])
    second.page.goto("/certificates/apply/")
    expect(second.ask).to_be_enabled()

    first.enter(code)
    first.expect_told_here("ended")
    expect(first.field).to_be_hidden()
    expect(first.ask).to_be_focused()
    look(first.page, f"taken-over-{first.labels.language}")
    first.later(seconds=61)
    first.prove_code()
    first.agree()
    expect(first.step("done")).to_be_visible()
    assert Certificate.objects.get().state == State.LIVE


def with_an_expired_certificate(person, clock):
    """Let `person` come back a few days after the end of the certificate."""
    person.enter_the_centre()
    person.apply()
    clock.set(Certificate.objects.get().not_after + timedelta(days=5))
    person.later()
    person.enter_the_centre()
    expect(person.page.locator("[data-local] tbody tr")).to_have_count(1)
