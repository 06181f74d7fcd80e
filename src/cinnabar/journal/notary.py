"""The key that signs checkpoints: `journal.key`, and `journal.vkey` beside it for the auditor.

The public file holds one verifier key a line. After a change of key the old ones stay in it, so
that what they signed still verifies; the one that fits the private key signs.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cinnabar.journal.notes import Head, NoteError, VerifierKey, usable_name, write_note
from cinnabar.kernel.dice import Dice

_SEED = 32


class NotaryError(Exception):
    """The key of the checkpoints cannot be used; the text says which file and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notary:
    """Signs checkpoints under one key; `keys` are all whose signatures are believed."""

    key: VerifierKey
    keys: tuple[VerifierKey, ...]
    private: Ed25519PrivateKey = field(repr=False)

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed note for a tree of `size` leaves (deterministic, RFC 8032)."""
        head = Head(origin=self.key.name, size=size, root=root)
        return write_note(head, self.key, self.private.sign(head.body().encode()))


def create_notary(path: Path, *, name: str, dice: Dice) -> Notary:
    """Make a key named `name` (say `cinnabar.example/journal`) and keep it at `path`.

    Writes the private key (PEM, readable by its owner only) and adds the verifier key to the
    file beside it. Raises `FileExistsError` rather than replace a private key, and `ValueError`
    for an unusable name.
    """
    if not usable_name(name):
        msg = f"a key cannot be called {name!r}: no blanks and no plus sign"
        raise ValueError(msg)
    private = Ed25519PrivateKey.from_private_bytes(dice.octets(_SEED))
    key = VerifierKey(name=name, public=private.public_key().public_bytes_raw())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if path.exists():
        raise FileExistsError(path)
    # The public half first: a private key without it would sign what nobody can check.
    _write(_public_file(path), f"{key}\n".encode(), os.O_APPEND, 0o644)
    _write(path, pem, os.O_EXCL, 0o600)
    return load_notary(path)


def load_notary(path: Path) -> Notary:
    """Return the notary whose private key is at `path`; raise `NotaryError` if it is unfit."""
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        msg = f"the key of the journal, {path.name}, cannot be read: {problem}"
        raise NotaryError(msg) from problem
    if not isinstance(private, Ed25519PrivateKey):
        msg = f"the key of the journal, {path.name}, is not an Ed25519 key"
        raise NotaryError(msg)
    keys = load_keys(_public_file(path))
    public = private.public_key().public_bytes_raw()
    for key in keys:
        if key.public == public:
            return Notary(key=key, keys=tuple(keys), private=private)
    msg = f"{_public_file(path).name} does not hold the public half of {path.name}"
    raise NotaryError(msg)


def load_keys(path: Path) -> Sequence[VerifierKey]:
    """Return the verifier keys in the file at `path`, one a line; raise `NotaryError`."""
    try:
        keys = [VerifierKey.parse(line) for line in path.read_text().splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError, NoteError) as problem:
        msg = f"the verifier keys in {path.name} cannot be read: {problem}"
        raise NotaryError(msg) from problem
    if not keys:
        msg = f"there is no verifier key in {path.name}"
        raise NotaryError(msg)
    return keys


def _public_file(path: Path) -> Path:
    return path.with_suffix(".vkey")


def _write(path: Path, content: bytes, how: int, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
