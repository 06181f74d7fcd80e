"""Pure decisions of delivery: deadlines, pauses, addresses."""

import re
from datetime import datetime, timedelta

from cinnabar.messages.policy import DeliveryPolicy

_MINUTE = timedelta(minutes=1)
_LONGEST_POWER = 40

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
_NUMBER = re.compile(r"\+?[0-9]{6,15}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254


def remaining(now: datetime, expires_at: datetime, margin: timedelta) -> timedelta:
    """Return how long a message is still good for once it has been handed over."""
    return expires_at - now - margin


def minutes_left(now: datetime, expires_at: datetime, margin: timedelta) -> int:
    """Return the whole minutes a gateway may keep trying; never more than there are.

    Gateways count in minutes, so it is rounded down: 300 s less the margin are 4.
    """
    return max(0, remaining(now, expires_at, margin) // _MINUTE)


def too_late(channel: str, now: datetime, expires_at: datetime | None, margin: timedelta) -> bool:
    """Tell whether a message must not leave any more.

    By SMS not in the last minute either: a gateway can enforce nothing shorter than that.
    """
    if expires_at is None:
        return False
    if channel == "sms":
        return minutes_left(now, expires_at, margin) < 1
    return remaining(now, expires_at, margin) <= timedelta()


def last_moment(channel: str, now: datetime, margin: timedelta) -> datetime:
    """Return the latest deadline that is `too_late` at `now`: the same rule, for a WHERE."""
    if channel == "sms":
        return now + margin + _MINUTE - timedelta(microseconds=1)
    return now + margin


def pause(attempts: int, *, expires: bool, chance: float, policy: DeliveryPolicy) -> timedelta:
    """Return how long to wait after failure number `attempts` (from 1).

    It doubles up to a ceiling, a low one for what expires; `chance`, from 0 up to 1, takes off
    up to half, so that messages that failed together do not come back together.
    """
    ceiling = policy.longest_pause_of_a_code if expires else policy.longest_pause
    full = min(ceiling, policy.first_pause * (1 << min(attempts - 1, _LONGEST_POWER)))
    return full * (1 - chance / 2)


def is_mail_address(text: str) -> bool:
    """Tell whether `text` is a plain address (RFC 5321 dot-string at a domain name).

    No quoted local parts, no address literals, ASCII only; a domain in other letters is kept in
    its `xn--` form. Nothing that passes can end a header or an SMTP command.
    """
    local = text.partition("@")[0]
    return (
        len(text) <= _LONGEST_ADDRESS
        and len(local) <= _LONGEST_LOCAL_PART
        and _ADDRESS.fullmatch(text) is not None
    )


def is_phone_number(text: str) -> bool:
    """Tell whether `text` is digits, perhaps after a plus sign (ITU-T E.164: at most 15)."""
    return _NUMBER.fullmatch(text) is not None


def one_line(text: str) -> str:
    """Return `text` with every run of control characters as one blank: safe in a header."""
    return _CONTROL.sub(" ", text).strip()
