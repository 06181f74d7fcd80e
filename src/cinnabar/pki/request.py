"""Reading a certification request (PKCS#10, RFC 2986; ENR-01).

Only two things of it are believed: the key, and that the sender holds its private half. Name
and extensions in it are ignored: what a certificate says comes from the firm's records.
"""

from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import (
    CertificateSigningRequest,
    InvalidVersion,
    load_der_x509_csr,
)

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.keys import KeyRefused, key_id, kind_of, spki_of

MAX_OCTETS = 8192
"""A request for RSA 4096 has some 1,300 octets; whatever is larger carries freight."""

_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """A key whose possession was proved.

    `spki_der` is canonical, so that one key has one `key_id` (SHA-256 of it, 64 hex digits);
    `kind` is "P-256", "P-384" or "RSA-<bits>".
    """

    spki_der: bytes
    key_id: str
    kind: str


def read_request(der: bytes) -> KeyRequest:
    """Return the key asked for in `der`.

    Raises `Refused`: REQUEST_MALFORMED, KEY_NOT_ACCEPTED (fact `why`), POSSESSION_NOT_PROVED.
    """
    request = _parse(der)
    try:
        key = request.public_key()
        kind = kind_of(key)
    except KeyRefused as refused:
        raise Refused(Refusal.KEY_NOT_ACCEPTED, why=refused.why) from None
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise Refused(Refusal.KEY_NOT_ACCEPTED, why="malformed") from problem
    if not _possession_proved(request):
        raise Refused(Refusal.POSSESSION_NOT_PROVED)
    spki = spki_of(key)
    return KeyRequest(spki_der=spki, key_id=key_id(spki), kind=kind)


def _parse(der: bytes) -> CertificateSigningRequest:
    if not 0 < len(der) <= MAX_OCTETS:
        raise Refused(Refusal.REQUEST_MALFORMED)
    try:
        return load_der_x509_csr(der)
    except (ValueError, TypeError, InvalidVersion, UnsupportedAlgorithm) as problem:
        raise Refused(Refusal.REQUEST_MALFORMED) from problem


def _possession_proved(request: CertificateSigningRequest) -> bool:
    try:
        return isinstance(request.signature_hash_algorithm, _HASHES) and request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
