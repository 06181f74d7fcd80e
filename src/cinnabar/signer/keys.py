"""Private keys of the CA. Soft keys here; an HSM's stand behind the same protocol (`hsm`)."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cinnabar.pki.keys import spki_of

OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyUnusable(Exception):  # noqa: N818 - says what it is
    """A key file that must not or cannot be used; the sentence names it."""


class SigningKey(Protocol):
    """A key that signs with ECDSA and SHA-256.

    `repeats`: the same octets get the same signature each time (RFC 6979).
    """

    @property
    def repeats(self) -> bool:
        """Tell so."""
        ...

    @property
    def spki(self) -> bytes:
        """Return the public half, SubjectPublicKeyInfo in DER."""
        ...

    def sign(self, octets: bytes) -> bytes:
        """Return the DER signature over `octets`; raise `SignerUnavailable`."""
        ...

    def ping(self) -> None:
        """Return if it can sign now; raise `SignerUnavailable`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationKeys:
    """The keys of one generation of the CA: issuing CA and OCSP signer."""

    issuing: SigningKey
    ocsp: SigningKey


class SoftKey:
    """A P-256 key in memory."""

    repeats = True

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        """Sign with `private`."""
        self.private = private
        self.spki = spki_of(private.public_key())
        self._how = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

    def sign(self, octets: bytes) -> bytes:
        """Return the DER signature over `octets` (RFC 6979)."""
        return self.private.sign(octets, self._how)

    def ping(self) -> None:
        """Return: what is in memory can sign."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a fresh P-256 key, drawn by OpenSSL's generator."""
    return ec.generate_private_key(ec.SECP256R1())


def load_soft_key(path: Path) -> SoftKey:
    """Return the P-256 key in the PEM file `path`.

    Raises `KeyUnusable` if others than its owner may read the file (CAK-01), or if it holds no
    such key.
    """
    try:
        if path.stat().st_mode & OTHERS:
            msg = f"others than its owner may read {path}; chmod 600 and think who has read it"
            raise KeyUnusable(msg)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        msg = f"no key can be read from {path}: {problem}"
        raise KeyUnusable(msg) from problem
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        msg = f"{path} holds a key that is not of P-256"
        raise KeyUnusable(msg)
    return SoftKey(key)


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return `key` as PKCS #8 in PEM, unencrypted: its guard is the file's owner."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_private(path: Path, octets: bytes) -> None:
    """Write a new file only its owner may read, durably; raise `FileExistsError`."""
    write_new(path, octets, mode=0o600)


def write_new(path: Path, octets: bytes, *, mode: int) -> None:
    """Write a new file with `mode`, durably; raise `FileExistsError` if there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # the umask may have taken some away
        file.write(octets)
        file.flush()
        os.fsync(descriptor)
