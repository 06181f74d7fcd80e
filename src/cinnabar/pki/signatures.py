"""Verifying signatures of customers' keys (SIG-01, SIG-03)."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from cinnabar.pki.keys import KeyRefused, load_key


def signature_holds(
    spki_der: bytes, signature: bytes, message: bytes, *, digest: str | None = None
) -> bool:
    """Tell whether `signature` is one of the key `spki_der` over `message`.

    ECDSA in DER form, or RSA PKCS #1 v1.5. `digest` is "sha256", "sha384" or "sha512"; left
    out, it is the one that goes with the key: SHA-384 for P-384, else SHA-256. Never raises for
    what a stranger may have sent: an unusable key or digest makes no signature hold.
    """
    try:
        key = load_key(spki_der)
        _verify(key, signature, message, _DIGESTS[digest or natural_digest(key)])
    except (InvalidSignature, KeyRefused, KeyError, ValueError, UnsupportedAlgorithm):
        return False
    return True


_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def natural_digest(key: PublicKeyTypes) -> str:
    """Return the digest that goes with the key."""
    is_p384 = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp384r1"
    return "sha384" if is_p384 else "sha256"


def _verify(
    key: PublicKeyTypes, signature: bytes, message: bytes, digest: hashes.HashAlgorithm
) -> None:
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), digest)
    else:
        raise KeyRefused(why="algorithm")
