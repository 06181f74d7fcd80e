"""Own certificates on a phone and at a desk: before and after a checkpoint, and a receipt kept."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from cinnabar.cli import cinnabar
from cinnabar.journal.models import Entry
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.centre import Customer
from tests.support.chromium import DESKTOP, PHONE
from tests.support.device import Device
from tests.support.people import visit as signed_in

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
WAYS = {
    "desktop-zh": (DESKTOP, "zh-TW", ZH, {}),
    "desktop-en": (DESKTOP, "en-GB", EN, {}),
    "phone-zh": (PHONE, "zh-TW", ZH, {}),
    "phone-en": (PHONE, "en-GB", EN, {"color_scheme": "dark"}),
    "narrow-en": (NARROW, "en-GB", EN, {}),
}


@pytest.fixture
def life(env, clock, ming):
    """Revoked one certificate, and applied for another."""
    customer = Customer(env, signed_in(env, ming))
    customer.apply()
    clock.move(timedelta(days=40))
    customer.visitor = signed_in(env, ming)
    customer.revoke()
    customer.device = Device()
    customer.apply()
    return customer


def displayed(place):
    return Certificate.objects.order_by("id")[place].serial[-8:].upper()


def open_(person, place):
    name = f"{person.say('history.more')} {displayed(place)}"
    person.page.get_by_role("link", name=name, exact=True).click()


@pytest.mark.usefixtures("life")
@pytest.mark.parametrize("way", WAYS)
def test_a_customer_looks_through_his_certificates(env, visit, worker, way):
    size, language, labels, more = WAYS[way]
    name = f"history-{way}"
    person = Person(visit.page(size, language, **more), env, labels)
    page = person.page
    person.enter_the_centre()
    person.choose(person.say("menu.history"))
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(displayed(1))
    expect(rows.last).to_contain_text(person.say("history.ending.revoked"))
    expect(rows.first).to_contain_text(person.say("history.standing.waiting"))
    look(page, f"{name}-1-waiting")
    page.get_by_role("link", name=person.say("history.more")).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(displayed(0))
    expect(page.get_by_text(person.say("history.proof-waiting"))).to_be_visible()
    expect(page.get_by_role("link", name=person.say("history.receipt"))).to_have_count(0)
    look(page, f"{name}-2-one-waiting")
    worker.sign()
    page.reload()
    expect(page.get_by_text(person.say("history.standing.included"))).to_have_count(4)
    look(page, f"{name}-3-one-included")
    page.get_by_role("link", name=person.say("history.back")).click()
    expect(page.get_by_text(person.say("history.standing.included"))).to_have_count(2)
    look(page, f"{name}-4-included")


def test_the_receipt_is_saved_and_the_command_finds_it_good(env, life, visit, worker, tmp_path):
    person = Person(visit.page(), env)
    page = person.page
    person.enter_the_centre()
    worker.sign()
    page.goto("/certificates/history/")
    open_(person, 0)
    with page.expect_download() as saved:
        page.get_by_role("link", name=person.say("history.receipt")).click()
    assert saved.value.suggested_filename == f"receipt-{displayed(0)}.json"
    file = tmp_path / "kept.json"
    saved.value.save_as(file)
    command = ["journal", "receipt", str(file), "--key", str(worker.vkey)]
    done = CliRunner().invoke(cinnabar, command)
    assert done.exit_code == 0, done.output
    assert "The receipt is good: all 3 " in done.stdout


def test_what_the_journal_does_not_confirm_alarms(env, life, visit, worker):
    person = Person(visit.page(PHONE), env)
    page = person.page
    person.enter_the_centre()
    worker.sign()
    Entry.objects.filter(event="certificate:revoked").delete()
    page.goto("/certificates/history/")
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text(person.say("history.alarm"))
    expect(alarm).to_contain_text(env.firm.identity.hotline)
    look(page, "history-alarm-1")
    open_(person, 0)
    expect(page.get_by_text(person.say("history.proof-missing"))).to_be_visible()
    look(page, "history-alarm-2")


def test_was_this_not_you_leads_to_the_report(env, life, visit, worker):
    person = Person(visit.page(), env)
    page = person.page
    person.enter_the_centre()
    page.goto("/certificates/history/")
    open_(person, 1)
    page.get_by_role("link", name=person.say("history.not-you-act")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("revoke.title"))
