"""The revocation list (RFC 5280 5; REV-01, REV-02), as the library reads it."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.pki.assemble import assemble_crl
from cinnabar.pki.crl import Reason, RevokedEntry, crl_tbs, read_crl, read_crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.pki.der import DerError
from tests.pki.support import NOW

LATER = NOW + timedelta(hours=12)


def _list(env: Env, *entries: RevokedEntry, number: int = 7) -> bytes:
    tbs = crl_tbs(
        env.signer.authority(),
        Marks(number=number),
        this_update=NOW,
        next_update=LATER,
        entries=entries,
    )
    return assemble_crl(tbs, env.signer.sign_crl(tbs))


def _entry(serial: int, reason: Reason = Reason.UNSPECIFIED) -> RevokedEntry:
    return RevokedEntry(serial=serial, revoked_at=NOW, reason=reason)


def test_a_list_is_signed_by_the_issuing_ca_and_says_which_and_until_when(env):
    read = x509.load_der_x509_crl(_list(env, _entry(5)))
    issuing = x509.load_der_x509_certificate(env.signer.authority().issuing_der)
    key = issuing.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert read.is_signature_valid(key)
    assert read.issuer == issuing.subject
    assert (read.last_update_utc, read.next_update_utc) == (NOW, LATER)
    assert read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 7


def test_a_list_without_entries_is_a_list(env):
    assert len(x509.load_der_x509_crl(_list(env))) == 0
    assert read_crl(_list(env)).facts.entries == 0


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        (Reason.KEY_COMPROMISE, x509.ReasonFlags.key_compromise),
        (Reason.SUPERSEDED, x509.ReasonFlags.superseded),
        (Reason.CESSATION_OF_OPERATION, x509.ReasonFlags.cessation_of_operation),
        (Reason.AFFILIATION_CHANGED, x509.ReasonFlags.affiliation_changed),
        (Reason.PRIVILEGE_WITHDRAWN, x509.ReasonFlags.privilege_withdrawn),
    ],
)
def test_each_reason_has_its_code(env, reason, name):
    revoked = x509.load_der_x509_crl(_list(env, _entry(5, reason)))[0]
    assert revoked.extensions.get_extension_for_class(x509.CRLReason).value.reason is name


def test_unspecified_is_not_written_down(env):
    revoked = x509.load_der_x509_crl(_list(env, _entry(5)))[0]
    assert list(revoked.extensions) == []


def test_every_entry_is_on_the_list_however_many(env):
    entries = [_entry((1 << 126) + n, Reason.SUPERSEDED) for n in range(3000)]
    whole = _list(env, *entries)
    read = x509.load_der_x509_crl(whole)
    assert {r.serial_number for r in read} == {e.serial for e in entries}
    assert read_crl(whole).facts.entries == len(entries)


def test_what_was_written_reads_back(env):
    facts = read_crl(_list(env, _entry(5), number=1 << 40)).facts
    assert (facts.number, facts.this_update, facts.next_update) == (1 << 40, NOW, LATER)
    assert facts.issuer == env.signer.authority().issuing_name


@given(st.binary(max_size=200))
def test_garbage_is_no_list(octets):
    for read in (read_crl_tbs, read_crl):
        with pytest.raises(DerError):
            read(octets)


def test_a_list_cut_off_anywhere_is_no_list(env):
    whole = _list(env, _entry(5, Reason.SUPERSEDED))
    for end in range(len(whole)):
        with pytest.raises(DerError):
            read_crl(whole[:end])
