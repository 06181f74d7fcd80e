"""Reading OCSP requests (RFC 6960 4.1, RFC 5019 5, RFC 9654)."""

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from cinnabar.pki import oids
from cinnabar.pki.certificate import read_extension, read_extensions
from cinnabar.pki.der import NULL, OCTET_STRING, OID, Cursor, DerError, context, oid

MAX_OCTETS = 4096
MAX_TARGETS = 16
"""Certificates asked about in one request. Clients ask about one; each answer is signed work."""

_NONCE = oid(oids.OCSP_NONCE)
_NONCE_OCTETS = range(1, 129)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertId:
    """The certificate asked about; `raw` is the DER to be echoed, `algorithm` an encoded OID."""

    raw: bytes
    algorithm: bytes
    name_hash: bytes
    key_hash: bytes
    serial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest:
    """What an OCSP client wants to know; `nonce` is the DER of the nonce extension's value."""

    targets: tuple[CertId, ...]
    nonce: bytes | None


def read_status_request(der: bytes) -> StatusRequest:
    """Return the request in `der`; raise `DerError` for whatever is malformed.

    A signature under the request is not asked for and not looked at (RFC 6960 4.1.2). A nonce
    has 1 to 128 octets (REV-04).
    """
    if len(der) > MAX_OCTETS:
        msg = "too long"
        raise DerError(msg)
    outer = Cursor(der)
    inside = outer.enter()
    outer.finish()
    request = inside.enter()
    _step_over(inside, 0)
    inside.finish()
    _step_over(request, 0)
    _step_over(request, 1)
    targets = _targets(request.enter())
    nonce = _nonce(request)
    request.finish()
    return StatusRequest(targets=targets, nonce=nonce)


def _step_over(cursor: Cursor, number: int) -> None:
    if cursor.peek() == context(number):
        cursor.whole(context(number))


def _targets(listed: Cursor) -> tuple[CertId, ...]:
    found: list[CertId] = []
    while listed.peek() != -1:
        if len(found) == MAX_TARGETS:
            msg = "too many certificates in one request"
            raise DerError(msg)
        single = listed.enter()
        found.append(read_cert_id(single.whole()))
        _step_over(single, 0)
        single.finish()
    if not found:
        msg = "no certificate asked about"
        raise DerError(msg)
    return tuple(found)


def read_cert_id(raw: bytes) -> CertId:
    """Return the parts of one CertID; raise `DerError`."""
    inside = Cursor(raw).enter()
    algorithm = inside.enter()
    kind = algorithm.whole(OID)
    if algorithm.peek() == NULL:
        algorithm.content(NULL)
    algorithm.finish()
    name_hash, key_hash = inside.content(OCTET_STRING), inside.content(OCTET_STRING)
    serial = inside.integer()
    inside.finish()
    return CertId(raw=raw, algorithm=kind, name_hash=name_hash, key_hash=key_hash, serial=serial)


def _nonce(request: Cursor) -> bytes | None:
    if request.peek() != context(2):
        return None
    found = [read_extension(one) for one in read_extensions(request.enter(context(2)))]
    nonces = [one.value for one in found if one.kind == _NONCE]
    if len(nonces) > 1:
        msg = "two nonces"
        raise DerError(msg)
    if not nonces:
        return None
    value = Cursor(nonces[0])
    octets = value.content(OCTET_STRING)
    value.finish()
    if len(octets) not in _NONCE_OCTETS:
        msg = "a nonce of the wrong length"
        raise DerError(msg)
    return nonces[0]


def decode_get(path: str) -> bytes:
    """Return the request in the last part of a GET address (RFC 6960 A.1); raise `DerError`.

    Servers hand the path over decoded once; some clients encode twice, some leave the padding
    away, so both are allowed for.
    """
    octets = unquote_to_bytes(path)
    if len(octets) > MAX_OCTETS * 2:
        msg = "too long"
        raise DerError(msg)
    try:
        return base64.b64decode(octets + b"=" * (-len(octets) % 4), validate=True)
    except (binascii.Error, ValueError) as problem:
        msg = "not base64"
        raise DerError(msg) from problem
