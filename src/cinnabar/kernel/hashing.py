"""Argon2id for long-lived secrets (RFC 9106, PWD-06), peppered, on threads of its own.

Hashing is slow on purpose. It runs on threads at a lower priority than everything else, behind
a gate: a flood of sign-ins then waits a moment or is turned away while every other page answers
as before (architecture: overload sheds, never collapses).
"""

import base64
import hashlib
import hmac
import os
import threading
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.low_level import hash_secret

from cinnabar.kernel.gate import Gate, Size, Standing
from cinnabar.kernel.secrets import Secret

T = TypeVar("T")

_LOWER_PRIORITY = 19
_ROOM = 16
"""How many may wait where nobody says how many threads there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Profile:
    """Named parameters of Argon2id. `memory_kib` is in KiB."""

    time_cost: int
    memory_kib: int
    lanes: int


PROFILES = {
    "owasp-19": Argon2Profile(time_cost=2, memory_kib=19 * 1024, lanes=1),
    "rfc9106-low": Argon2Profile(time_cost=3, memory_kib=64 * 1024, lanes=4),
    "test": Argon2Profile(time_cost=1, memory_kib=8, lanes=1),
}


class Hasher(Protocol):
    """Hashes and verifies secrets that people choose.

    Each call enters the gate, as KNOWN unless its thread is in already, and so may raise
    `Refused(BUSY)`; whoever has something to count enters before he counts it.
    """

    def enter(self, who: Standing) -> AbstractContextManager[None]:
        """Be admitted while the body runs; raise `Refused(BUSY, retry_after=seconds)`."""
        ...

    def turned_away(self, who: Standing) -> int | None:
        """Return the seconds after which to come back, None for whoever may enter now."""
        ...

    def hash(self, secret: Secret, *, like: str | None = None) -> str:
        """Return the encoded hash of `secret`, with the salt of `like` if it is of today's kind."""
        ...

    def matching(self, encoded: Sequence[str], secret: Secret) -> list[bool]:
        """Tell of each of `encoded` whether it was made from `secret`.

        Those that share salt and parameters cost as much together as one; none cost one too,
        so that an unknown customer costs as much as a known one.
        """
        ...

    def outdated(self, encoded: str) -> bool:
        """Tell whether `encoded` was made with other parameters than today's."""
        ...


class Argon2Hasher:
    """The product's hasher: HMAC with the pepper, then Argon2id."""

    def __init__(self, profile: str, pepper: bytes, *, size: Size | None = None) -> None:
        """Use the parameters named `profile`, behind a gate of `size`.

        Raises `KeyError` for a profile that does not exist.
        """
        chosen = PROFILES[profile]
        self._argon2 = PasswordHasher(
            time_cost=chosen.time_cost, memory_cost=chosen.memory_kib, parallelism=chosen.lanes
        )
        self._pepper = pepper
        cores = os.cpu_count() or 1
        size = size or Size(places=cores, room=_ROOM)
        self._gate = Gate(size)
        self._threads = ThreadPoolExecutor(
            min(cores, size.places), thread_name_prefix="argon2", initializer=_step_back
        )
        self._decoy = (self._argon2.hash(b"nobody has this password"),)

    def enter(self, who: Standing) -> AbstractContextManager[None]:
        """Be admitted; raise `Refused(BUSY, retry_after=seconds)`."""
        return self._gate.enter(who)

    def turned_away(self, who: Standing) -> int | None:
        """Return the seconds after which to come back, None for whoever may enter now."""
        return self._gate.turned_away(who)

    def hash(self, secret: Secret, *, like: str | None = None) -> str:
        """Return the encoded hash; raise `Refused(BUSY)`."""
        salt = _salt(like) if like is not None and not self.outdated(like) else None
        return self._on_a_thread(lambda: self._argon2.hash(self._peppered(secret), salt=salt))

    def matching(self, encoded: Sequence[str], secret: Secret) -> list[bool]:
        """Compare with each; raise `Refused(BUSY)`."""
        return self._on_a_thread(lambda: self._compare(encoded, secret))

    def outdated(self, encoded: str) -> bool:
        """Tell whether `encoded` should be made anew at the next right sign-in."""
        return self._argon2.check_needs_rehash(encoded)

    def _compare(self, encoded: Sequence[str], secret: Secret) -> list[bool]:
        made = {start: self._again(start, secret) for start in map(_start, encoded or self._decoy)}
        return [hmac.compare_digest(made[_start(one)], one.encode()) for one in encoded]

    def _again(self, start: str, secret: Secret) -> bytes:
        try:
            kind = extract_parameters(f"{start}${_NO_DIGEST}")
        except InvalidHashError:
            return b""  # what is no hash is nobody's
        return hash_secret(
            self._peppered(secret),
            _salt(start),
            time_cost=kind.time_cost,
            memory_cost=kind.memory_cost,
            parallelism=kind.parallelism,
            hash_len=self._argon2.hash_len,
            type=kind.type,
            version=kind.version,
        )

    def _peppered(self, secret: Secret) -> bytes:
        # One spelling of each character, whatever keyboard it came from (PWD-03).
        text = unicodedata.normalize("NFC", secret.reveal())
        return hmac.new(self._pepper, text.encode(), hashlib.sha256).digest()

    def _on_a_thread(self, work: Callable[[], T]) -> T:
        with self._gate.enter(Standing.KNOWN):
            return self._threads.submit(work).result()


_NO_DIGEST = base64.b64encode(bytes(32)).decode().rstrip("=")


def _start(encoded: str) -> str:
    """Return all of an encoded hash but its digest: kind, parameters and salt."""
    return encoded.rpartition("$")[0]


def _salt(encoded: str) -> bytes:
    text = encoded.split("$")[4]
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _step_back() -> None:
    # Linux gives each thread its own niceness; elsewhere the call concerns the process, so skip.
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWER_PRIORITY)
