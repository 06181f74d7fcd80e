"""A relying party asks for a status: what is read, and what it reads (RFC 6960, RFC 9654)."""

import base64
from contextlib import suppress
from datetime import timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.pki import oids
from cinnabar.pki.certificate import extension
from cinnabar.pki.crl import Reason
from cinnabar.pki.der import Cursor, DerError, context, octet_string, sequence, tlv
from cinnabar.pki.ocsp_answer import (
    State,
    Status,
    assemble_answer,
    cert_id,
    read_first_single,
    read_response_data,
    response_data,
    single_response,
)
from cinnabar.pki.ocsp_request import MAX_TARGETS, decode_get, read_status_request
from tests.pki.support import NOW, flipped, issue

SERIAL = (1 << 126) + 4711
LATER = NOW + timedelta(hours=12)


def _asked(env: Env, *, nonce: bytes | None = None, hash_with: object = None) -> bytes:
    """Return the request the library makes for a certificate of ours."""
    certificate = x509.load_der_x509_certificate(issue(env))
    issuing = x509.load_der_x509_certificate(env.signer.authority().issuing_der)
    algorithm = hash_with or hashes.SHA1()  # noqa: S303 - what OCSP clients use
    assert isinstance(algorithm, hashes.HashAlgorithm)
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuing, algorithm)
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    "algorithm",
    [hashes.SHA1(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512()],  # noqa: S303
)
def test_a_request_by_any_hash_names_our_ca_and_the_serial(env, algorithm):
    request = read_status_request(_asked(env, hash_with=algorithm))
    target = request.targets[0]
    known = env.signer.authority().hashes[target.algorithm]
    assert (target.serial, target.name_hash, target.key_hash) == (SERIAL, *known)
    assert request.nonce is None


def test_our_own_cert_id_is_the_one_clients_ask_with(env):
    request = read_status_request(_asked(env))
    assert cert_id(env.signer.authority(), SERIAL) == request.targets[0]


@pytest.mark.parametrize("octets", [1, 32, 128])
def test_a_nonce_of_1_to_128_octets_is_taken(env, octets):
    nonce = b"n" * octets
    assert read_status_request(_asked(env, nonce=nonce)).nonce == octet_string(nonce)


@pytest.mark.parametrize("octets", [0, 129])
def test_a_nonce_of_another_length_makes_the_request_malformed(env, octets):
    with pytest.raises(DerError):
        read_status_request(_request(env, nonces=[b"n" * octets]))


def _request(env: Env, *, times: int = 1, nonces: list[bytes] | None = None) -> bytes:
    single = sequence(cert_id(env.signer.authority(), SERIAL).raw)
    listed = [extension(oids.OCSP_NONCE, octet_string(n)) for n in nonces or []]
    more = tlv(context(2), sequence(*listed)) if listed else b""
    return sequence(sequence(sequence(*[single] * times), more))


def test_two_nonces_are_one_too_many(env):
    with pytest.raises(DerError):
        read_status_request(_request(env, nonces=[b"a", b"b"]))


def test_a_request_asks_about_1_to_16_certificates(env):
    assert len(read_status_request(_request(env, times=MAX_TARGETS)).targets) == MAX_TARGETS
    for times in (0, MAX_TARGETS + 1):
        with pytest.raises(DerError):
            read_status_request(_request(env, times=times))


@given(st.binary(max_size=200))
def test_garbage_is_malformed_and_nothing_else(octets):
    with pytest.raises(DerError):
        read_status_request(octets)


def test_a_turned_bit_makes_it_malformed_or_another_question(env):
    right = _asked(env, nonce=b"n" * 16)
    asked = read_status_request(right)
    for at in range(len(right)):
        for bit in range(8):
            try:
                read = read_status_request(flipped(right, at, bit))
            except DerError:
                continue
            assert read != asked or at > right.index(b"n" * 16) - 30


@given(st.binary(max_size=200))
def test_a_request_in_an_address_reads_back_however_it_is_encoded(octets):
    text = base64.b64encode(octets).decode()
    for path in (text, quote(text, safe=""), text.rstrip("=")):
        assert decode_get(path) == octets


@given(st.text(max_size=50))
def test_garbage_in_an_address_is_malformed(path):
    with suppress(DerError):
        assert isinstance(decode_get(path), bytes)


def _answer(env: Env, status: Status, nonce: bytes | None = None) -> bytes:
    authority = env.signer.authority()
    single = single_response(cert_id(authority, SERIAL), status, this_update=NOW, next_update=LATER)
    tbs = response_data(authority, [single], produced_at=NOW, nonce=nonce)
    return assemble_answer(authority, tbs, env.signer.sign_ocsp(tbs))


GOOD = Status(state=State.GOOD)
REVOKED = Status(state=State.REVOKED, revoked_at=NOW, reason=Reason.SUPERSEDED)
NO_REASON = Status(state=State.REVOKED, revoked_at=NOW)
UNKNOWN = Status(state=State.UNKNOWN)


@pytest.mark.parametrize("status", [GOOD, REVOKED, NO_REASON, UNKNOWN])
def test_an_answer_is_read_by_the_library_as_it_was_meant(env, status):
    issue(env)
    read = ocsp.load_der_ocsp_response(_answer(env, status))
    assert read.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    assert read.certificate_status.name == status.state.name
    assert read.serial_number == SERIAL
    assert read.revocation_time_utc == status.revoked_at
    reason = read.revocation_reason
    assert (reason is x509.ReasonFlags.superseded) is (status is REVOKED)
    assert (read.this_update_utc, read.next_update_utc) == (NOW, LATER)


def test_an_answer_is_signed_by_the_delegated_signer_it_carries(env):
    read = ocsp.load_der_ocsp_response(_answer(env, REVOKED))
    signer = read.certificates[0]
    key = signer.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(read.signature, read.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))
    issuing = x509.load_der_x509_certificate(env.signer.authority().issuing_der)
    signer.verify_directly_issued_by(issuing)
    assert read.responder_key_hash == env.signer.authority().ocsp_key_hash


def test_a_nonce_is_echoed(env):
    read = ocsp.load_der_ocsp_response(_answer(env, REVOKED, octet_string(b"n" * 32)))
    echoed = read.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    assert echoed == b"n" * 32


def test_what_was_answered_reads_back(env):
    single = read_first_single(_answer(env, REVOKED))
    assert single is not None
    assert (single.state, single.target.serial) == (State.REVOKED, SERIAL)
    assert (single.this_update, single.next_update) == (NOW, LATER)


def test_an_error_answer_holds_no_status():
    assert read_first_single(bytes.fromhex("30030a0106")) is None


def test_revoked_without_a_time_cannot_be_said(env):
    with pytest.raises(DerError):
        _answer(env, Status(state=State.REVOKED))


@given(st.binary(max_size=200))
def test_reading_a_garbage_answer_fails_cleanly(octets):
    for read in (read_response_data, read_first_single):
        with pytest.raises(DerError):
            read(octets)


def test_an_answer_cut_off_anywhere_fails_cleanly(env):
    whole = _answer(env, REVOKED)
    for end in range(len(whole)):
        with pytest.raises(DerError):
            read_first_single(whole[:end])
    assert Cursor(whole).whole() == whole
