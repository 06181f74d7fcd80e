"""Argon2id for long-lived secrets (RFC 9106, PWD-06), peppered, on threads of its own.

Hashing is slow on purpose. It runs on as many threads as there are cores, at a lower priority
than everything else, and behind a short queue: a flood of sign-ins then waits or is turned
away while every other page answers as before (architecture: overload sheds, never collapses).
"""

import hashlib
import hmac
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret

T = TypeVar("T")

_LOWER_PRIORITY = 19


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
    """Hashes and verifies secrets that people choose."""

    def hash(self, secret: Secret) -> str:
        """Return the encoded hash of `secret`."""
        ...

    def matches(self, encoded: str, secret: Secret) -> bool:
        """Tell whether `encoded` was made from `secret`."""
        ...

    def outdated(self, encoded: str) -> bool:
        """Tell whether `encoded` was made with other parameters than today's."""
        ...

    def spend_the_same(self, secret: Secret) -> None:
        """Do the work of `matches` for nobody, so that an unknown customer costs as much."""
        ...


class Argon2Hasher:
    """The product's hasher: HMAC with the pepper, then Argon2id."""

    def __init__(self, profile: str, pepper: bytes, *, queue: int = 16) -> None:
        """Use the parameters named `profile`; at most `queue` callers wait behind those served.

        Raises `KeyError` for a profile that does not exist.
        """
        chosen = PROFILES[profile]
        self._argon2 = PasswordHasher(
            time_cost=chosen.time_cost, memory_cost=chosen.memory_kib, parallelism=chosen.lanes
        )
        self._pepper = pepper
        cores = os.cpu_count() or 1
        self._room = threading.BoundedSemaphore(cores + queue)
        self._threads = ThreadPoolExecutor(
            cores, thread_name_prefix="argon2", initializer=_step_back
        )
        self._decoy = self._argon2.hash(b"nobody has this password")

    def hash(self, secret: Secret) -> str:
        """Return the encoded hash; raise `Refused(BUSY)` when the queue is full."""
        return self._on_a_thread(lambda: self._argon2.hash(self._peppered(secret)))

    def matches(self, encoded: str, secret: Secret) -> bool:
        """Tell whether `encoded` is of `secret`; raise `Refused(BUSY)` when the queue is full."""
        return self._on_a_thread(lambda: self._verify(encoded, secret))

    def outdated(self, encoded: str) -> bool:
        """Tell whether `encoded` should be made anew at the next right sign-in."""
        return self._argon2.check_needs_rehash(encoded)

    def spend_the_same(self, secret: Secret) -> None:
        """Verify against a hash that nothing matches."""
        self._on_a_thread(lambda: self._verify(self._decoy, secret))

    def _verify(self, encoded: str, secret: Secret) -> bool:
        try:
            return self._argon2.verify(encoded, self._peppered(secret))
        except (VerificationError, InvalidHashError):
            return False

    def _peppered(self, secret: Secret) -> bytes:
        return hmac.new(self._pepper, secret.reveal().encode(), hashlib.sha256).digest()

    def _on_a_thread(self, work: Callable[[], T]) -> T:
        if not self._room.acquire(blocking=False):
            raise Refused(Refusal.BUSY, retry_after=1)
        try:
            return self._threads.submit(work).result()
        finally:
            self._room.release()


def _step_back() -> None:
    # Linux gives each thread its own niceness; elsewhere the call concerns the process, so skip.
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWER_PRIORITY)
