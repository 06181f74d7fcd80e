"""憑證修復: each trouble played for real, shown before anything is done, and put right."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.actions import issue
from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from tests.browser import store
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.authority import AwaySigner
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["phone-zh", "desktop-en"]
)
ONE = pytest.mark.parametrize("way", [(PHONE, "zh-TW", ZH)], ids=["phone-zh"])


@pytest.fixture
def person(env, ming, visit, way):
    size, language, labels = way
    someone = Person(visit.page(size, language, reduced_motion="reduce"), env, labels)
    someone.enter_the_centre()
    return someone


def text(person, key, **facts):
    return person.say(f"js.repair.{key}", **facts)


def repair(person):
    person.page.goto("/certificates/repair/")
    expect(person.page.locator("[data-overall]")).not_to_be_empty()
    expect(person.button(person.say("repair.again"))).to_be_enabled()
    return person.page.locator("[data-findings] li")


def again(person):
    """Look once more, and wait for what the host says now."""
    with person.page.expect_response(re.compile("/repair/look$")):
        person.button(person.say("repair.again")).click()
    expect(person.button(person.say("repair.again"))).to_be_enabled()


def expect_found(person, items, key, **facts):
    item = items.filter(has_text=text(person, key, **facts))
    expect(item).to_have_count(1)
    expect(item).to_contain_text(text(person, f"{key}-next", **facts))
    return item


def go(person, *, yes=True):
    person.button(person.say("repair.mend")).click()
    expect(person.dialog).to_be_visible()
    name = person.labels.ok if yes else person.labels.cancel
    person.dialog.get_by_role("button", name=name, exact=True).click()
    expect(person.dialog).to_have_count(0)


def expect_done(person, items, act):
    expect(person.page.locator("[data-overall]")).to_contain_text(text(person, "all-done"))
    expect(items.filter(has_text=text(person, f"done-{act}"))).to_have_count(1)
    expect(person.button(person.say("repair.again"))).to_be_focused()


def expect_fine(person):
    expect(person.page.locator("[data-overall]")).to_contain_text(text(person, "all-fine"))
    expect(person.button(person.say("repair.mend"))).to_be_hidden()


def serial_of(certificate):
    return certificate.serial[-8:].upper()


def interrupted(person):
    """Apply up to the press that finishes; its answer, and every question after it, are lost."""
    page = person.page
    page.goto("/certificates/apply/")
    person.prove_code()

    def lose(route):
        assert route.fetch().ok
        route.abort("connectionreset")

    page.route("**/finish", lose, times=1)
    page.route("**/host.json", lambda route: route.abort("connectionreset"))
    person.agree()
    person.expect_told_here("unreachable")
    page.unroute_all()


@BOTH
def test_a_lost_certificate_is_fetched_after_a_yes_and_not_before(visit, person):
    interrupted(person)
    visit.forgive("net::ERR")
    items = repair(person)
    expect_found(person, items, "issued")
    look(person.page, f"repair-issued-{person.labels.language}")
    go(person, yes=False)
    assert [whole for _, whole in store.held(person.page)] == [False]

    go(person)
    expect_done(person, items, "fetch")
    look(person.page, f"repair-done-{person.labels.language}")
    assert [whole for _, whole in store.held(person.page)] == [True]
    again(person)
    expect_fine(person)
    expect(items).to_contain_text(text(person, "fine", serial=serial_of(Certificate.objects.get())))


@ONE
def test_what_the_host_is_still_issuing_is_left_alone(env, visit, person, change_world):
    person.page.goto("/certificates/apply/")
    person.prove_code()
    change_world(replace(env, signer=AwaySigner(env.signer)))
    person.agree()
    told = person.page.get_by_role("alert").filter(has_text=re.compile("."))
    expect(told).to_contain_text(person.say("refusals.signing-unavailable.title"))
    visit.forgive("status of 503")
    change_world(env)
    items = repair(person)
    expect_found(person, items, "issuing")
    expect(person.button(person.say("repair.mend"))).to_be_hidden()

    assert issue.resume(env, older_than=timedelta()) == 1
    again(person)
    expect_found(person, items, "issued")
    go(person)
    expect_done(person, items, "fetch")
    assert Certificate.objects.get().state == State.LIVE


@BOTH
def test_what_was_given_up_half_way_is_cleared_away_only_if_it_is_ticked(person):
    person.page.goto("/certificates/apply/")
    person.ask_code()
    items = repair(person)
    item = expect_found(person, items, "unfinished")
    box = item.get_by_role("checkbox")
    # Its share still stands: another window may be in the middle of it.
    expect(box).not_to_be_checked()
    expect(item.get_by_role("link", name=text(person, "to-apply"))).to_be_visible()
    expect(person.button(person.say("repair.mend"))).to_be_disabled()
    look(person.page, f"repair-unfinished-{person.labels.language}")
    box.check()
    go(person)
    expect_done(person, items, "clear")
    assert store.held(person.page) == []
    assert KeyShare.objects.get().erased_at is not None
    again(person)
    expect_fine(person)


@BOTH
def test_a_key_without_its_browsers_half_is_told_and_removed_only_after_a_tick(person):
    person.apply()
    row = Certificate.objects.get()
    store.lose_secret(person.page)
    items = repair(person)
    item = expect_found(person, items, "shut", serial=serial_of(row))
    expect(item.get_by_role("checkbox")).not_to_be_checked()
    expect(item.get_by_role("link", name=text(person, "to-import"))).to_be_visible()
    look(person.page, f"repair-shut-{person.labels.language}")
    item.get_by_role("checkbox").check()
    go(person)
    expect_done(person, items, "clear")
    assert store.held(person.page) == []
    assert Certificate.objects.get().state == State.LIVE
    again(person)
    expect_found(person, items, "elsewhere", serial=serial_of(row))


@ONE
def test_a_key_of_a_computer_the_host_no_longer_knows_is_told(person):
    person.apply()
    store.lose_device(person.page)
    person.enter_the_centre()
    serial = serial_of(Certificate.objects.get())
    items = repair(person)
    expect_found(person, items, "cut-off", serial=serial)
    items.get_by_role("checkbox").check()
    go(person)
    expect_done(person, items, "clear")
    assert store.held(person.page) == []
    # The share belongs to the other computer, and stays.
    assert KeyShare.objects.get().erased_at is None


@BOTH
def test_without_its_key_here_the_ways_on_are_shown(person):
    person.apply()
    store.lose_keys(person.page)
    items = repair(person)
    expect_found(person, items, "elsewhere", serial=serial_of(Certificate.objects.get()))
    expect(person.button(person.say("repair.mend"))).to_be_hidden()
    look(person.page, f"repair-elsewhere-{person.labels.language}")


@BOTH
def test_a_renewed_and_a_revoked_one_are_offered_for_removal(clock, person):
    person.apply()
    old = Certificate.objects.get()
    clock.set(old.not_after - timedelta(days=3))
    person.later()
    person.enter_the_centre()
    person.button(person.labels.renew).click()
    person.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
    expect(person.page.locator("[data-renewed]")).to_be_visible()
    new = Certificate.objects.latest("id")
    items = repair(person)
    expect_found(person, items, "superseded", serial=serial_of(old))
    expect(items.filter(has_text=text(person, "fine", serial=serial_of(new)))).to_have_count(1)
    look(person.page, f"repair-superseded-{person.labels.language}")
    go(person)
    expect_done(person, items, "clear")
    assert [share for share, _ in store.held(person.page)] == [new.share_id]

    elsewhere = Person(person.page.context.new_page(), person.env, person.labels)
    elsewhere.later(seconds=61)
    elsewhere.page.goto("/certificates/revoke/")
    elsewhere.prove_code()
    elsewhere.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
    expect(elsewhere.page.locator("[data-revoked]")).to_be_visible()
    again(person)
    expect_found(person, items, "revoked", serial=serial_of(new))
    go(person)
    expect_done(person, items, "clear")
    assert store.held(person.page) == []
    again(person)
    expect_fine(person)


@ONE
def test_an_expired_one_is_kept_while_it_can_be_renewed(env, clock, person):
    person.apply()
    row = Certificate.objects.get()
    clock.set(row.not_after + timedelta(days=1))
    person.later()
    person.enter_the_centre()
    items = repair(person)
    item = expect_found(person, items, "late", serial=serial_of(row))
    expect(item.get_by_role("checkbox")).to_have_count(0)
    clock.set(row.not_after + timedelta(days=env.firm.certificate.renew_days_after + 1))
    person.later()
    person.enter_the_centre()
    items = repair(person)
    expect_found(person, items, "expired", serial=serial_of(row))
    go(person)
    expect_done(person, items, "clear")
    assert store.held(person.page) == []


@ONE
def test_an_import_that_was_cut_off_is_sent_on_or_cleared_away(person):
    person.page.goto("/certificates/apply/")
    person.ask_code()
    store.make_import(person.page)
    items = repair(person)
    item = expect_found(person, items, "import-cut")
    expect(item.get_by_role("link", name=text(person, "to-import"))).to_have_attribute(
        "href", "/certificates/import/"
    )
    item.get_by_role("checkbox").check()
    go(person)
    expect_done(person, items, "clear")
    assert store.held(person.page) == []


@ONE
def test_a_damaged_certificate_is_fetched_again(person):
    person.apply()
    store.spoil_certificates(person.page)
    items = repair(person)
    expect_found(person, items, "spoilt")
    go(person)
    expect_done(person, items, "fetch")
    again(person)
    expect_fine(person)


@ONE
def test_the_test_key_of_a_check_that_was_cut_off_is_removed(person):
    person.apply()
    store.leave_debris(person.page)
    person.later(seconds=61)
    items = repair(person)
    expect_found(person, items, "debris")
    go(person)
    expect_done(person, items, "clear")
    assert len(store.held(person.page)) == 1


@ONE
def test_a_certificate_issued_meanwhile_is_not_cleared_away(person):
    """Between the look and the yes another tab finished what was begun: the host refuses."""
    person.page.goto("/certificates/apply/")
    person.prove_code()
    expect(person.step("consent")).to_be_visible()
    tab = Person(person.page.context.new_page(), person.env, person.labels)
    items = repair(tab)
    expect_found(tab, items, "unfinished").get_by_role("checkbox").check()
    person.page.route("**/host.json", lambda route: route.abort("connectionreset"))
    person.agree()
    expect(person.step("done")).to_be_visible()
    store.lose_certificates(person.page)
    go(tab)
    refused = tab.say("refusals.already-live.title")
    expect(items.filter(has_text=refused)).to_have_count(1)
    assert len(store.held(tab.page)) == 1
    again(tab)
    expect_found(tab, items, "issued")


@BOTH
def test_a_browser_that_cannot_be_read_is_told(person):
    person.page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('blocked'); } })"
    )
    person.page.goto("/certificates/repair/")
    person.expect_told_here("storage")


@ONE
def test_while_the_host_cannot_be_reached_nothing_is_found_or_done(visit, person):
    person.apply()
    store.lose_secret(person.page)
    person.page.route("**/repair/look", lambda route: route.abort("connectionreset"))
    person.page.goto("/certificates/repair/")
    person.expect_told_here("unreachable")
    expect(person.page.locator("[data-found]")).to_be_hidden()
    person.page.unroute_all()
    again(person)
    expect(person.page.locator("[data-findings] li")).to_have_count(1)
    visit.forgive("net::ERR")
