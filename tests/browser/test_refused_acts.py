"""What a customer is told who may not apply, renew or revoke as things stand."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.actions.revoke import REVOKED
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.centre import Customer
from tests.support.chromium import DESKTOP, PHONE
from tests.support.people import visit as at_another_computer

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "tongue", [("zh-TW", ZH), ("en-GB", EN)], ids=["in-chinese", "in-english"]
)


@BOTH
def test_beside_a_valid_certificate_there_is_no_other(env, ming, visit, tongue):
    person = Person(visit.page(DESKTOP, tongue[0]), env, tongue[1])
    person.go_to_the_code()
    Customer(env, at_another_computer(env, ming)).apply()
    person.ask.click()
    person.expect_told(Refused(Refusal.ALREADY_LIVE))
    look(person.page, f"refused-already-live-{person.labels.language}")

    person.page.reload()
    expect(person.step("already")).to_contain_text(person.say("apply.already-detail"))
    expect(person.ask).to_be_hidden()
    look(person.page, f"refused-already-{person.labels.language}")
    assert Certificate.objects.count() == 1


def test_after_a_loss_applying_waits_for_the_branch(env, ming, visit):
    person = Person(visit.page(PHONE), env)
    person.go_to_the_code()
    elsewhere = Customer(env, at_another_computer(env, ming))
    elsewhere.apply()
    elsewhere.report_loss()
    person.ask.click()
    told = person.expect_told(Refused(Refusal.REAPPLY_BLOCKED))
    expect(told).to_contain_text("開戶分公司")

    for page in ("/certificates/apply/", "/certificates/"):
        person.page.goto(page)
        expect(person.page.get_by_text(person.say("certificates.on-hold"))).to_be_visible()
        expect(person.button(ZH.apply)).to_have_count(0)
        look(person.page, f"on-hold{page.replace('/', '-')}phone")


def test_without_the_old_key_here_renewing_is_explained(env, clock, ming, visit):
    issued = Customer(env, at_another_computer(env, ming)).apply()
    clock.set(issued.not_after - timedelta(days=5))
    person = Person(visit.page(), env)
    person.enter_the_centre()
    asked = heard(person.page)
    person.button(ZH.renew).click()
    note = person.page.get_by_role("heading", name=person.say("certificates.elsewhere"))
    expect(note).to_be_focused()
    expect(person.page.get_by_text(person.say("certificates.elsewhere-detail"))).to_be_visible()
    person.expect_hotline()
    look(person.page, "refused-renewal-elsewhere")
    assert asked == []


@BOTH
def test_after_the_end_renewing_takes_a_code(env, clock, ming, visit, tongue):
    person = Person(visit.page(DESKTOP, tongue[0]), env, tongue[1])
    person.enter_the_centre()
    person.apply()
    clock.set(Certificate.objects.get().not_after + timedelta(days=5))
    person.later()
    person.enter_the_centre()
    expect(person.page.get_by_text(person.say("certificates.renew-with-code"))).to_be_visible()
    invalid = person.say("js.certificates.invalid")
    expect(person.page.locator("[data-local]")).to_contain_text(invalid)
    look(person.page, f"expired-{person.labels.language}")

    person.button(person.labels.renew).click()
    person.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
    heading = person.page.get_by_role("heading", name=person.say("certificates.renew-code"))
    expect(heading).to_be_focused()
    person.ask_code()
    look(person.page, f"renewal-code-{person.labels.language}")
    person.enter(person.wrong_code())
    person.expect_told(Refused(Refusal.CODE_WRONG, tries_left=env.firm.code.max_wrong - 1))
    person.enter(person.code())
    expect(person.page.locator("[data-renewed]")).to_be_visible()
    states = Certificate.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [State.SUPERSEDED, State.LIVE]


def test_a_renewal_can_be_thought_better_of(env, clock, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.apply()
    clock.set(Certificate.objects.get().not_after + timedelta(days=5))
    person.later()
    person.enter_the_centre()
    person.button(ZH.renew).click()
    person.dialog.get_by_role("button", name=ZH.ok, exact=True).click()
    person.ask_code()
    person.button(ZH.cancel).click()
    expect(person.button(ZH.renew)).to_be_focused()
    expect(person.ask).to_be_hidden()
    assert Certificate.objects.get().state == State.LIVE


def test_when_the_window_has_closed_the_days_are_said(env, clock, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.apply()
    end = Certificate.objects.get().not_after
    closes = end + timedelta(days=env.firm.certificate.renew_days_after)
    clock.set(closes - timedelta(minutes=5))
    person.later()
    person.enter_the_centre()
    clock.set(closes + timedelta(minutes=5))
    person.button(ZH.renew).click()
    person.dialog.get_by_role("button", name=ZH.ok, exact=True).click()
    opens = end - timedelta(days=env.firm.certificate.renew_days_before)
    local = env.firm.local
    person.expect_told(
        Refused(Refusal.RENEWAL_NOT_OPEN, opens=local(opens).date(), closes=local(closes).date())
    )


@BOTH
def test_at_the_limit_the_branch_revokes_but_a_loss_is_always_taken(env, ming, visit, tongue):
    Customer(env, at_another_computer(env, ming)).apply()
    for _ in range(env.firm.certificate.revoke_per_day):
        limits.take(env, REVOKED, str(ming.id), limit=99)
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    person.enter_the_centre()
    person.page.goto("/certificates/revoke/")
    person.ask.click()
    person.expect_told(Refused(Refusal.REVOKE_LIMIT))
    look(person.page, f"refused-revoke-limit-{person.labels.language}")
    assert Certificate.objects.get().state == State.LIVE

    person.button(person.say("revoke.lost-act")).click()
    person.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
    reported = person.page.locator("[data-reported]")
    expect(reported).to_contain_text(person.say("revoked.lost-detail"))
    expect(reported.get_by_role("heading")).to_be_focused()
    look(person.page, f"loss-reported-{person.labels.language}")
    assert Certificate.objects.get().state == State.REVOKED
    # The only code was for the certificate: the loss took none.
    assert not person.codes()[1:]


def test_a_loss_is_not_reported_by_a_slip(env, ming, visit):
    Customer(env, at_another_computer(env, ming)).apply()
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.page.goto("/certificates/revoke/")
    lost = person.button(person.say("revoke.lost-act"))
    lost.click()
    expect(person.dialog.get_by_role("button", name=ZH.cancel, exact=True)).to_be_focused()
    person.page.keyboard.press("Enter")
    expect(person.dialog).to_have_count(0)
    expect(lost).to_be_focused()
    assert Certificate.objects.get().state == State.LIVE


def test_with_nothing_to_revoke_the_page_says_so(env, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.page.goto("/certificates/revoke/")
    expect(person.page.get_by_text(person.say("revoke.none"))).to_be_visible()
    expect(person.ask).to_have_count(0)


def test_what_was_revoked_elsewhere_meanwhile_is_not_revoked_twice(env, ming, visit):
    elsewhere = Customer(env, at_another_computer(env, ming))
    elsewhere.apply()
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.page.goto("/certificates/revoke/")
    elsewhere.report_loss()
    person.ask.click()
    person.expect_told(Refused(Refusal.NO_CERTIFICATE))


@BOTH
def test_an_unread_agreement_cannot_be_agreed_to(env, ming, visit, tongue):
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    person.go_to_the_code()
    person.prove_code()
    tick = person.page.get_by_label(person.labels.agree)
    confirm = person.step("consent").get_by_role("button", name=person.labels.confirm, exact=True)
    expect(person.page.get_by_text(person.say("apply.unread"))).to_be_visible()
    expect(tick).to_be_disabled()
    expect(confirm).to_be_disabled()
    tick.locator("xpath=..").click(force=True)
    confirm.click(force=True)
    expect(tick).not_to_be_checked()

    person.read_to_the_end()
    expect(person.page.get_by_text(person.say("apply.unread"))).to_be_hidden()
    expect(confirm).to_be_disabled()
    tick.check()
    expect(confirm).to_be_enabled()
    tick.uncheck()
    expect(confirm).to_be_disabled()
    assert not Certificate.objects.exists()


def test_who_does_not_agree_gets_nothing_and_loses_nothing(env, ming, visit):
    person = Person(visit.page(), env)
    person.go_to_the_code()
    person.prove_code()
    person.step("consent").get_by_role("button", name=ZH.cancel, exact=True).click()
    expect(person.page).to_have_url(f"{visit.base}/certificates/")
    expect(person.button(ZH.apply)).to_be_visible()
    expect(person.page.locator("[data-pending]")).to_be_hidden()
    assert not Certificate.objects.exists()


def heard(page):
    """Return the list to which every call of the page's scripts will be added."""
    calls = []
    page.on("request", lambda r: calls.append(r.url) if r.method == "POST" else None)
    return calls
