"""The next generation: asked for, signed by a root elsewhere, adopted, whatever comes between."""

import os
import shutil
from base64 import encodebytes
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from cinnabar.firm import Firm
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.keys import spki_of
from cinnabar.signer.ca_certificates import (
    Blank,
    Draft,
    Issuer,
    issuing_certificate,
    issuing_name,
    root_certificate,
    root_crl,
)
from cinnabar.signer.ceremony import CeremonyRefused
from cinnabar.signer.core import open_signer
from cinnabar.signer.files import Places, load_authorities
from cinnabar.signer.hsm import TokenAddress
from cinnabar.signer.keys import KeyUnusable, SoftKey, load_soft_key, new_key
from cinnabar.signer.ledger import LedgerDamaged, read_ledger
from cinnabar.signer.requests import Answer, Wish, read_wish, write_request
from cinnabar.signer.rollover import Requested, request_generation
from cinnabar.signer.root import make_root, open_root, refuse_wish, sign_wish
from cinnabar.signer.root_list import place_list, sign_list
from tests.support.authority import BASE_URL, MADE_AT, PASSPHRASE, rules, signer
from tests.support.rollover import adopt, answer_of, roll_over
from tests.support.softhsm import token

NOW = MADE_AT + timedelta(days=10)


@pytest.fixture
def places(env) -> Places:
    made = signer(env.firm, env.clock)
    made.close()
    return made.places


def _request(places: Places, firm: Firm, at: TokenAddress | None = None) -> Requested:
    return request_generation(places.data, firm, SystemDice(), base_url=BASE_URL, token=at)


def _root_in(folder: Path) -> Issuer:
    certificate, key = (folder / "root.crt").read_bytes(), (folder / "root.key").read_bytes()
    return open_root(certificate, key, PASSPHRASE)


def _root(places: Places) -> Issuer:
    certificate, key = places.certificate("root").read_bytes(), places.root_key.read_bytes()
    return open_root(certificate, key, PASSPHRASE)


def _vault(place: Path, firm: Firm) -> Issuer:
    make_root(place, firm, SystemDice(), passphrase=PASSPHRASE, now=NOW, rounds=1)
    return _root_in(place)


# --- the request


def test_the_request_names_the_next_generation_its_key_and_the_installation(env, places):
    asked = _request(places, env.firm)
    wish = read_wish(asked.pem)
    assert asked.generation == 2
    assert wish.subject == issuing_name(env.firm, 2)
    assert "Issuing CA G2" in wish.subject.rfc4514_string()
    assert (wish.key, wish.base_url, wish.kind) == (asked.key, BASE_URL, "P-256")


def test_asking_again_asks_for_the_same_key_and_changes_nothing_that_is_in_use(env, places):
    before = load_authorities(places)
    assert _request(places, env.firm).key == _request(places, env.firm).key
    assert load_authorities(places) == before


def test_keys_of_the_next_generation_are_made_where_the_last_ones_are(env, places):
    moved = _request(places, env.firm, token())
    assert places.generation(2).hsm.exists()
    adopt(places, env.firm, answer_of(places, moved.pem, NOW), NOW)
    _request(places, env.firm)
    assert places.generation(3).hsm.exists()
    assert not places.generation(3).issuing_key.exists()


def test_a_key_that_was_made_as_a_file_does_not_become_one_of_the_hsm(env, places):
    _request(places, env.firm)
    with pytest.raises(CeremonyRefused, match="is a file already"):
        _request(places, env.firm, token())


# --- at the root


def test_what_the_root_signs_is_an_issuing_ca_with_none_below_it_for_ten_years(env, places):
    answer = answer_of(places, _request(places, env.firm).pem, NOW)
    answer.issuing.verify_directly_issued_by(answer.root)
    basic = answer.issuing.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    with pytest.raises(x509.ExtensionNotFound):
        answer.issuing.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    life = answer.issuing.not_valid_after_utc - answer.issuing.not_valid_before_utc
    assert timedelta(days=3651) < life < timedelta(days=3653)


def test_an_issuing_ca_does_not_outlive_its_root(env, places):
    late = MADE_AT + timedelta(days=18 * 365)
    answer = answer_of(places, _request(places, env.firm).pem, late)
    assert answer.issuing.not_valid_after_utc == answer.root.not_valid_after_utc


@pytest.mark.parametrize("octet", [60, 200, -40])
def test_a_request_altered_on_its_way_is_not_signed(env, places, octet):
    request = x509.load_pem_x509_csr(_request(places, env.firm).pem)
    der = bytearray(request.public_bytes(Encoding.DER))
    der[octet] ^= 1
    mark = b"CERTIFICATE REQUEST-----"
    pem = b"-----BEGIN %b\n%b-----END %b\n" % (mark, encodebytes(bytes(der)), mark)
    with pytest.raises(CeremonyRefused):
        read_wish(pem)


def _wish(firm: Firm, *, subject: x509.Name | None = None, base_url: str = BASE_URL) -> Wish:
    name = subject or issuing_name(firm, 2)
    return read_wish(write_request(SoftKey(new_key()), name, base_url))


def test_the_root_signs_for_its_own_firm_only_and_for_no_second_root(env, places):
    root, own = _root(places).certificate, list(issuing_name(env.firm, 2))
    other = x509.Name([own[0], x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Else"), own[2]])
    refuse_wish(_wish(env.firm), root)
    for wish, why in (
        (_wish(env.firm, subject=other), "not the root's"),
        (_wish(env.firm, subject=root.subject), "no name of its own"),
        (_wish(env.firm, base_url="ftp://elsewhere"), "no address"),
    ):
        with pytest.raises(CeremonyRefused, match=why):
            refuse_wish(wish, root)


def test_the_root_signs_p256_only(env, places):
    builder = x509.CertificateSigningRequestBuilder().subject_name(issuing_name(env.firm, 2))
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(BASE_URL)])
    request = builder.add_extension(names, critical=False).sign(
        ec.generate_private_key(ec.SECP384R1()), hashes.SHA384()
    )
    wish = read_wish(request.public_bytes(Encoding.PEM))
    with pytest.raises(CeremonyRefused, match="P-384"):
        refuse_wish(wish, _root(places).certificate)


def test_a_root_on_a_machine_whose_clock_is_wrong_signs_nothing(env, places):
    with pytest.raises(CeremonyRefused, match="clock"):
        sign_wish(_wish(env.firm), _root(places), SystemDice(), MADE_AT - timedelta(days=1))


def test_another_key_is_not_taken_for_the_roots(env, places, tmp_path):
    _vault(tmp_path / "other", env.firm)
    foreign = (tmp_path / "other" / "root.key").read_bytes()
    with pytest.raises(CeremonyRefused, match="not this root"):
        open_root(places.certificate("root").read_bytes(), foreign, PASSPHRASE)


# --- adopting


def test_an_adopted_generation_is_the_newest_and_the_signer_signs_with_both(env, places):
    made = roll_over(places, env.firm, NOW)
    newest, first = load_authorities(places)
    assert (made.generation, newest.generation, first.generation) == (2, 2, 1)
    assert made.issuing == newest.issuing.sha256.hex()
    ocsp = x509.load_der_x509_certificate(newest.ocsp_der)
    ocsp.verify_directly_issued_by(x509.load_der_x509_certificate(newest.issuing_der))
    opened = open_signer(places, rules(env.firm), env.clock)
    assert set(opened.keys) == {1, 2}
    assert opened.ledger.knows(ocsp.serial_number)


def test_the_chain_of_the_mails_has_every_generation_and_the_root(env, places):
    roll_over(places, env.firm, NOW)
    chain = x509.load_pem_x509_certificates((places.public / "chain.pem").read_bytes())
    newest, first = load_authorities(places)
    expected = [newest.issuing_der, first.issuing_der, newest.root_der]
    assert [one.public_bytes(Encoding.DER) for one in chain] == expected


def test_the_roots_list_is_renewed_on_the_way(env, places):
    before = x509.load_der_x509_crl(places.root_crl.read_bytes())
    roll_over(places, env.firm, NOW)
    after = x509.load_der_x509_crl(places.root_crl.read_bytes())
    assert after.last_update_utc > before.last_update_utc


def test_an_older_list_of_the_root_does_not_replace_a_newer_one(env, places):
    answer = answer_of(places, _request(places, env.firm).pem, NOW)
    newer = root_crl(_root(places), number=1 << 40, now=NOW)
    places.root_crl.write_bytes(newer)
    adopt(places, env.firm, answer, NOW)
    assert places.root_crl.read_bytes() == newer


def test_nothing_is_adopted_beside_a_signer_that_runs(env, places):
    answer = answer_of(places, _request(places, env.firm).pem, NOW)
    running = open_signer(places, rules(env.firm), env.clock)
    with pytest.raises(LedgerDamaged, match="in use"):
        adopt(places, env.firm, answer, NOW)
    assert len(load_authorities(places)) == 1
    running.close()
    adopt(places, env.firm, answer, NOW)
    assert len(load_authorities(places)) == 2


def test_without_a_request_there_is_nothing_to_adopt(env, places):
    answer = answer_of(places, _request(places, env.firm).pem, NOW)
    shutil.rmtree(places.generation(2).private)
    with pytest.raises(CeremonyRefused, match="no request is under way"):
        adopt(places, env.firm, answer, NOW)


def test_what_an_administrator_makes_belongs_to_the_signers_user(env, places):
    signers = 12345 if os.getuid() == 0 else os.getuid()
    for path in (places.private, *places.private.iterdir()):
        os.chown(path, signers, -1)
    roll_over(places, env.firm, NOW)
    new = [places.generation(2).private, places.generation(2).public, places.ledger]
    for path in [each for folder in new for each in (folder, *folder.rglob("*"))]:
        assert path.stat().st_uid == signers, path


@pytest.mark.parametrize("left", ["nothing", "a stage", "a generation without its chain"])
def test_a_machine_that_stops_on_the_way_finishes_the_same_generation_later(env, places, left):
    answer = answer_of(places, _request(places, env.firm).pem, NOW)
    chain, crl = (places.public / "chain.pem").read_bytes(), places.root_crl.read_bytes()
    if left == "a stage":
        (places.data / ".adoption").mkdir()
        (places.data / ".adoption" / "ocsp.crt").write_text("half")
    if left == "a generation without its chain":
        adopt(places, env.firm, answer, NOW)
        (places.public / "chain.pem").write_bytes(chain)
        places.root_crl.write_bytes(crl)
    made = adopt(places, env.firm, answer, NOW)
    assert made.generation == 2
    assert (places.public / "chain.pem").read_bytes() != chain
    assert places.root_crl.read_bytes() != crl
    assert not (places.data / ".adoption").exists()
    assert adopt(places, env.firm, answer, NOW) == made


def _forged(places: Places, firm: Firm, change: dict) -> Answer:
    """Return a certificate the root signed that is not what was asked for."""
    of_request = load_soft_key(places.generation(2).issuing_key)
    spki = of_request.spki if change else spki_of(new_key().public_key())
    now, root = change.get("now", NOW), _root(places)
    subject = issuing_name(firm, change.get("generation", 2))
    blank = Blank(serial=SystemDice().serial(), now=now, spki=spki)
    issuing = issuing_certificate(blank, subject, root, change.get("base_url", BASE_URL))
    crl = root_crl(root, number=9, now=now)
    return Answer(issuing=issuing, root=root.certificate, root_crl=crl)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, "not for the key of the request"),
        ({"generation": 1}, "its name is not"),
        ({"base_url": "https://elsewhere.example"}, "is not at http"),
        ({"now": NOW + timedelta(hours=2)}, "not valid yet"),
        ({"now": NOW - timedelta(days=3652)}, "ends within a year"),
    ],
)
def test_a_certificate_that_was_not_asked_for_is_refused_and_changes_nothing(
    env, places, change, why
):
    _request(places, env.firm)
    answer = _forged(places, env.firm, change)
    with pytest.raises(CeremonyRefused, match=why):
        adopt(places, env.firm, answer, NOW)
    assert len(load_authorities(places)) == 1


def test_a_certificate_of_another_root_is_refused(env, places, tmp_path):
    asked = _request(places, env.firm)
    other = _vault(tmp_path / "other", env.firm)
    answer = sign_wish(read_wish(asked.pem), other, SystemDice(), NOW)
    with pytest.raises(CeremonyRefused, match="another root"):
        adopt(places, env.firm, answer, NOW)
    posing = replace(answer, root=_root(places).certificate)
    with pytest.raises(CeremonyRefused, match="did not sign it"):
        adopt(places, env.firm, posing, NOW)


def test_a_certificate_that_may_do_more_or_less_than_an_issuing_ca_is_refused(env, places):
    _request(places, env.firm)
    spki = load_soft_key(places.generation(2).issuing_key).spki
    draft = Draft(firm=env.firm, serial=1 << 100, now=NOW, spki=spki)
    second_root = root_certificate(draft, _root(places).key)
    answer = replace(_forged(places, env.firm, {"now": NOW}), issuing=second_root)
    with pytest.raises(CeremonyRefused, match="not a CA with none below it"):
        adopt(places, env.firm, answer, NOW)


def test_what_is_no_answer_at_all_is_refused_in_a_sentence(places):
    for text in (b"", b"hello", places.certificate("root").read_bytes()):
        with pytest.raises(CeremonyRefused, match="sign-request"):
            Answer.read(text)


# --- the root's list


def test_a_list_of_the_root_is_put_in_place_until_it_ends(places):
    later = NOW + timedelta(days=300)
    pem = sign_list(_root(places), later)
    assert place_list(places, pem, later) == later + timedelta(days=365)
    assert x509.load_der_x509_crl(places.root_crl.read_bytes()).last_update_utc == later


def test_an_old_or_foreign_list_or_none_at_all_changes_nothing(env, places, tmp_path):
    new = sign_list(_root(places), NOW + timedelta(days=1))
    place_list(places, new, NOW + timedelta(days=1))
    before = places.root_crl.read_bytes()
    foreign = _vault(tmp_path / "other", env.firm)
    for pem, now, why in (
        (sign_list(_root(places), NOW), NOW, "newer one"),
        (sign_list(foreign, NOW), NOW, "not of this installation"),
        (sign_list(_root(places), NOW), NOW + timedelta(days=366), "ended"),
        (places.certificate("root").read_bytes(), NOW, "no list"),
    ):
        with pytest.raises(CeremonyRefused, match=why):
            place_list(places, pem, now)
    assert places.root_crl.read_bytes() == before


# --- a root made elsewhere, from the start


def test_an_empty_installation_gets_its_first_generation_from_a_root_elsewhere(env, tmp_path):
    places = Places(tmp_path / "data")
    (places.data / "secrets").mkdir(parents=True)
    root = _vault(tmp_path / "vault", env.firm)
    asked = _request(places, env.firm)
    assert (asked.generation, places.newest) == (1, 0)
    answer = sign_wish(read_wish(asked.pem), root, SystemDice(), NOW)
    assert adopt(places, env.firm, Answer.read(answer.pem()), NOW).generation == 1
    opened = open_signer(places, rules(env.firm), env.clock)
    assert opened.authority().root_der == root.certificate.public_bytes(Encoding.DER)
    assert not places.root_key.exists()
    mail = x509.load_pem_x509_certificate(places.certificate("mail").read_bytes())
    mail.verify_directly_issued_by(answer.issuing)
    assert len(list(read_ledger(places.ledger))) == 2


def test_a_root_is_made_once_and_goes_on_after_an_interruption(env, tmp_path):
    vault = tmp_path / "vault"
    first = _vault(vault, env.firm)
    with pytest.raises(CeremonyRefused, match="already"):
        _vault(vault, env.firm)
    (vault / "root.crt").unlink()
    assert spki_of(_vault(vault, env.firm).key.public_key()) == spki_of(first.key.public_key())


def test_a_root_under_a_short_passphrase_is_not_made(env, tmp_path):
    with pytest.raises(KeyUnusable, match="15 characters"):
        make_root(tmp_path, env.firm, SystemDice(), passphrase=Secret("short"), now=NOW, rounds=1)
    assert list(tmp_path.iterdir()) == []
