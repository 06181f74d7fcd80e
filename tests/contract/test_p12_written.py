"""PKCS#12 files of our pages, in both forms, opened by every program at hand."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.contract.p12 import READERS
from tests.contract.support import look, run
from tests.support.p12 import holder, public_of

pytestmark = pytest.mark.contract

ASCII = ("correct horse battery", "my certificate")
CHINESE = ("朱砂憑證匯出通關密語", "測試客戶 CN01 臺灣")
FORMS = ("strong", "compatible")


@pytest.fixture(autouse=True)
def _utf8(utf8: None) -> None:
    """Arguments are UTF-8 in all these tests."""


def _file(place: Path, octets: bytes) -> Path:
    path = place / "file.p12"
    path.write_bytes(octets)
    return path


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("form", FORMS)
def test_a_program_finds_key_and_certificate(pages, customer, tmp_path, form, reader):
    passphrase, name = ASCII
    made = pages.write(customer, name=name, passphrase=passphrase, form=form)
    found = READERS[reader](_file(tmp_path, made), passphrase)
    assert found == (public_of(customer.key), customer.der)


@pytest.mark.parametrize("reader", [one for one in READERS if one != "keytool"])
@pytest.mark.parametrize("form", FORMS)
def test_a_chinese_passphrase_opens_and_a_chinese_name_harms_nobody(
    pages, customer, tmp_path, form, reader
):
    passphrase, name = CHINESE
    made = pages.write(customer, name=name, passphrase=passphrase, form=form)
    found = READERS[reader](_file(tmp_path, made), passphrase)
    assert found == (public_of(customer.key), customer.der)


def test_javas_keytool_knows_no_chinese_passphrase_whoever_wrote_the_file(
    pages, customer, tmp_path
):
    passphrase, name = CHINESE
    ours = _file(tmp_path, pages.write(customer, name=name, passphrase=passphrase, form="strong"))
    key, own, _ = customer.save(tmp_path)
    theirs = tmp_path / "openssl.p12"
    run(
        "openssl", "pkcs12", "-export", "-inkey", key, "-in", own, "-out", theirs,
        "-passout", f"pass:{passphrase}",
    )  # fmt: skip
    for file in (ours, theirs):
        status, said = look("keytool", "-list", "-keystore", file, "-storepass", passphrase)
        assert (status, "password was incorrect" in said) == (1, True)


@pytest.mark.parametrize("reader", READERS)
def test_an_rsa_key_goes_out_as_well(pages, tmp_path, reader):
    customer = holder(rsa.generate_private_key(65537, 2048))
    made = pages.write(customer, name="RSA", passphrase=ASCII[0], form="strong")
    found = READERS[reader](_file(tmp_path, made), ASCII[0])
    assert found == (public_of(customer.key), customer.der)


def _described(pages, customer, tmp_path, form) -> str:
    made = pages.write(customer, name="n", passphrase="p", form=form)
    file = _file(tmp_path, made)
    return run("openssl", "pkcs12", "-in", file, "-passin", "pass:p", "-info", "-nokeys")


def test_the_strong_form_is_what_it_says(pages, customer, tmp_path):
    said = _described(pages, customer, tmp_path, "strong")
    assert "MAC: sha256, Iteration 100000" in said
    sealed = "PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256"
    assert said.count(sealed) == 2
    assert said.count("BEGIN CERTIFICATE") == 3


def test_the_compatible_form_is_laid_out_as_openssls_legacy_writer_does(pages, customer, tmp_path):
    said = _described(pages, customer, tmp_path, "compatible")
    assert "MAC: sha1, Iteration 50000" in said
    lines = [line for line in said.splitlines() if "pbe" in line or line.startswith("PKCS7")]
    assert lines == [
        "PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 50000",
        "PKCS7 Data",
        "Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 50000",
    ]
