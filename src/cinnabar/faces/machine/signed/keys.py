"""Public keys that requests are signed with: Ed25519 and ECDSA on P-256 (RFC 9421, 3.3)."""

import hashlib
from dataclasses import dataclass
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

PublicKey: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey

_HALF: Final = 32
_NAME: Final = 16


class KeyUnusableError(ValueError):
    """The key is of another kind than the two that are accepted."""


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A key and the name of its algorithm in the registry of RFC 9421, 6.2.2."""

    public: PublicKey

    @property
    def algorithm(self) -> str:
        """Return what `alg` must say, where it says anything."""
        return "ed25519" if isinstance(self.public, Ed25519PublicKey) else "ecdsa-p256-sha256"

    @property
    def der(self) -> bytes:
        """Return the SubjectPublicKeyInfo."""
        return self.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def fingerprint(self) -> str:
        """Return the first half of the SHA-256 of the key, in hex: it goes into `keyid`."""
        return hashlib.sha256(self.der).hexdigest()[: 2 * _NAME]

    def made(self, signature: bytes, base: bytes) -> bool:
        """Tell whether this key made `signature` over `base`."""
        try:
            if isinstance(self.public, Ed25519PublicKey):
                self.public.verify(signature, base)
            else:
                self.public.verify(_as_der(signature), base, ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


def read_key(octets: bytes) -> VerifyKey:
    """Return the public key in PEM or DER `octets`; raise `KeyUnusableError`."""
    load = load_pem_public_key if octets.lstrip().startswith(b"-----BEGIN") else load_der_public_key
    try:
        key = load(octets)
    except (ValueError, UnsupportedAlgorithm) as problem:
        msg = "that is no public key in PEM or DER"
        raise KeyUnusableError(msg) from problem
    if isinstance(key, Ed25519PublicKey):
        return VerifyKey(key)
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return VerifyKey(key)
    msg = "a request is signed with Ed25519 or with ECDSA on P-256"
    raise KeyUnusableError(msg)


def _as_der(signature: bytes) -> bytes:
    """Return r and s, side by side as HTTP carries them (RFC 9421, 3.3.4), as DER."""
    if len(signature) != 2 * _HALF:
        msg = "a signature on P-256 has 64 octets"
        raise ValueError(msg)
    return encode_dss_signature(
        int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    )
