"""The key of a device: which are taken, what one is called, what it has signed."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.keys import KeyRefused, kind_of, load_key
from cinnabar.pki.keys import key_id as _named

_HALF = 32
"""Octets of r, and of s (IEEE P1363, as WebCrypto writes it)."""


def key_id(public_key: bytes) -> str:
    """Return what a device's key is called: SHA-256 of its SPKI, 64 hex digits.

    Raises `Refused(KEY_NOT_ACCEPTED)` for what is not the one canonical form of a P-256 key.
    """
    if _load(public_key) is None:
        raise Refused(Refusal.KEY_NOT_ACCEPTED, field="public_key")
    return _named(public_key)


def signed_by(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether the key signed `message`: ECDSA, SHA-256, r and s of 32 octets each.

    Never raises for what a stranger may have sent.
    """
    key = _load(public_key)
    if key is None or len(signature) != 2 * _HALF:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _load(public_key: bytes) -> ec.EllipticCurvePublicKey | None:
    try:
        key = load_key(public_key)
    except KeyRefused:
        return None
    if not isinstance(key, ec.EllipticCurvePublicKey) or kind_of(key) != "P-256":
        return None
    return key
