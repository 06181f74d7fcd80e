"""Keys that rest under a passphrase: PKCS #8 with PBES2 (RFC 8018 6.2), as `openssl pkey` reads.

Written here because the library offers no say in the number of rounds, and its 2,048 are few.
"""

import base64

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cinnabar.kernel.dice import Dice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.der import NULL, integer, octet_string, oid, sequence, tlv
from cinnabar.signer.keys import KeyUnusable

ROUNDS = 600_000
"""PBKDF2 with HMAC-SHA-256, by OWASP's Password Storage Cheat Sheet."""
LEAST_LENGTH = 15
"""Characters of a passphrase that guards the root."""

_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_HMAC_SHA256, _AES256_CBC = "1.2.840.113549.2.9", "2.16.840.1.101.3.4.1.42"
_BLOCK = 16


def lock(
    key: ec.EllipticCurvePrivateKey, passphrase: Secret, dice: Dice, *, rounds: int = ROUNDS
) -> bytes:
    """Return `key` encrypted under `passphrase`, PEM; raise `KeyUnusable` for a short one."""
    if len(passphrase.reveal()) < LEAST_LENGTH:
        msg = f"the passphrase of the root key has at least {LEAST_LENGTH} characters"
        raise KeyUnusable(msg)
    salt, start = dice.octets(_BLOCK), dice.octets(_BLOCK)
    derivation = PBKDF2HMAC(hashes.SHA256(), 32, salt, rounds)
    cipher = Cipher(AES256(derivation.derive(passphrase.reveal().encode())), CBC(start))
    padder = padding.PKCS7(8 * _BLOCK).padder()
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    worker = cipher.encryptor()
    sealed = worker.update(padder.update(plain) + padder.finalize()) + worker.finalize()
    return _pem(sequence(_scheme(salt, start, rounds), octet_string(sealed)))


def _scheme(salt: bytes, start: bytes, rounds: int) -> bytes:
    hmac = sequence(oid(_HMAC_SHA256), tlv(NULL, b""))
    derivation = sequence(oid(_PBKDF2), sequence(octet_string(salt), integer(rounds), hmac))
    encryption = sequence(oid(_AES256_CBC), octet_string(start))
    return sequence(oid(_PBES2), sequence(derivation, encryption))


def _pem(der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
    name = "ENCRYPTED PRIVATE KEY"
    return f"-----BEGIN {name}-----\n{lines}\n-----END {name}-----\n".encode()


def unlock(pem: bytes, passphrase: Secret) -> ec.EllipticCurvePrivateKey:
    """Return the key in `pem`; raise `KeyUnusable` if the passphrase is not its."""
    try:
        key = load_pem_private_key(pem, password=passphrase.reveal().encode())
    except (ValueError, TypeError) as problem:
        msg = "the root key does not open with this passphrase"
        raise KeyUnusable(msg) from problem
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = "the root key is not of an elliptic curve"
        raise KeyUnusable(msg)
    return key
