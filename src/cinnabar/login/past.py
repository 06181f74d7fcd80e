"""A customer's sign-ins as the journal has them, those that failed too (SES-05, AUD-01)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.journal import inclusion
from cinnabar.journal.events import Event
from cinnabar.journal.inclusion import Told

PAGE = 20
"""Sign-ins on a page."""

KEPT = timedelta(days=90)
"""How far back the page looks; the journal itself keeps everything."""


class Result(StrEnum):
    """What became of a sign-in. LOCKED: it was the wrong one that locked."""

    IN = "in"
    WRONG = "wrong"
    LOCKED = "locked"


_RESULTS: Mapping[Event, Result] = {
    Event.SIGN_IN_SUCCEEDED: Result.IN,
    Event.SIGN_IN_FAILED: Result.WRONG,
    Event.SIGN_IN_LOCKED: Result.LOCKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSignIn:
    """One of them. What an earlier version did not write down is "" or empty, None unknown.

    `address` as it was, not yet masked; `known`: on a device that he was known on.
    """

    at: datetime
    result: Result
    browser: str
    system: str
    address: str
    factors: frozenset[str]
    known: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the visitor's sign-ins, newest first; the first page is 1."""

    sign_ins: tuple[PastSignIn, ...]
    number: int
    has_older: bool


def own_page(env: Env, visitor: Visitor, number: int) -> Page:
    """Return the `number`th page of the visitor's own sign-ins; one statement."""
    since, first = env.clock.now() - KEPT, (number - 1) * PAGE
    found = inclusion.newest_of(visitor.subject, _RESULTS.keys(), since, first, PAGE + 1)
    return Page(
        sign_ins=tuple(_read(told) for told in found[:PAGE]),
        number=number,
        has_older=len(found) > PAGE,
    )


def _read(told: Told) -> PastSignIn:
    said = told.details
    factors, known = said.get("factors"), said.get("known_device")
    return PastSignIn(
        at=told.at,
        result=_RESULTS[told.event],
        browser=str(said.get("browser") or ""),
        system=str(said.get("system") or ""),
        address=str(said.get("address") or ""),
        factors=frozenset(map(str, factors)) if isinstance(factors, list) else frozenset(),
        known=known if isinstance(known, bool) else None,
    )
