"""Building OCSP answers (RFC 6960 4.2; REV-03, REV-04).

The signer is delegated and named by the hash of its key; the answer carries its certificate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from cinnabar.pki import oids
from cinnabar.pki.authority import Authority
from cinnabar.pki.certificate import extension
from cinnabar.pki.crl import Reason
from cinnabar.pki.der import (
    ENUMERATED,
    GENERALIZED_TIME,
    OCTET_STRING,
    Cursor,
    DerError,
    bit_string,
    context,
    generalized_time,
    integer,
    octet_string,
    oid,
    sequence,
    tlv,
)
from cinnabar.pki.ocsp_request import CertId, read_cert_id

# Answers without a body are never signed (RFC 6960 4.2.1).
MALFORMED_REQUEST: Final = sequence(integer(1, ENUMERATED))
INTERNAL_ERROR: Final = sequence(integer(2, ENUMERATED))
TRY_LATER: Final = sequence(integer(3, ENUMERATED))
UNAUTHORIZED: Final = sequence(integer(6, ENUMERATED))
_SUCCESSFUL: Final = integer(0, ENUMERATED)


class State(StrEnum):
    """What is known of a serial. UNKNOWN: this CA never signed it."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of one certificate; time and reason only if revoked."""

    state: State
    revoked_at: datetime | None = None
    reason: Reason = Reason.UNSPECIFIED


_GOOD = tlv(context(0, constructed=False), b"")
_UNKNOWN = tlv(context(2, constructed=False), b"")


def cert_id(authority: Authority, serial: int) -> CertId:
    """Return the CertID most clients ask with: the issuing CA by SHA-1, and `serial`."""
    name_hash, key_hash = authority.hashes[oid(oids.SHA1)]
    raw = sequence(
        oids.SHA1_ALGORITHM, octet_string(name_hash), octet_string(key_hash), integer(serial)
    )
    return CertId(
        raw=raw, algorithm=oid(oids.SHA1), name_hash=name_hash, key_hash=key_hash, serial=serial
    )


def single_response(
    target: CertId, status: Status, *, this_update: datetime, next_update: datetime
) -> bytes:
    """Return one SingleResponse: `status` of `target`, to be relied on until `next_update`."""
    return sequence(
        target.raw,
        _status(status),
        generalized_time(this_update),
        tlv(context(0), generalized_time(next_update)),
    )


def _status(status: Status) -> bytes:
    if status.state is State.GOOD:
        return _GOOD
    if status.state is State.UNKNOWN:
        return _UNKNOWN
    if status.revoked_at is None:
        msg = "revoked, but since when?"
        raise DerError(msg)
    why = b""
    if status.reason is not Reason.UNSPECIFIED:
        why = tlv(context(0), integer(status.reason, ENUMERATED))
    return tlv(context(1), generalized_time(status.revoked_at) + why)


def response_data(
    authority: Authority,
    singles: Sequence[bytes],
    *,
    produced_at: datetime,
    nonce: bytes | None = None,
) -> bytes:
    """Return the ResponseData to be signed; `nonce` is the value read from the request."""
    extensions = b""
    if nonce is not None:
        extensions = tlv(context(1), sequence(extension(oids.OCSP_NONCE, nonce)))
    return sequence(
        tlv(context(2), octet_string(authority.ocsp_key_hash)),
        generalized_time(produced_at),
        sequence(*singles),
        extensions,
    )


def assemble_answer(authority: Authority, tbs: bytes, signature: bytes) -> bytes:
    """Return the OCSPResponse of `tbs` and the OCSP signer's DER ECDSA `signature`."""
    basic = sequence(
        tbs,
        oids.ECDSA_SHA256_ALGORITHM,
        bit_string(signature),
        tlv(context(0), sequence(authority.ocsp_der)),
    )
    body = sequence(oid(oids.OCSP_BASIC), octet_string(basic))
    return sequence(_SUCCESSFUL, tlv(context(0), body))


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleFacts:
    """One SingleResponse, read back."""

    target: CertId
    state: State
    this_update: datetime
    next_update: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFacts:
    """A ResponseData, read back; `responder` is the key hash it names."""

    responder: bytes
    produced_at: datetime
    singles: tuple[SingleFacts, ...]


def read_response_data(tbs: bytes) -> ResponseFacts:
    """Return the facts of a ResponseData as made here; raise `DerError` for any other."""
    outer = Cursor(tbs)
    inside = outer.enter()
    outer.finish()
    named = inside.enter(context(2))
    responder = named.content(OCTET_STRING)
    named.finish()
    produced_at = _generalized(inside)
    listed = inside.enter()
    singles = []
    while listed.peek() != -1:
        singles.append(_read_single(listed.enter()))
    if inside.peek() == context(1):
        inside.whole(context(1))
    inside.finish()
    return ResponseFacts(responder=responder, produced_at=produced_at, singles=tuple(singles))


def _read_single(single: Cursor) -> SingleFacts:
    target = read_cert_id(single.whole())
    tag = single.peek()
    state = _STATES.get(tag)
    if state is None:
        msg = "no certificate status"
        raise DerError(msg)
    single.whole(tag)
    this_update = _generalized(single)
    until = single.enter(context(0))
    next_update = _generalized(until)
    until.finish()
    single.finish()
    return SingleFacts(target=target, state=state, this_update=this_update, next_update=next_update)


_STATES = {
    context(0, constructed=False): State.GOOD,
    context(1): State.REVOKED,
    context(2, constructed=False): State.UNKNOWN,
}


def _generalized(cursor: Cursor) -> datetime:
    if cursor.peek() != GENERALIZED_TIME:
        msg = "not a GeneralizedTime"
        raise DerError(msg)
    return cursor.time()


def read_first_single(answer: bytes) -> SingleFacts | None:
    """Return the first status in a full OCSPResponse, or None if it is an error answer.

    Raises `DerError`. For looking at stored answers; it checks no signature.
    """
    outer = Cursor(answer)
    inside = outer.enter()
    outer.finish()
    if inside.integer(ENUMERATED) != 0:
        return None
    body = inside.enter(context(0)).enter()
    body.whole(oid(oids.OCSP_BASIC)[0])
    basic = Cursor(body.content(OCTET_STRING)).enter()
    return read_response_data(basic.whole()).singles[0]
