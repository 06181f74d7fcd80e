"""Files that are not taken: each with its own sentences, and nothing stored."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.carrying import choose, expect_refused_here, stored, take
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.backups import WEAK, foreign, run, secret, written
from tests.support.centre import Customer
from tests.support.chromium import DESKTOP, PHONE
from tests.support.device import Device, new_key
from tests.support.people import visit as at_another_computer

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(DESKTOP, "zh-TW", ZH), (PHONE, "en-GB", EN)], ids=["in-chinese", "in-english"]
)


@pytest.fixture
def owner(env, ming):
    """王小明 at the computer where he applied."""
    customer = Customer(env, at_another_computer(env, ming))
    customer.apply()
    return customer


def der() -> bytes:
    signed = Certificate.objects.latest("id").der
    assert signed is not None
    return bytes(signed)


@pytest.fixture
def person(env, owner, visit, way):
    """The same before another computer, at the import page."""
    size, language, labels = way
    person = Person(visit.page(size, language), env, labels)
    person.enter_the_centre()
    person.page.goto("/certificates/import/")
    expect(person.page.get_by_label(person.say("import.pick"))).to_be_enabled()
    return person


@BOTH
def test_files_that_cannot_be_opened_are_told_apart(owner, person, tmp_path):
    good = written(tmp_path, "good", owner.device.key, der())
    take(person, good, "not this one at all")
    expect_refused_here(person, "passphrase")
    look(person.page, f"import-passphrase-{person.labels.language}")
    damaged = tmp_path / "damaged.p12"
    damaged.write_bytes(good.read_bytes()[:-40])
    take(person, damaged)
    expect_refused_here(person, "damaged")
    picture = tmp_path / "picture.p12"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    take(person, picture)
    expect_refused_here(person, "damaged")
    keyless = tmp_path / "keyless.p12"
    pem = tmp_path / "good.pem"
    run("openssl", "pkcs12", "-export", "-nokeys", "-in", pem, "-out", keyless, *secret())
    take(person, keyless)
    expect_refused_here(person, "no_key")
    take(person, written(tmp_path, "nomac", owner.device.key, der(), "-nomac"))
    expect_refused_here(person, "no_mac")
    large = tmp_path / "large.p12"
    large.write_bytes(bytes(1024 * 1024 + 1))
    take(person, large)
    expect_refused_here(person, "too_large")
    assert stored(person) == 0
    assert not KeyShare.objects.filter(device__gt="").exclude(certificate=None).exists()
    take(person, good)
    expect(person.step("done")).to_be_visible()


@BOTH
def test_certificates_that_the_host_refuses_are_told_apart(env, mei, owner, person, tmp_path):
    key = new_key()
    take(person, written(tmp_path, "foreign", key, foreign(key)))
    person.expect_told(Refused(Refusal.IMPORT_FOREIGN))
    look(person.page, f"import-foreign-{person.labels.language}")
    env.clock.move(seconds=61)
    hers = Customer(env, at_another_computer(env, mei), device=Device())
    issued = hers.apply()
    take(person, written(tmp_path, "hers", hers.device.key, issued.der))
    person.expect_told(Refused(Refusal.IMPORT_NOT_YOURS))
    mine = written(tmp_path, "mine", owner.device.key, bytes(_mine(owner)))
    Certificate.objects.update(not_before=env.clock.now() + timedelta(days=1))
    take(person, mine)
    person.expect_told(Refused(Refusal.IMPORT_NOT_YET))
    Certificate.objects.update(not_before=env.clock.now() - timedelta(days=2))
    Certificate.objects.update(not_after=env.clock.now() - timedelta(days=1))
    take(person, mine)
    person.expect_told(Refused(Refusal.IMPORT_EXPIRED))
    Certificate.objects.update(not_after=env.clock.now() + timedelta(days=1))
    owner.report_loss()
    take(person, mine)
    person.expect_told(Refused(Refusal.IMPORT_ENDED))
    assert stored(person) == 0


def _mine(owner):
    return Certificate.objects.get(customer_id=owner.visitor.customer_id).der


@BOTH
def test_a_weak_file_is_taken_after_a_warning_only(owner, person, tmp_path):
    weak = written(tmp_path, "weak", owner.device.key, der(), *WEAK)
    take(person, weak)
    expect(person.dialog).to_contain_text(person.say("js.import.weak_means"))
    look(person.page, f"import-weak-{person.labels.language}")
    person.dialog.get_by_role("button", name=person.labels.cancel).click()
    assert stored(person) == 0
    take(person, weak)
    person.dialog.get_by_role("button", name=person.say("js.import.go_on")).click()
    expect(person.step("done")).to_be_visible()


@pytest.mark.parametrize("way", [(DESKTOP, "zh-TW", ZH)], ids=["in-chinese"])
def test_where_the_firm_warns_a_file_without_proof_may_be_taken(
    env, owner, person, tmp_path, change_world
):
    policy = replace(env.firm.certificate, import_without_mac="warn")
    change_world(replace(env, firm=replace(env.firm, certificate=policy)))
    choose(person, written(tmp_path, "nomac", owner.device.key, der(), "-nomac"))
    expect(person.dialog).to_contain_text(person.say("js.import.unproved_means"))
    person.dialog.get_by_role("button", name=person.say("js.import.go_on")).click()
    expect(person.step("done")).to_be_visible()


@pytest.mark.parametrize("way", [(DESKTOP, "zh-TW", ZH)], ids=["in-chinese"])
def test_what_is_here_already_is_said_to_be_here(owner, person, tmp_path):
    file = written(tmp_path, "mine", owner.device.key, der())
    take(person, file)
    expect(person.step("done")).to_be_visible()
    choose(person, file)
    person.expect_told(Refused(Refusal.IMPORT_HERE))
    assert stored(person) == 1


@pytest.mark.parametrize("way", [(DESKTOP, "zh-TW", ZH)], ids=["in-chinese"])
def test_a_browser_that_lost_its_store_takes_the_backup_again(owner, person, tmp_path):
    file = written(tmp_path, "mine", owner.device.key, der())
    take(person, file)
    expect(person.step("done")).to_be_visible()
    person.page.evaluate("indexedDB.deleteDatabase('cinnabar')")
    choose(person, file)
    expect(person.step("done")).to_be_visible()
    assert KeyShare.objects.exclude(certificate=None).filter(erased_at=None).count() == 1


@pytest.mark.parametrize("way", [(DESKTOP, "zh-TW", ZH)], ids=["in-chinese"])
def test_of_several_certificates_the_customer_chooses_one(owner, person, tmp_path):
    other = new_key()
    both = tmp_path / "both.p12"
    files = [
        written(tmp_path, "mine", owner.device.key, der(), "-name", "mine"),
        written(tmp_path, "other", other, foreign(other), "-name", "other"),
    ]
    word = secret()[1].removeprefix("pass:")
    for file in files:
        source = ("-srckeystore", file, "-srcstoretype", "PKCS12", "-srcstorepass", word)
        target = ("-destkeystore", both, "-deststoretype", "PKCS12", "-deststorepass", word)
        run("keytool", "-importkeystore", "-noprompt", *source, *target)
    take(person, both)
    expect(person.step("entries")).to_be_visible()
    look(person.page, "import-entries")
    mine = person.page.get_by_text(Certificate.objects.get().serial[-8:].upper())
    mine.click()
    person.button(person.say("import.entries-take")).click()
    expect(person.step("done")).to_be_visible()
