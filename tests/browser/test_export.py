"""A backup is made in the browser; outside programs open it, and nobody else can."""

import re
import subprocess

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from tests.browser.carrying import PASSPHRASE, fill_in, prove_if_asked, save
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

WAYS = [(DESKTOP, "zh-TW", ZH, "strong"), (PHONE, "en-GB", EN, "compatible")]


def openssl(file, *more, passphrase=PASSPHRASE):
    done = subprocess.run(
        ["openssl", "pkcs12", "-in", file, "-passin", f"pass:{passphrase}", *more],
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[2].language}-{way[3]}")
def test_the_backup_opens_in_openssl_and_holds_key_and_certificate(env, ming, visit, tmp_path, way):
    size, language, labels, form = way
    person = Person(visit.page(size, language), env, labels)
    person.enter_the_centre()
    person.apply()
    person.page.get_by_role("link", name=person.say("backup.act")).click()
    expect(person.step("choose")).to_be_visible()
    look(person.page, f"export-{labels.language}")
    fill_in(person, form=form)
    look(person.page, f"export-filled-{labels.language}")
    person.button(person.say("export.make")).click()
    prove_if_asked(person)
    expect(person.step("done")).to_be_visible()
    look(person.page, f"exported-{labels.language}")
    file = save(person, tmp_path)
    serial = Certificate.objects.get().serial
    assert re.fullmatch(rf"A12345xxxx-{serial[-8:].upper()}-\d{{8}}\.pfx", file.name)
    legacy = ["-legacy"] if form == "compatible" else []
    status, text = openssl(file, "-nodes", *legacy)
    assert status == 0
    assert b"PRIVATE KEY" in text
    status, certificate = openssl(file, "-nokeys", "-clcerts", *legacy)
    assert status == 0
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-serial"],
        input=certificate,
        capture_output=True,
        check=True,
    )
    assert shown.stdout.decode().lower().strip().endswith(serial.lstrip("0"))
    assert openssl(file, *legacy, passphrase="another long one 7")[0] != 0
