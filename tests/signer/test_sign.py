"""The signer looks before it signs, and remembers (CAK-03)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.pki.crl import Reason, RevokedEntry, crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.pki.der import integer, octet_string, oid, sequence
from cinnabar.pki.ocsp_answer import State, Status, cert_id, response_data, single_response
from cinnabar.pki.ocsp_request import CertId
from cinnabar.pki.oids import SHA1, SHA1_ALGORITHM
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.guard import Rules
from cinnabar.signer.keys import SoftKey
from cinnabar.signer.protocol import SignerBusy, SignerRefused
from tests.pki.support import NOW, SUBJECT, Facts, profile_of, tbs_of
from tests.support.authority import signer as signer_of

SERIAL = Facts().serial
GOOD = Status(state=State.GOOD)
REVOKED = Status(state=State.REVOKED, revoked_at=NOW)
MINUTE = timedelta(minutes=1)


def _findings(sign, tbs: bytes) -> set[str]:
    with pytest.raises(SignerRefused) as caught:
        sign(tbs)
    return {finding.rule for finding in caught.value.findings}


def test_the_published_values_of_deterministic_signatures_come_out():
    # RFC 6979 A.2.5, P-256 with SHA-256: r and s for two messages
    private = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    key = SoftKey(ec.derive_private_key(private, ec.SECP256R1()))
    for message, r, s in (
        (
            b"sample",
            0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
            0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
        ),
        (
            b"test",
            0xF1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,
            0x019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083,
        ),
    ):
        assert key.sign(message) == sequence(integer(r), integer(s))


def test_a_right_certificate_is_signed_by_the_issuing_key(env):
    tbs = tbs_of(profile_of(env))
    signature = env.signer.sign_certificate(tbs)
    key = load_der_public_key(env.signer.authority().issuing.fields.spki)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, tbs, ec.ECDSA(hashes.SHA256()))


def test_signing_the_same_octets_again_gives_the_same_and_one_record(env):
    tbs = tbs_of(profile_of(env))
    before = len(_ledger(env).signed_serials())
    assert env.signer.sign_certificate(tbs) == env.signer.sign_certificate(tbs)
    assert len(_ledger(env).signed_serials()) == before + 1


def test_a_serial_is_never_signed_with_other_contents(env):
    env.signer.sign_certificate(tbs_of(profile_of(env)))
    other = tbs_of(profile_of(env), Facts(subject="ZZZZZZZZZZZZZZZZ"))
    assert _findings(env.signer.sign_certificate, other) == {"serial"}


def test_what_the_lint_finds_is_not_signed_and_not_recorded(env):
    before = _ledger(env).signed_serials()
    tbs = tbs_of(profile_of(env), Facts(subject="A123456789"))
    assert _findings(env.signer.sign_certificate, tbs) == {"subject"}
    assert _ledger(env).signed_serials() == before


@pytest.mark.parametrize(
    ("shift", "signed"),
    [
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, seconds=1), False),
        (timedelta(days=-7), True),
        (timedelta(days=-7, seconds=-1), False),
    ],
)
def test_a_certificate_begins_about_now_or_was_left_open_by_a_crash(env, shift, signed):
    tbs = tbs_of(profile_of(env), Facts(not_before=NOW + shift))
    if signed:
        assert env.signer.sign_certificate(tbs)
    else:
        assert _findings(env.signer.sign_certificate, tbs) == {"validity"}


def test_more_certificates_in_a_minute_than_allowed_wait_for_the_next(env, clock):
    signer = _slow_signer(env, clock, per_minute=3)
    certificates = [tbs_of(profile_of(env), Facts(serial=SERIAL + n)) for n in range(4)]
    for tbs in certificates[:3]:
        signer.sign_certificate(tbs)
    with pytest.raises(SignerBusy):
        signer.sign_certificate(certificates[3])
    assert signer.sign_certificate(certificates[0])  # nothing new: a resumed one is not counted
    clock.move(MINUTE)
    assert signer.sign_certificate(certificates[3])


def _slow_signer(env: Env, clock, *, per_minute: int) -> LocalSigner:
    made = signer_of(env.firm, clock)
    made.close()
    rules = Rules(
        certificate=env.firm.certificate,
        status=env.firm.status,
        base_url=env.base_url,
        per_minute=per_minute,
    )
    return open_signer(made.places, rules, clock)


def _ledger(env: Env):
    assert isinstance(env.signer, LocalSigner)
    return env.signer.ledger


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_refused_by_every_door(env, octets):
    for sign in (env.signer.sign_certificate, env.signer.sign_crl, env.signer.sign_ocsp):
        assert _findings(sign, octets) == {"der"}


# --- lists


def _list(env: Env, *, number: int = 7, at=NOW, hold=None) -> bytes:
    hold = env.firm.status.crl_validity if hold is None else hold
    entry = RevokedEntry(serial=SERIAL, revoked_at=NOW, reason=Reason.SUPERSEDED)
    return crl_tbs(
        env.signer.authority(),
        Marks(number=number),
        this_update=at,
        next_update=at + hold,
        entries=[entry],
    )


def test_the_numbers_of_lists_rise(env):
    first, second = _list(env, number=7), _list(env, number=8)
    assert env.signer.sign_crl(first) == env.signer.sign_crl(first)
    env.signer.sign_crl(second)
    assert _findings(env.signer.sign_crl, first) == {"number"}
    assert _findings(env.signer.sign_crl, _list(env, number=0)) == {"number"}


def test_another_list_under_a_number_once_used_is_refused(env):
    env.signer.sign_crl(_list(env, number=7))
    shorter = _list(env, number=7, hold=timedelta(minutes=30))
    assert _findings(env.signer.sign_crl, shorter) == {"number"}


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"at": NOW - timedelta(minutes=6)}, "this-update"),
        ({"at": NOW + timedelta(minutes=6)}, "this-update"),
        ({"hold": timedelta()}, "next-update"),
        ({"hold": -MINUTE}, "next-update"),
        ({"hold": timedelta(days=30)}, "next-update"),
    ],
)
def test_a_list_with_times_out_of_bounds_is_refused(env, change, finding):
    assert _findings(env.signer.sign_crl, _list(env, **change)) == {finding}


def test_a_list_of_another_issuer_is_refused(env):
    authority = env.signer.authority()
    disguised = replace(authority, issuing_der=authority.root_der)
    tbs = crl_tbs(disguised, Marks(number=9), this_update=NOW, next_update=NOW + MINUTE, entries=())
    assert _findings(env.signer.sign_crl, tbs) == {"issuer", "authority-key"}


# --- OCSP answers


def _answer(
    env: Env, status: Status, *, target: CertId | None = None, at=NOW, hold=timedelta(hours=1)
) -> bytes:
    authority = env.signer.authority()
    target = target or cert_id(authority, SERIAL)
    single = single_response(target, status, this_update=at, next_update=at + hold)
    return response_data(authority, [single], produced_at=at)


def test_good_is_only_said_of_what_was_signed(env):
    assert _findings(env.signer.sign_ocsp, _answer(env, GOOD)) == {"good"}
    env.signer.sign_certificate(tbs_of(profile_of(env), Facts(subject=SUBJECT)))
    assert env.signer.sign_ocsp(_answer(env, GOOD))


def test_revoked_and_unknown_are_said_of_any_serial(env):
    assert env.signer.sign_ocsp(_answer(env, REVOKED))
    assert env.signer.sign_ocsp(_answer(env, Status(state=State.UNKNOWN)))


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ({"at": NOW - timedelta(minutes=6)}, {"produced-at"}),
        ({"hold": -MINUTE}, {"next-update"}),
        ({"hold": timedelta(days=30)}, {"next-update"}),
    ],
)
def test_an_answer_with_times_out_of_bounds_is_refused(env, change, findings):
    assert _findings(env.signer.sign_ocsp, _answer(env, REVOKED, **change)) == findings


def test_an_answer_about_a_foreign_ca_is_refused(env):
    raw = sequence(SHA1_ALGORITHM, octet_string(b"x" * 20), octet_string(b"y" * 20), integer(5))
    foreign = CertId(
        raw=raw, algorithm=oid(SHA1), name_hash=b"x" * 20, key_hash=b"y" * 20, serial=5
    )
    assert _findings(env.signer.sign_ocsp, _answer(env, REVOKED, target=foreign)) == {"issuer"}


def test_an_answer_in_anothers_name_or_about_nothing_is_refused(env):
    authority = env.signer.authority()
    other = replace(authority, ocsp_der=authority.issuing_der)
    single = single_response(
        cert_id(authority, SERIAL), REVOKED, this_update=NOW, next_update=NOW + MINUTE
    )
    disguised = response_data(other, [single], produced_at=NOW)
    assert _findings(env.signer.sign_ocsp, disguised) == {"responder"}
    assert _findings(env.signer.sign_ocsp, response_data(authority, [], produced_at=NOW)) == {
        "singles"
    }
