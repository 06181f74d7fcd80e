"""檢查憑證: the key signs, the host looks, and every line says what is right or what to do."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.judging import CLOCK_MAY_DIFFER
from cinnabar.certificates.models import Certificate, Challenge
from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser import store
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["phone-zh", "desktop-en"]
)

ONE = pytest.mark.parametrize("way", [(PHONE, "zh-TW", ZH)], ids=["phone-zh"])

WELL = ("present-ok", "opens-ok", "signature-ok", "own-ok", "chain-ok", "status-live", "channel-ok")


@pytest.fixture
def person(env, ming, visit, way):
    """Somebody with a certificate, on a phone or at a desk."""
    size, language, labels = way
    # Colours are looked at once the page stands still.
    someone = Person(visit.page(size, language, reduced_motion="reduce"), env, labels)
    someone.enter_the_centre()
    return someone


def check(person):
    """Go to the check and press its button; return when it has said something."""
    person.page.goto("/certificates/check/")
    again(person, "check.start")


def again(person, key="js.check.again"):
    person.button(person.say(key)).click()
    expect(person.page.locator("[data-overall]")).not_to_be_empty()


def expect_overall(person, key, **facts):
    region = person.page.locator("[data-overall]")
    expect(region).to_contain_text(person.say(f"js.check.{key}", **facts))
    expect(region).to_contain_text(person.say(f"js.check.{key}-next", **facts))
    return region


@BOTH
def test_a_good_certificate_passes_in_every_line(env, person):
    person.apply()
    check(person)
    days = env.firm.certificate.validity_days
    expect_overall(person, "all-good", days=days)
    items = person.page.locator(".checks li")
    expect(items).to_have_count(len(WELL) + 2)  # and its dates and the clock
    expect(person.page.locator(".checks li.ok")).to_have_count(len(WELL) + 2)
    for key in WELL:
        expect(items.filter(has_text=person.say(f"js.check.{key}"))).to_have_count(1)
    expect(items.filter(has_text=person.say("js.check.dates-ok", days=days))).to_have_count(1)
    look(person.page, f"check-good-{person.labels.language}")
    again(person)
    expect_overall(person, "all-good", days=days)
    assert Challenge.objects.filter(used_at=None).count() == 0


@BOTH
def test_without_any_certificate_the_way_to_one_is_shown(person):
    check(person)
    region = expect_overall(person, "all-none")
    look(person.page, f"check-none-{person.labels.language}")
    region.get_by_role("link", name=person.say("js.check.all-none-act")).click()
    expect(person.page.get_by_role("heading", level=1)).to_have_text(person.say("apply.title"))


@ONE
def test_a_certificate_that_is_on_another_computer_is_said_to_be_there(person):
    person.apply()
    store.lose_keys(person.page)
    check(person)
    expect_overall(person, "all-elsewhere")


@BOTH
def test_near_its_end_the_way_to_the_renewal_is_shown(clock, person):
    person.apply()
    clock.set(Certificate.objects.get().not_after - timedelta(days=3))
    person.later()
    person.enter_the_centre()
    check(person)
    expect_overall(person, "all-renew", days=3)
    look(person.page, f"check-renew-{person.labels.language}")


@ONE
def test_after_its_end_it_can_be_renewed_and_later_no_more(env, clock, person):
    person.apply()
    ends = Certificate.objects.get().not_after
    clock.set(ends + timedelta(days=1))
    person.later()
    person.enter_the_centre()
    check(person)
    expect_overall(person, "all-late")
    clock.set(ends + timedelta(days=env.firm.certificate.renew_days_after + 1))
    person.later()
    person.enter_the_centre()
    check(person)
    expect_overall(person, "all-expired")


@BOTH
def test_a_key_whose_secret_is_gone_is_told_with_what_can_still_be_known(person):
    person.apply()
    store.lose_secret(person.page)
    check(person)
    expect_overall(person, "all-broken")
    items = person.page.locator(".checks li")
    for key in ("present-ok", "opens-spoilt", "own-ok", "status-live", "dates-in", "untried"):
        expect(items.filter(has_text=person.say(f"js.check.{key}"))).to_have_count(1)
    look(person.page, f"check-broken-{person.labels.language}")


@BOTH
def test_a_renewed_and_a_revoked_one_are_told_apart_on_one_computer(clock, person):
    """Two certificates on one computer: the host's live one decides what is said over all."""
    person.apply()
    clock.set(Certificate.objects.get().not_after - timedelta(days=3))
    person.later()
    person.enter_the_centre()
    person.button(person.labels.renew).click()
    person.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
    expect(person.page.locator("[data-renewed]")).to_be_visible()
    check(person)
    cards = person.page.locator("[data-exams] section")
    expect(cards).to_have_count(2)
    old, new = Certificate.objects.order_by("id")
    for row, key in ((old, "status-superseded"), (new, "status-live")):
        card = cards.filter(has_text=row.serial[-8:].upper())
        expect(card).to_contain_text(person.say(f"js.check.{key}"))
    expect(cards.filter(has_text=person.say("js.check.opens-ended"))).to_have_count(1)
    expect(person.page.locator("[data-overall]")).to_contain_text(person.say("js.check.all-good"))
    look(person.page, f"check-two-{person.labels.language}")

    revoke(person)
    check(person)
    expect_overall(person, "all-ended")
    card = cards.filter(has_text=new.serial[-8:].upper())
    expect(card).to_contain_text(person.say("js.check.status-revoked"))


@ONE
def test_a_wrong_clock_is_told_and_leads_to_the_computer_check(clock, person):
    person.apply()
    behind = clock.now() - CLOCK_MAY_DIFFER - timedelta(minutes=1)
    person.page.goto("/certificates/check/")
    person.page.context.clock.set_fixed_time(behind)
    again(person, "check.start")
    region = expect_overall(person, "all-clock")
    link = region.get_by_role("link", name=person.say("js.check.all-clock-act"))
    expect(link).to_have_attribute("href", "/computer/")


@ONE
def test_an_interrupted_application_is_sent_to_the_repair(visit, person):
    person.page.route("**/finish", lambda route: route.abort())
    person.page.goto("/certificates/apply/")
    person.prove_code()
    person.agree()
    expect(person.page.get_by_role("alert").filter(visible=True)).not_to_be_empty()
    check(person)
    expect_overall(person, "all-pending")
    visit.forgive("ERR_FAILED")


@BOTH
@pytest.mark.parametrize("how", ["used", "unknown"])
def test_a_challenge_that_does_not_count_is_refused_in_words(env, person, way, how):
    person.apply()
    page = person.page
    said = page.evaluate(ASK) if how == "used" else {"challenge": "NOBODYMADETHIS"}
    if how == "used":
        page.evaluate(SPEND, said["challenge"])
    page.route("**/check/challenge", lambda route: route.fulfill(json=said))
    page.goto("/certificates/check/")
    person.button(person.say("check.start")).click()
    refusal = Refusal.CHALLENGE_USED if how == "used" else Refusal.CHALLENGE_UNKNOWN
    person.expect_told(Refused(refusal))
    look(page, f"check-{how}-{person.labels.language}")
    page.unroute("**/check/challenge")
    again(person, "check.start")
    expect_overall(person, "all-good", days=env.firm.certificate.validity_days)


@ONE
def test_while_the_host_cannot_be_reached_nothing_is_said_of_the_certificate(visit, person):
    person.apply()
    person.page.goto("/certificates/check/")
    person.page.route("**/check/verify", lambda route: route.abort())
    person.button(person.say("check.start")).click()
    person.expect_told_here("unreachable")
    expect(person.page.locator("[data-overall]")).to_be_empty()
    visit.forgive("ERR_FAILED")


@ONE
def test_blocked_storage_is_told_and_leads_to_the_computer_check(person):
    person.page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('blocked'); } })"
    )
    check(person)
    expect_overall(person, "all-storage")


CALL = """
const call = async (path, body) => (await fetch(path, {
  method: "POST", body: JSON.stringify(body),
  headers: {
    "Content-Type": "application/json",
    "X-CSRFToken": document.querySelector("meta[name=csrf]").content,
  },
})).json();
"""
ASK = f"async () => {{{CALL} return call('/certificates/check/challenge', {{}}); }}"
SPEND = f"""async (challenge) => {{{CALL}
  return call("/certificates/check/verify", {{ challenge, signature: {json.dumps("AAAA")} }});
}}"""


def revoke(person):
    page = person.page
    person.later(seconds=61)
    page.goto("/certificates/revoke/")
    person.prove_code()
    person.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
    expect(page.locator("[data-revoked]")).to_be_visible()
