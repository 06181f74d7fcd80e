"""Signed checkpoints as text: C2SP tlog-checkpoint on C2SP signed-note, Ed25519. Pure.

Three lines are signed: the origin (the same as the name of the key), the count of leaves, and
the root in base64. After an empty line follows the signature, `— NAME BASE64`.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cinnabar.journal.tree import DIGEST

_ED25519 = b"\x01"
_KEY_ID = 4
_NAME = re.compile(r"[^\s+]+")
_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/=]+)\n(?:[^\n]+\n)*")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)\n")


class NoteError(ValueError):
    """A text is not a checkpoint that a known key signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a checkpoint says of the tree."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Return the text that gets signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A name and the 32-octet Ed25519 public key that signs under it."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four octets that, with the name, tell the key from others."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID]

    def __str__(self) -> str:
        """Return the key as text, the form in which it is handed to an auditor."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key from its text; raise `NoteError` if it is not one."""
        name, _, rest = text.strip().partition("+")
        hint, _, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except ValueError as problem:  # not base64, or not even ASCII
            msg = "not a verifier key"
            raise NoteError(msg) from problem
        key = cls(name=name, public=raw[1:])
        if raw[:1] != _ED25519 or len(raw) != 1 + DIGEST or key.id.hex() != hint:
            msg = "not a verifier key of an Ed25519 key"
            raise NoteError(msg)
        return key

    def verifies(self, body: str, signature: bytes) -> bool:
        """Tell whether `signature`, without the key's id, is of `body`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, body.encode())
        except InvalidSignature:
            return False
        return True


def usable_name(name: str) -> bool:
    """Tell whether a key may be called `name`: not empty, no blanks, no plus sign."""
    return _NAME.fullmatch(name) is not None


def write_note(head: Head, key: VerifierKey, signature: bytes) -> str:
    """Return the note in which `key` signed `head`."""
    return f"{head.body()}\n— {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def signer(note: str) -> str:
    """Return name and id, in hex, of the key that a note says signed it first."""
    name, code = _SIGNATURE.findall(note)[0]
    return f"{name}+{_decoded(code)[:_KEY_ID].hex()}"


def read_note(note: str, keys: Sequence[VerifierKey]) -> Head:
    """Return what `note` says, if one of `keys` signed it.

    Signatures of others are passed over; a wrong one of a known key spoils the note. Raises
    `NoteError` saying why.
    """
    text, _, tail = note.rpartition("\n\n")
    body = text + "\n"
    read = _BODY.fullmatch(body)
    signatures = _SIGNATURE.findall(tail)
    if read is None or tail != "".join(f"— {name} {code}\n" for name, code in signatures):
        msg = "it is not in the form of a checkpoint"
        raise NoteError(msg)
    _check_signatures(body, signatures, keys)
    head = Head(origin=read[1], size=int(read[2]), root=_decoded(read[3]))
    if len(head.root) != DIGEST or not any(head.origin == key.name for key in keys):
        msg = f"it speaks of another log, {head.origin}"
        raise NoteError(msg)
    return head


def _check_signatures(
    body: str, signatures: Sequence[tuple[str, str]], keys: Sequence[VerifierKey]
) -> None:
    known = {(key.name, key.id): key for key in keys}
    signed = False
    for name, code in signatures:
        raw = _decoded(code)
        key = known.get((name, raw[:_KEY_ID]))
        if key is None:
            continue
        if not key.verifies(body, raw[_KEY_ID:]):
            msg = f"the signature of {name} is wrong"
            raise NoteError(msg)
        signed = True
    if not signed:
        msg = "no key that is known here signed it"
        raise NoteError(msg)


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        msg = "it is not in base64"
        raise NoteError(msg) from problem
    if base64.b64encode(raw).decode() != text:
        msg = "its base64 has a second spelling"
        raise NoteError(msg)
    return raw
