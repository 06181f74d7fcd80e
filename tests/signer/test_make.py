"""The ceremony that makes a CA (CAK-01, CAK-02): all of it or nothing, and never twice."""

import stat
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from cinnabar.env import Env
from cinnabar.kernel.dice import LoadedDice, SystemDice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.keys import spki_of
from cinnabar.signer.ceremony import CeremonyRefused, init_authority, renew_root_crl
from cinnabar.signer.files import Places
from cinnabar.signer.keys import KeyUnusable, load_soft_key, new_key
from cinnabar.signer.ledger import read_ledger
from cinnabar.signer.locked_key import lock, unlock
from tests.pki.support import NOW, P256

PASSPHRASE = Secret("correct horse battery")
BASE_URL = "http://127.0.0.1:8000"


def _make(env: Env, data: Path, passphrase: Secret = PASSPHRASE) -> Places:
    made = init_authority(
        data,
        env.firm,
        SystemDice(),
        root_passphrase=passphrase,
        base_url=BASE_URL,
        now=NOW,
        rounds=1,
    )
    return made.places


@pytest.fixture
def places(env: Env, tmp_path: Path) -> Places:
    return _make(env, tmp_path)


def _certificate(places: Places, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(places.certificate(name).read_bytes())


def test_the_root_is_for_one_ca_below_it_and_twenty_years(places):
    root = _certificate(places, "root")
    root.verify_directly_issued_by(root)
    basic = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 1)
    assert root.not_valid_after_utc - root.not_valid_before_utc > timedelta(days=20 * 365)


def test_the_issuing_ca_has_no_ca_below_it(places):
    issuing = _certificate(places, "issuing")
    issuing.verify_directly_issued_by(_certificate(places, "root"))
    basic = issuing.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.value.ca, basic.value.path_length) == (True, 0)


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("ocsp", ExtendedKeyUsageOID.OCSP_SIGNING),
        ("mail", ExtendedKeyUsageOID.EMAIL_PROTECTION),
    ],
)
def test_the_others_are_of_the_issuing_ca_for_one_purpose(places, name, purpose):
    certificate = _certificate(places, name)
    certificate.verify_directly_issued_by(_certificate(places, "issuing"))
    used = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(used) == [purpose]


def test_the_status_of_the_ocsp_signer_is_not_asked(places):
    found = _certificate(places, "ocsp").extensions
    assert not found.get_extension_for_class(x509.OCSPNoCheck).critical


def test_mails_are_signed_for_the_firms_address(places, env):
    found = _certificate(places, "mail").extensions
    names = found.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == [env.firm.identity.mail_from]


def test_every_serial_is_random_and_different(places):
    serials = {_certificate(places, n).serial_number for n in ("root", "issuing", "ocsp", "mail")}
    assert len(serials) == 4
    assert all(serial.bit_length() >= 64 for serial in serials)


def test_keys_are_readable_by_their_owner_only_and_certificates_by_all(places):
    for path in (places.root_key, places.issuing_key, places.ocsp_key, places.mail_key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for path in places.public.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_what_the_issuing_ca_signed_is_in_the_record_from_the_start(places):
    recorded = {entry.number for entry in read_ledger(places.ledger)}
    assert recorded == {_certificate(places, n).serial_number for n in ("ocsp", "mail")}


def test_the_root_key_opens_with_its_passphrase_only(places):
    pem = places.root_key.read_bytes()
    key = unlock(pem, PASSPHRASE)
    assert spki_of(key.public_key()) == spki_of(_certificate(places, "root").public_key())
    with pytest.raises(KeyUnusable):
        unlock(pem, Secret("correct horse batterz"))


def test_the_root_key_is_locked_with_six_hundred_thousand_rounds():
    pem = lock(new_key(), PASSPHRASE, LoadedDice())
    shown = subprocess.run(
        ["openssl", "asn1parse"], input=pem, capture_output=True, check=True
    ).stdout.decode()
    assert f"{600_000:X}" in shown
    assert "aes-256-cbc" in shown


def test_openssl_opens_the_root_key_too(places):
    done = subprocess.run(
        ["openssl", "pkey", "-in", places.root_key, "-passin", f"pass:{PASSPHRASE.reveal()}"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0


def test_a_short_passphrase_makes_nothing(env, tmp_path):
    with pytest.raises(KeyUnusable, match="15 characters"):
        _make(env, tmp_path, Secret("x" * 14))
    _make(env, tmp_path)


def test_a_second_ceremony_touches_nothing(env, places):
    before = {path: path.read_bytes() for path in places.data.rglob("*") if path.is_file()}
    with pytest.raises(CeremonyRefused, match="already"):
        _make(env, places.data)
    assert before == {p: p.read_bytes() for p in places.data.rglob("*") if p.is_file()}


@pytest.mark.parametrize("target", ["offline", "signer", "secrets/mail.key"])
def test_a_key_that_lies_in_the_way_is_not_overwritten(env, tmp_path, target):
    place = tmp_path / target
    place.parent.mkdir(exist_ok=True)
    place.write_text("of somebody")
    with pytest.raises(CeremonyRefused, match="in the way"):
        _make(env, tmp_path)
    assert place.read_text() == "of somebody"
    assert not (tmp_path / "ca").exists()


@pytest.mark.parametrize("moved", range(4))
def test_a_machine_that_stops_while_moving_finishes_the_same_ca_later(env, tmp_path, moved):
    places = _make(env, tmp_path)
    fingerprint = places.certificate("root").read_bytes()
    _put_back(tmp_path, moved)
    _make(env, tmp_path)
    assert places.certificate("root").read_bytes() == fingerprint
    load_soft_key(places.issuing_key)
    assert not (tmp_path / ".ceremony").exists()


def _put_back(data: Path, moved: int) -> None:
    """Make it look as if the machine had stopped after `moved` of the four moves."""
    stage = data / ".ceremony"
    (stage / "secrets").mkdir(parents=True)
    for target in ("offline", "signer", "secrets/mail.key", "ca")[moved:]:
        (data / target).rename(stage / target)
    (stage / "ready").touch()


def test_a_machine_that_stops_before_all_is_made_starts_anew(env, tmp_path):
    stage = tmp_path / ".ceremony" / "signer"
    stage.mkdir(parents=True)
    (stage / "issuing.key").write_text("half")
    places = _make(env, tmp_path)
    load_soft_key(places.issuing_key)


def test_the_roots_list_is_renewed_with_the_next_number(places):
    later = NOW + timedelta(days=300)
    until = renew_root_crl(
        places.data,
        root_key=places.root_key.read_bytes(),
        root_passphrase=PASSPHRASE,
        now=later,
    )
    read = x509.load_der_x509_crl(places.root_crl.read_bytes())
    assert (read.last_update_utc, read.next_update_utc) == (later, until)
    assert until == later + timedelta(days=365)
    assert read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 2


def test_another_root_does_not_sign_this_roots_list(places):
    foreign = lock(P256, PASSPHRASE, LoadedDice(), rounds=1)
    with pytest.raises(CeremonyRefused, match="not this root"):
        renew_root_crl(places.data, root_key=foreign, root_passphrase=PASSPHRASE, now=NOW)


def test_the_name_fits_however_long_the_firms_is(env, tmp_path):
    names = {**env.firm.identity.names, "en": ("An Endless Name " * 4).strip()}
    firm = replace(env.firm, identity=replace(env.firm.identity, names=names))
    made = init_authority(
        tmp_path,
        firm,
        SystemDice(),
        root_passphrase=PASSPHRASE,
        base_url=BASE_URL,
        now=NOW,
        rounds=1,
    )
    subject = _certificate(made.places, "issuing").subject.rfc4514_string()
    assert "Issuing CA" in subject
