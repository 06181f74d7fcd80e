"""What exports and imports send, what they leave when they are cut off, and who may do without."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.carrying import (
    PASSPHRASE,
    choose,
    expect_refused_here,
    export,
    fill_in,
    prove_if_asked,
    stored,
)
from tests.browser.hands import Hands
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.browser.test_key_stays import LISTEN, everything, scalar
from tests.browser.test_trouble import cut, lose_the_answer, mend
from tests.support.backups import written
from tests.support.centre import Customer
from tests.support.chromium import DESKTOP, PHONE
from tests.support.finding import is_in
from tests.support.people import visit as at_another_computer

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(DESKTOP, "zh-TW", ZH), (PHONE, "en-GB", EN)], ids=["in-chinese", "in-english"]
)
DROP = """
([octets, name]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(octets)], name));
  const drop = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
  document.querySelector("[data-drop]").dispatchEvent(drop);
}
"""


@pytest.fixture
def backup(env, ming, tmp_path):
    """A backup file that was made elsewhere, of 王小明's certificate."""
    owner = Customer(env, at_another_computer(env, ming))
    issued = owner.apply()
    return written(tmp_path, "backup", owner.device.key, issued.der)


def at_the_import_page(person: Person) -> Person:
    person.enter_the_centre()
    person.page.goto("/certificates/import/")
    expect(person.page.get_by_label(person.say("import.pick"))).to_be_enabled()
    return person


def test_no_request_of_either_holds_key_passphrase_or_file(env, ming, visit, tmp_path):
    page = visit.page()
    heard: dict[str, list[bytes]] = {"key": [], "public": [], "sealed": [], "device": []}
    sent: list[bytes] = []
    page.context.expose_function("heard", lambda what, octets: heard[what].append(bytes(octets)))
    page.context.add_init_script(LISTEN)
    page.context.on("request", lambda request: sent.append(everything(request)))
    owner = Person(page, env)
    owner.enter_the_centre()
    owner.apply()
    file = export(owner, tmp_path)
    other = Person(visit.page(), env)
    other.page.context.on("request", lambda request: sent.append(everything(request)))
    at_the_import_page(other)
    choose(other, file)
    expect(other.step("done")).to_be_visible()

    words = (PASSPHRASE.encode(), PASSPHRASE.encode("utf-16-be"), PASSPHRASE.encode("utf-16-le"))
    keys = [*heard["key"], *map(scalar, heard["key"])]
    everything_sent = b"\n".join(sent)
    assert len(keys) >= 2
    secrets = [*keys, *words, *heard["sealed"], *heard["device"], file.read_bytes()[:200]]
    assert [secret for secret in secrets if is_in(secret, everything_sent)] == []
    # The certificate, which is no secret, was sent and is found.
    assert is_in(bytes(Certificate.objects.get().der or b""), everything_sent)


def test_an_answer_that_got_lost_is_asked_for_again_at_once(env, visit, backup):
    person = at_the_import_page(Person(visit.page(), env))
    lose_the_answer(person, "**/finish")
    choose(person, backup)
    expect(person.step("done")).to_be_visible()
    visit.forgive("net::ERR")
    assert Entry.objects.filter(event=Event.CERTIFICATE_IMPORTED).count() == 1


@BOTH
def test_an_import_that_was_cut_off_is_finished_by_the_next_visit(env, visit, backup, way):
    size, language, labels = way
    person = at_the_import_page(Person(visit.page(size, language), env, labels))
    cut(person, "**/finish")
    choose(person, backup)
    person.expect_told_here("unreachable")
    mend(person)
    visit.forgive("net::ERR")
    assert stored(person) == 1
    person.page.goto("/certificates/apply/")
    expect(person.step("already")).to_be_visible()
    person.page.goto("/certificates/")
    expect(person.page.get_by_text(person.say("certificates.unfinished-detail"))).to_be_visible()
    look(person.page, f"unfinished-{labels.language}")
    person.page.get_by_role("link", name=person.say("certificates.unfinished-on")).click()
    expect(person.step("done")).to_be_visible()
    assert stored(person) == 1
    linked = KeyShare.objects.exclude(certificate=None).get()
    assert linked.certificate_id == Certificate.objects.get().id


def test_an_import_cut_off_and_overtaken_by_a_loss_is_cleared_away(env, ming, visit, backup):
    person = at_the_import_page(Person(visit.page(), env))
    cut(person, "**/finish")
    choose(person, backup)
    person.expect_told_here("unreachable")
    mend(person)
    visit.forgive("net::ERR")
    Customer(env, at_another_computer(env, ming)).report_loss()
    person.page.goto("/certificates/import/")
    expect_refused_here(person, "ended")
    look(person.page, "import-cleared")
    person.page.goto("/certificates/")
    assert stored(person) == 0
    assert not KeyShare.objects.exclude(sealed=None).exists()


def test_a_file_may_be_dropped_on_the_page(env, visit, backup):
    person = at_the_import_page(Person(visit.page(), env))
    person.page.evaluate(DROP, [list(backup.read_bytes()), backup.name])
    expect(
        person.page.get_by_text(person.say("js.import.chosen", name=backup.name))
    ).to_be_visible()
    field = person.page.get_by_label(person.say("import.passphrase"), exact=True)
    expect(field).to_be_focused()
    field.fill(PASSPHRASE)
    field.press("Enter")
    expect(person.step("done")).to_be_visible()


@BOTH
def test_where_the_firm_asks_a_code_nothing_is_made_without_it(env, visit, change_world, way, ming):
    size, language, labels = way
    policy = replace(env.firm.certificate, export_code=True)
    strict = replace(env, firm=replace(env.firm, certificate=policy))
    change_world(strict)
    person = Person(visit.page(size, language), strict, labels)
    person.enter_the_centre()
    person.apply()
    person.later(seconds=61)
    person.page.goto("/certificates/export/")
    fill_in(person)
    person.button(person.say("export.make")).click()
    person.ask_code()
    look(person.page, f"export-code-{labels.language}")
    person.enter(person.wrong_code())
    person.expect_told(Refused(Refusal.CODE_WRONG, tries_left=env.firm.code.max_wrong - 1))
    assert not Entry.objects.filter(event=Event.CERTIFICATE_EXPORTED).exists()
    person.enter(person.code())
    expect(person.step("done")).to_be_visible()


@BOTH
def test_where_export_is_off_nothing_leads_to_it(env, ming, visit, change_world, way):
    size, language, labels = way
    policy = replace(env.firm.certificate, export="off")
    change_world(replace(env, firm=replace(env.firm, certificate=policy)))
    person = Person(visit.page(size, language), env, labels)
    person.enter_the_centre()
    person.apply()
    expect(person.page.locator("a[href='/certificates/export/']")).to_have_count(0)
    person.page.goto("/certificates/")
    expect(person.page.locator("[data-local]")).to_be_visible()
    expect(person.page.locator("a[href='/certificates/export/']")).to_have_count(0)
    person.page.goto("/certificates/export/")
    expect(person.page.get_by_role("heading", level=1)).to_have_text(
        person.say("refusals.not-found.title")
    )
    look(person.page, f"export-off-{labels.language}")


def test_the_rules_of_a_passphrase_are_looked_at_while_it_is_typed(env, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.apply()
    page = person.page
    page.goto("/certificates/export/")
    make, rules = person.button(person.say("export.make")), page.locator("#rules")
    expect(make).to_be_disabled()
    wrongs = {"length": "Kiefer 42", "own": "Laterne A123456789", "plain": "aaaaaaaaaaaaaaaaaa"}
    for rule, typed in wrongs.items():
        fill_in(person, passphrase=typed)
        expect(rules.locator(f"[data-rule={rule}]")).to_have_class("bad")
        expect(page.locator("[data-strength]")).to_have_text(person.say("js.export.strength_weak"))
        expect(make).to_be_disabled()
    look(page, "export-weak")
    fill_in(person)
    expect(make).to_be_enabled()
    page.get_by_label(person.say("export.again"), exact=True).fill("another")
    expect(rules.locator("[data-rule=same]")).to_have_class("bad")
    expect(make).to_be_disabled()
    person.button(person.say("passphrase.show-name")).click()
    expect(page.locator("#first")).to_have_attribute("type", "text")


def test_without_a_certificate_here_export_says_so(env, visit, backup):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.page.goto("/certificates/export/")
    expect(person.step("none")).to_contain_text(person.say("export.none-detail"))
    look(person.page, "export-none")


def test_a_backup_is_made_by_keyboard_alone(env, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.apply()
    person.page.goto("/certificates/export/")
    expect(person.step("choose")).to_be_visible()
    hands = Hands(person.page)
    for label in ("export.passphrase", "export.again"):
        hands.go_to(person.page.get_by_label(person.say(label), exact=True))
        hands.type(PASSPHRASE)
    hands.go_to(person.button(person.say("export.make")))
    hands.press("Enter")
    prove_if_asked(person)
    expect(person.step("done").get_by_role("heading")).to_be_focused()
    save_link = person.page.get_by_role("link", name=person.say("export.save"))
    hands.go_to(save_link)
    with person.page.expect_download() as download:
        hands.press("Enter")
    assert re.fullmatch(r"A12345xxxx-[0-9A-F]{8}-\d{8}\.pfx", download.value.suggested_filename)


def test_a_renewal_offers_a_backup_of_the_new_one(env, clock, ming, visit):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.apply()
    clock.set(Certificate.objects.get().not_after - timedelta(days=5))
    person.later()
    person.enter_the_centre()
    person.button(ZH.renew).click()
    person.dialog.get_by_role("button", name=ZH.ok, exact=True).click()
    expect(person.page.locator("[data-renewed]")).to_be_visible()
    person.page.get_by_role("link", name=person.say("backup.act")).click()
    expect(person.step("choose")).to_contain_text(
        Certificate.objects.latest("id").serial[-8:].upper()
    )


MANY = """
async () => {
  const done = (r) =>
    new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = no; });
  const db = await done(indexedDB.open("cinnabar", 1));
  const store = () => db.transaction("certificates", "readwrite").objectStore("certificates");
  const [record] = await done(store().getAll());
  for (let n = 0; n < 6; n += 1) await done(store().put({ ...record, share: `older-${n}` }));
  db.close();
}
"""


@BOTH
def test_many_certificates_on_one_computer_are_leafed_through(env, ming, visit, way):
    """P166."""
    size, language, labels = way
    person = Person(visit.page(size, language), env, labels)
    person.enter_the_centre()
    person.apply()
    page = person.page
    page.goto("/certificates/")
    rows = page.locator("[data-local] tbody tr")
    expect(rows).to_have_count(1)
    expect(page.locator("[data-pager]")).to_be_hidden()
    page.evaluate(MANY)
    page.reload()
    expect(rows).to_have_count(5)
    expect(page.get_by_text("(1/2)")).to_be_visible()
    before = person.button(person.say("certificates.page-before"))
    after = person.button(person.say("certificates.page-after"))
    expect(before).to_be_disabled()
    look(page, f"pager-{labels.language}")
    after.click()
    expect(rows).to_have_count(2)
    expect(page.get_by_text("(2/2)")).to_be_visible()
    expect(after).to_be_disabled()
    before.click()
    expect(rows).to_have_count(5)
