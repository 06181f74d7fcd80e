"""What a device's cookie is, and what the secret in it tells. Pure (docs/flows/devices.md).

The first half is the series, which names the device; the second is its secret, which each
sign-in replaces. Both rest as hashes (SES-01).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cinnabar.kernel.secrets import Secret

HALF = 32
"""Characters of each half: 128 bits."""

SECOND_TAB = timedelta(minutes=1)
"""How long the former secret is a second tab's, sent off before the first came back."""


class Standing(StrEnum):
    """What the secret is that a browser shows; the table of the flow's page, line by line.

    LOST: the former one, and the newer was never seen. BEFORE: a cookie from before the series.
    """

    NEW = "new"
    CURRENT = "current"
    FORMER = "former"
    LOST = "lost"
    BEFORE = "before"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A device as it rests. `seen`: a browser has come back with the current secret."""

    device: str
    secret: str
    former: str
    rotated_at: datetime | None
    seen: bool
    ended_at: datetime | None


def device_name(token: Secret) -> str:
    """Return the name of the device whose cookie it is."""
    return _hash(token.reveal()[:HALF])


def former_name(token: Secret) -> str:
    """Return the name a device had when its cookie was one piece."""
    return _hash(token.reveal())


def secret_name(token: Secret) -> str:
    """Return the hash of the secret in a cookie."""
    return _hash(token.reveal()[HALF:])


def with_secret(token: Secret, secret: str) -> Secret:
    """Return the cookie of the same series with another secret."""
    return Secret(token.reveal()[:HALF] + secret)


def judge(series: Series | None, token: Secret, now: datetime) -> Standing:
    """Return what `token` is to the device found under one of its names."""
    if series is None or series.ended_at is not None:
        return Standing.NEW
    if series.device == former_name(token):
        return Standing.BEFORE
    shown = secret_name(token)
    if shown == series.secret:
        return Standing.CURRENT
    if shown != series.former or series.rotated_at is None:
        return Standing.STALE
    if now - series.rotated_at < SECOND_TAB:
        return Standing.FORMER
    return Standing.STALE if series.seen else Standing.LOST


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
