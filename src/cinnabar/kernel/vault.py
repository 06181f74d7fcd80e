"""Keys that rest outside the database: sealing, blind indexes and keyed hashes.

Sealing is AES-256-GCM (NIST SP 800-38D) under versioned keys that rotate; the index and the
keyed hashes are HMAC-SHA-256 (RFC 2104), each purpose under a key of its own derived with
HKDF (RFC 5869), so that a value of one purpose says nothing about another (PRV-03, COD-11).
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cinnabar.kernel.dice import Dice

_NONCE = 12
_KEY = 32


class VaultError(Exception):
    """A sealed value could not be opened: altered, moved to another place, or its key is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys of an installation. `sealing` maps versions 1 to 255 to 32-octet keys."""

    sealing: Mapping[int, bytes]
    hashing: bytes
    pepper: bytes

    @property
    def newest(self) -> int:
        """Return the version new values are sealed under."""
        return max(self.sealing)

    def rotated(self, dice: Dice) -> "Keyring":
        """Return the ring with one more sealing key, which becomes the newest."""
        return Keyring(
            sealing={**self.sealing, self.newest + 1: dice.octets(_KEY)},
            hashing=self.hashing,
            pepper=self.pepper,
        )

    def save(self, path: Path) -> None:
        """Write the ring to `path`, readable by its owner only, all or nothing."""
        document = {
            "sealing": {str(v): base64.b64encode(k).decode() for v, k in self.sealing.items()},
            "hashing": base64.b64encode(self.hashing).decode(),
            "pepper": base64.b64encode(self.pepper).decode(),
        }
        beside = path.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


def new_keyring(dice: Dice) -> Keyring:
    """Return a ring of fresh keys."""
    return Keyring(
        sealing={1: dice.octets(_KEY)}, hashing=dice.octets(_KEY), pepper=dice.octets(_KEY)
    )


def load_keyring(path: Path) -> Keyring:
    """Return the ring kept at `path`; raise `VaultError` naming the file if it is not one."""
    try:
        document = json.loads(path.read_text())
        return Keyring(
            sealing={int(v): base64.b64decode(k) for v, k in document["sealing"].items()},
            hashing=base64.b64decode(document["hashing"]),
            pepper=base64.b64decode(document["pepper"]),
        )
    except (OSError, ValueError, KeyError, AttributeError) as problem:
        msg = f"the key file {path.name} cannot be read: {problem}"
        raise VaultError(msg) from problem


class Vault:
    """Seals, opens and hashes under the keys of one ring."""

    def __init__(self, ring: Keyring, dice: Dice) -> None:
        """Work with `ring`; nonces come from `dice`."""
        self._ring = ring
        self._dice = dice
        self._ciphers = {version: AESGCM(key) for version, key in ring.sealing.items()}
        self._hash_key = lru_cache(maxsize=64)(self._derive)

    @property
    def newest(self) -> int:
        """Return the version of the key new values are sealed under."""
        return self._ring.newest

    @cached_property
    def pepper(self) -> bytes:
        """Return the 32-octet key that passwords are mixed with before hashing (PWD-06)."""
        return self._ring.pepper

    def seal(self, purpose: str, plain: bytes, *, bound_to: bytes) -> bytes:
        """Return `plain` sealed: version octet, 12-octet nonce, ciphertext with tag.

        `purpose` and `bound_to` (say the customer's subject) are authenticated with it, so that
        a value copied to another column or row does not open.
        """
        version = self._ring.newest
        nonce = self._dice.octets(_NONCE)
        cipher = self._ciphers[version]
        return bytes([version]) + nonce + cipher.encrypt(nonce, plain, _context(purpose, bound_to))

    def open(self, purpose: str, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Return what `seal` was given; raise `VaultError` for anything else."""
        cipher = self._ciphers.get(sealed[0]) if sealed else None
        if cipher is None:
            msg = f"no key for a sealed {purpose}"
            raise VaultError(msg)
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return cipher.decrypt(nonce, body, _context(purpose, bound_to))
        except (InvalidTag, ValueError) as problem:
            msg = f"a sealed {purpose} does not open"
            raise VaultError(msg) from problem

    def index(self, purpose: str, text: str) -> bytes:
        """Return the 32-octet blind index of `text`: equal texts meet, nobody can invert it."""
        return self.mac(f"index {purpose}", text.encode())

    def mac(self, purpose: str, *parts: bytes) -> bytes:
        """Return the 32-octet keyed hash of `parts`; where one ends and the next begins counts."""
        digest = hmac.new(self._hash_key(purpose), digestmod=hashlib.sha256)
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.digest()

    def _derive(self, purpose: str) -> bytes:
        derivation = HKDF(algorithm=hashes.SHA256(), length=_KEY, salt=None, info=purpose.encode())
        return derivation.derive(self._ring.hashing)


def _context(purpose: str, bound_to: bytes) -> bytes:
    return purpose.encode() + b"\x00" + bound_to
