"""One line of the doctor's: what was looked at, how it is, what it means, what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Level(StrEnum):
    """How something is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


EXIT_CODES = {Level.OK: 0, Level.WARN: 1, Level.BAD: 2}
"""What `cinnabar doctor` ends with; monitoring plugins use the same numbers."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, and the next step unless all is well."""

    name: str
    level: Level
    says: str
    next: str = ""


def worst(levels: list[Level]) -> Level:
    """Return the worst of `levels`."""
    return max(levels, key=EXIT_CODES.__getitem__, default=Level.OK)


def grade(value: timedelta, *, warn: timedelta, bad: timedelta) -> Level:
    """Return how it is to have `value` left: below `bad` is bad, below `warn` a warning."""
    if value < bad:
        return Level.BAD
    return Level.WARN if value < warn else Level.OK


def ends(at: datetime, now: datetime) -> str:
    """Say when something ends, and how far off that is."""
    moment = f"{at:%Y-%m-%d %H:%M} UTC"
    if at <= now:
        return f"ended {moment}, {span(now - at)} ago"
    return f"holds until {moment}, {span(at - now)}"


def span(length: timedelta) -> str:
    """Return a length of time as people say it, cut to its largest unit."""
    seconds = int(length.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} seconds"
