"""What an app signs as a device, and the proof of its PIN. Pure (docs/flows/soft-token-pin.md)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from cinnabar.kernel.canonical import JsonValue, canonical
from cinnabar.kernel.refusal import Refusal, Refused

PIN_NONE = "-"
"""The proof where none is given."""

SECRET = 32
"""Octets of K_otp."""

_HEAD = "cinnabar soft token v1"
_PIN_HEAD = "cinnabar pin v1"
_LINES = ("purpose", "token", "challenge", "data", "pin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement as it is read; `data` is what stands for the data, hex."""

    purpose: str
    token: str
    challenge: str
    data: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request as a device signed it, without its data.

    `token` is what it says its key is called, `pin` the proof or `PIN_NONE`, `signature` r and s.
    """

    token: str
    challenge: str
    pin: str = field(repr=False)
    signature: bytes = field(repr=False)


def digest(data: Mapping[str, JsonValue]) -> str:
    """Return what stands for the data in a statement: SHA-256 of its canonical JSON, hex.

    Raises `Refused(INPUT_MALFORMED)` for what has no one spelling: a number that is not whole, a
    lone surrogate, more than a few hundred levels.
    """
    try:
        return hashlib.sha256(canonical(data)).hexdigest()
    except (TypeError, UnicodeEncodeError, RecursionError) as problem:
        raise Refused(Refusal.INPUT_MALFORMED, field="JSON") from problem


def statement(signed: Signed, purpose: str, data: Mapping[str, JsonValue]) -> bytes:
    """Return the octets that the device signs. `purpose` is ours; raises as `digest` does."""
    lines = (
        _HEAD,
        f"purpose: {purpose}",
        f"token: {signed.token}",
        f"challenge: {signed.challenge}",
        f"data: {digest(data)}",
        f"pin: {signed.pin}",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def read(octets: bytes) -> Said | None:
    """Return what a statement says; None for what is none, in any other spelling too."""
    lines = octets.decode().split("\n")
    named = [line.partition(": ")[::2] for line in lines[1:-1]]
    if lines[0] != _HEAD or lines[-1] or tuple(name for name, _ in named) != _LINES:
        return None
    return Said(**dict(named))


def proof(secret: bytes, purpose: str, challenge: str, data: Mapping[str, JsonValue]) -> str:
    """Return what shows that the PIN behind `secret` (K_otp) was typed for just this request."""
    said = f"{_PIN_HEAD}\n{purpose}\n{challenge}\n{digest(data)}"
    return _b64url(hmac.new(secret, said.encode(), hashlib.sha256).digest())


def challenge_text(challenge: bytes) -> str:
    """Return a challenge as it stands in statements."""
    return _b64url(challenge)


def challenge_octets(text: str) -> bytes:
    """Return the octets of a challenge that a device names, b"" for what is none.

    There is one spelling only: what is signed is the text.
    """
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
    return found if _b64url(found) == text else b""


def _b64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
