"""One-time codes by counter and by time (RFC 4226, RFC 6238). Pure arithmetic."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

Digest: TypeAlias = Literal["sha1", "sha256", "sha512"]


def hotp(key: bytes, counter: int, *, digits: int, digest: Digest = "sha256") -> str:
    """Return the code of `counter`, with its leading zeros (RFC 4226, section 5.3)."""
    mac = hmac.new(key, counter.to_bytes(8, "big"), getattr(hashlib, digest)).digest()
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


def step_of(at: datetime, period: timedelta) -> int:
    """Return the number of the step that `at` falls into, from 1970 on (RFC 6238, 4.2)."""
    return int(at.timestamp()) // int(period.total_seconds())


def steps_around(at: datetime, period: timedelta, window: int) -> range:
    """Return the steps whose codes count at `at`: its own, `window` before and as many after."""
    here = step_of(at, period)
    return range(max(0, here - window), here + window + 1)


def matching(key: bytes, code: str, steps: Iterable[int], *, digits: int) -> int | None:
    """Return the latest of `steps` whose code is `code`, None if it is that of none.

    As many codes are made and compared whichever is right.
    """
    found = None
    for step in steps:
        if hmac.compare_digest(hotp(key, step, digits=digits).encode(), code.encode()):
            found = step
    return found
