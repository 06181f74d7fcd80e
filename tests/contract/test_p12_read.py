"""PKCS#12 files of other programs, of all generations, read by our pages."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.x509 import load_der_x509_certificate

from tests.contract.p12_makers import MAKERS, gnutls, keytool, nss, openssl
from tests.contract.support import run
from tests.support.p12 import holder, public_of

pytestmark = pytest.mark.contract

PLAIN = "correct horse battery"
CHINESE = "朱砂憑證匯出通關密語"
NAME = "my certificate"
CHINESE_NAME = "測試客戶 臺灣"

WEAK = {
    "openssl: legacy, RC2 of 40 bits", "NSS: RC2 of 40 bits", "GnuTLS: RC2 of 40 bits",
    "keytool: legacy",
}  # fmt: skip
SLOW = {
    "openssl: 600,000 rounds", "NSS: 3DES", "NSS: RC2 of 40 bits", "GnuTLS: 3DES",
    "GnuTLS: RC2 of 40 bits",
}  # fmt: skip
"""Made with 600,000 rounds in the old way: some seconds each, so they are read once."""
QUICK = [name for name in MAKERS if name not in SLOW]


@pytest.fixture(autouse=True)
def _utf8(utf8: None) -> None:
    """Arguments are UTF-8 in all these tests."""


@pytest.mark.parametrize("maker", MAKERS)
def test_a_file_is_read_with_key_certificate_chain_and_name(pages, customer, made, maker):
    file = made(maker, PLAIN, NAME)
    told = pages.read(file, PLAIN)
    (entry,) = told["entries"]
    assert entry.is_of(customer)
    assert (entry.name, told["mac"], told["weak"]) == (NAME, True, maker in WEAK)


@pytest.mark.parametrize("maker", [one for one in QUICK if "keytool" not in one])
def test_a_chinese_passphrase_and_name_are_read(pages, customer, made, maker):
    (entry,) = pages.read(made(maker, CHINESE, CHINESE_NAME), CHINESE)["entries"]
    assert entry.is_of(customer)
    # GnuTLS writes each octet of the UTF-8 as a letter of its own.
    spoilt = CHINESE_NAME.encode().decode("latin-1")
    assert entry.name == (spoilt if maker.startswith("GnuTLS") else CHINESE_NAME)


@pytest.mark.parametrize("maker", QUICK)
def test_another_passphrase_is_told_from_a_damaged_file(pages, made, maker):
    file = made(maker, PLAIN, NAME)
    assert pages.read(file, PLAIN + ".") == {"refused": "passphrase"}
    assert pages.read(file[:-20], PLAIN) == {"refused": "damaged"}


@pytest.mark.parametrize("words", [(), ("-legacy",)])
def test_a_file_without_mac_is_read_only_where_that_is_allowed(pages, customer, tmp_path, words):
    made = openssl("-nomac", *words, customer=customer, place=tmp_path, passphrase=PLAIN, name="n")
    assert pages.read(made, PLAIN) == {"refused": "no-mac"}
    told = pages.read(made, PLAIN, without_mac=True)
    assert (told["mac"], told["entries"][0].is_of(customer)) == (False, True)
    assert pages.read(made, "another", without_mac=True) == {"refused": "passphrase"}


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())]
)
@pytest.mark.parametrize("maker", [openssl, nss, keytool, gnutls])
def test_keys_of_rsa_and_p_384_are_read(pages, tmp_path, key, maker):
    customer = holder(key)
    made = maker(customer=customer, place=tmp_path, passphrase=PLAIN, name=NAME)
    (entry,) = pages.read(made, PLAIN)["entries"]
    assert entry.is_of(customer)


@pytest.mark.parametrize("words", [(), ("-legacy",)])
def test_an_empty_passphrase_is_read(pages, customer, tmp_path, words):
    made = openssl(*words, customer=customer, place=tmp_path, passphrase="", name=NAME)
    assert pages.read(made, "")["entries"][0].is_of(customer)


@pytest.mark.parametrize("words", [("--empty-password",), ("--null-password",)])
def test_both_ways_to_write_no_passphrase_are_read(pages, customer, tmp_path, words):
    words = (*words, "--pkcs-cipher", "aes-256")
    made = gnutls(*words, customer=customer, place=tmp_path, passphrase="", name=NAME)
    assert pages.read(made, "")["entries"][0].is_of(customer)


def test_certificates_without_a_key_are_said_to_be_that(pages, customer, tmp_path: Path):
    made = openssl("-nokeys", customer=customer, place=tmp_path, passphrase=PLAIN, name=NAME)
    assert pages.read(made, PLAIN) == {"refused": "no-key"}


def test_every_key_of_javas_store_comes_with_its_own_certificate(pages, tmp_path: Path):
    store = tmp_path / "several.p12"
    for name, words in (("first", ("EC", "-groupname", "secp256r1")), ("second", ("RSA",))):
        run(
            "keytool", "-genkeypair", "-storetype", "PKCS12", "-keystore", store,
            "-storepass", PLAIN, "-alias", name, "-dname", f"CN={name}", "-keyalg", *words,
        )  # fmt: skip
    entries = pages.read(store.read_bytes(), PLAIN)["entries"]
    found = {one.name: load_der_x509_certificate(one.certificate) for one in entries}
    assert {name: one.subject.rfc4514_string() for name, one in found.items()} == {
        "first": "CN=first",
        "second": "CN=second",
    }
    for one in entries:
        key = load_der_private_key(one.key, None)
        assert public_of(key) == public_of(found[one.name])
