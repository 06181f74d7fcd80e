"""Chance as an argument: the only place that draws random numbers (COD-01)."""

import base64
import random
import secrets
from collections.abc import Iterable
from typing import Protocol

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The 32 characters of Crockford's base 32: no I, L, O or U, so that nobody misreads them."""

_SERIAL_BITS = 126


class Dice(Protocol):
    """A source of chance."""

    def octets(self, n: int) -> bytes:
        """Return `n` random octets."""
        ...

    def text(self, alphabet: str, length: int) -> str:
        """Return `length` characters, each drawn evenly from `alphabet`."""
        ...

    def serial(self) -> int:
        """Return a certificate serial number: 127 bits, 126 of them random, positive (CRT-01)."""
        ...


def new_id(dice: Dice) -> str:
    """Return a name for a new row: 128 random bits as 26 letters and digits, lower-case."""
    return base64.b32encode(dice.octets(16)).decode().rstrip("=").lower()


class SystemDice:
    """The operating system's cryptographic generator."""

    def octets(self, n: int) -> bytes:
        """Return `n` octets of the system's generator."""
        return secrets.token_bytes(n)

    def text(self, alphabet: str, length: int) -> str:
        """Return `length` characters, each drawn evenly and independently."""
        return "".join(secrets.choice(alphabet) for _ in range(length))

    def serial(self) -> int:
        """Return 126 random bits under a leading one, so that its length never varies."""
        return (1 << _SERIAL_BITS) | secrets.randbits(_SERIAL_BITS)


class LoadedDice:
    """Dice for tests: repeatable, and texts can be loaded beforehand."""

    def __init__(self, seed: int = 0, texts: Iterable[str] = ()) -> None:
        """Start from `seed`; `texts` are handed out first."""
        self._random = random.Random(seed)  # noqa: S311 - repeatability is what it is for
        self._texts = list(texts)

    def load(self, *texts: str) -> None:
        """Make the next calls of `text` return `texts`, in order."""
        self._texts.extend(texts)

    def octets(self, n: int) -> bytes:
        """Return the next `n` octets of the seeded sequence."""
        return self._random.randbytes(n)

    def text(self, alphabet: str, length: int) -> str:
        """Return the loaded text if there is one, else draw from the seeded sequence."""
        if self._texts:
            return self._texts.pop(0)
        return "".join(self._random.choice(alphabet) for _ in range(length))

    def serial(self) -> int:
        """Return a serial of the seeded sequence, of the same shape as a real one."""
        return (1 << _SERIAL_BITS) | self._random.getrandbits(_SERIAL_BITS)
