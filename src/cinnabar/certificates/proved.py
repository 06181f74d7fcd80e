"""What the journal tells of a customer's certificates, and whether it can prove it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cinnabar.certificates.states import State
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.journal import inclusion
from cinnabar.journal.events import Event
from cinnabar.journal.inclusion import Sealed, Told
from cinnabar.journal.notes import NoteError, VerifierKey

Keys = Callable[[], Sequence[VerifierKey]]
"""Gives the keys whose checkpoints are believed."""

EVENTS = (
    Event.CERTIFICATE_INTENDED,
    Event.CERTIFICATE_ISSUED,
    Event.CERTIFICATE_RENEWED,
    Event.CERTIFICATE_EXPORTED,
    Event.CERTIFICATE_IMPORTED,
    Event.CERTIFICATE_CLOSED,
    Event.CERTIFICATE_REVOKED,
    Event.CERTIFICATE_LOSS_REPORTED,
)
"""What a customer is told of; their entries hold nothing but his own data, for receipts."""

_Owed = tuple[str, frozenset[Event]]
"""One of these events, naming the certificate in this detail."""

_ISSUED: _Owed = (
    "serial",
    frozenset({Event.CERTIFICATE_ISSUED, Event.CERTIFICATE_RENEWED}),
)
_REPLACED: _Owed = ("replaces", _ISSUED[1])
_REVOKED: _Owed = (
    "serial",
    frozenset({Event.CERTIFICATE_REVOKED, Event.CERTIFICATE_LOSS_REPORTED}),
)
_OWED: Mapping[State, tuple[_Owed, ...]] = {
    State.ISSUING: (),
    State.LIVE: (_ISSUED,),
    State.SUPERSEDED: (_ISSUED, _REPLACED),
    State.REVOKED: (_ISSUED, _REVOKED),
    State.CLOSED: (("serial", frozenset({Event.CERTIFICATE_CLOSED})),),
}
_ASKED: _Owed = ("serial", frozenset({Event.CERTIFICATE_INTENDED}))


class Standing(StrEnum):
    """How something stands in the journal.

    WAITING: written, and not under a signed checkpoint yet. MISSING: it should be there and is
    not, or what is there is not what was signed.
    """

    INCLUDED = "included"
    WAITING = "waiting"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """An entry, and how it stands; `path` leads to the root if it is included."""

    entry: Told
    path: Sequence[bytes]
    standing: Standing


def prove(
    env: Env, visitor: Visitor, keys: Keys, serials: Sequence[str]
) -> tuple[Sealed | None, Mapping[str, list[Proved]]]:
    """Judge the visitor's entries about each serial, with one look at the journal for all.

    A checkpoint that no believed key signed proves nothing: then all of them are MISSING.
    """
    told = inclusion.told_of(visitor.subject, EVENTS)
    mine = {serial: [t for t in told if _is_about(t, serial)] for serial in serials}
    try:
        sealed, believed = inclusion.newest(keys()), True
    except NoteError:
        sealed, believed = None, False
    paths = _paths([entry for some in mine.values() for entry in some], sealed)

    def judged(entry: Told) -> Proved:
        genuine = believed and inclusion.is_genuine(env.vault, entry)
        held = inclusion.standing(entry, paths, sealed) if genuine else False
        path = paths.get(-1 if entry.index is None else entry.index) or ()
        return Proved(entry=entry, path=path, standing=_STANDING[held])

    return sealed, {serial: [judged(entry) for entry in some] for serial, some in mine.items()}


def worst(serial: str, state: State, proved: Sequence[Proved]) -> Standing:
    """Return how a certificate stands: everything its state owes the journal must be there."""
    for field, events in (_ASKED, *_OWED[state]):
        there = (p.entry.details.get(field) for p in proved if p.entry.event in events)
        if serial not in there:
            return Standing.MISSING
    standings = {p.standing for p in proved}
    return next(s for s in _FROM_WORST if s in standings)


_FROM_WORST = (Standing.MISSING, Standing.WAITING, Standing.INCLUDED)
_STANDING = {True: Standing.INCLUDED, None: Standing.WAITING, False: Standing.MISSING}


def _is_about(entry: Told, serial: str) -> bool:
    return serial in (entry.details.get("serial"), entry.details.get("replaces"))


def _paths(entries: Sequence[Told], sealed: Sealed | None) -> Mapping[int, Sequence[bytes] | None]:
    if sealed is None:
        return {}
    size = sealed.head.size
    places = {e.index for e in entries if e.index is not None and e.index < size}
    return inclusion.paths(places, size)
