"""A customer's certificates from the first to the newest, with what the journal proves of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.proved import Keys, Proved, Standing, prove, worst
from cinnabar.certificates.states import EndReason, State
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.journal import inclusion, receipts
from cinnabar.journal.events import Event
from cinnabar.journal.inclusion import Sealed, Told
from cinnabar.kernel.refusal import Refusal, Refused

PAGE = 10
"""Certificates on a page."""


class Actor(StrEnum):
    """Who did something, as far as a customer should know."""

    SELF = "self"
    BRANCH = "branch"
    SYSTEM = "system"


class Ending(StrEnum):
    """Why a certificate is over."""

    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvent:
    """Something that happened to a certificate; `replaces` is the serial it took over from."""

    at: datetime
    event: Event
    actor: Actor
    channel: str
    replaces: str
    place: int | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCertificate:
    """A certificate of the visitor. `standing` is the worst of all its journal should hold."""

    serial: str
    channel: str
    act: str
    state: State
    asked_at: datetime
    not_before: datetime
    not_after: datetime
    ended_at: datetime | None
    ending: Ending | None
    events: tuple[OwnEvent, ...]
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The newest checkpoint that was believed: over how many entries, and when it was signed."""

    size: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the visitor's certificates, newest first, of every channel."""

    certificates: tuple[OwnCertificate, ...]
    number: int
    has_older: bool
    checkpoint: Checkpoint | None


def own_page(env: Env, visitor: Visitor, keys: Keys, number: int) -> Page:
    """Return the `number`th page, the first is 1; the count of statements does not grow with it."""
    start = (number - 1) * PAGE
    found = Certificate.objects.filter(customer_id=visitor.customer_id).defer("tbs", "der")
    rows = list(found.order_by("-intended_at", "-id")[start : start + PAGE + 1])
    sealed, proved = prove(env, visitor, keys, [row.serial for row in rows[:PAGE]])
    return Page(
        certificates=tuple(_own(env, row, proved[row.serial]) for row in rows[:PAGE]),
        number=number,
        has_older=len(rows) > PAGE,
        checkpoint=_checkpoint(sealed),
    )


def own(
    env: Env, visitor: Visitor, keys: Keys, serial: str
) -> tuple[OwnCertificate, Checkpoint | None]:
    """Return one certificate of the visitor; raise `Refused(NOT_FOUND)` for anybody else's."""
    row = _row(visitor, serial)
    sealed, proved = prove(env, visitor, keys, [serial])
    return _own(env, row, proved[serial]), _checkpoint(sealed)


def receipt(env: Env, visitor: Visitor, keys: Keys, serial: str, *, since: int | None) -> bytes:
    """Return the receipt for what is under the newest checkpoint (see `journal.receipts`).

    It holds entries of the visitor himself and hashes of others, which say nothing about
    anybody. `since` is the size of an earlier checkpoint that it should be shown to have grown
    from. Raises `Refused`: NOT_FOUND; RECEIPT_NOT_READY, also for a `since` that is no size yet.
    """
    _row(visitor, serial)
    sealed, proved = prove(env, visitor, keys, [serial])
    entries = [(p.entry, p.path) for p in proved[serial] if p.standing is Standing.INCLUDED]
    if sealed is None or not entries:
        raise Refused(Refusal.RECEIPT_NOT_READY)
    grown = None
    if since is not None:
        path = inclusion.growth(since, sealed.head.size) if since <= sealed.head.size else None
        if path is None:
            raise Refused(Refusal.RECEIPT_NOT_READY)
        grown = since, path
    return receipts.write(sealed.note, entries, grown=grown)


def _row(visitor: Visitor, serial: str) -> Certificate:
    row = Certificate.objects.filter(customer_id=visitor.customer_id, serial=serial).first()
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def _own(env: Env, row: Certificate, proved: Sequence[Proved]) -> OwnCertificate:
    state, now = State(row.state), env.clock.now()
    ending = _ending(state, row.reason)
    expired = ending is None and state is State.LIVE and row.not_after < now
    return OwnCertificate(
        serial=row.serial,
        channel=row.channel,
        act=row.act,
        state=state,
        asked_at=row.intended_at,
        not_before=row.not_before,
        not_after=row.not_after,
        ended_at=row.not_after if expired else row.revoked_at,
        ending=Ending.EXPIRED if expired else ending,
        events=tuple(_event(one) for one in proved),
        standing=worst(row.serial, state, proved),
    )


def _ending(state: State, reason: str) -> Ending | None:
    if state is State.REVOKED:
        return Ending.LOST if reason == EndReason.KEY_COMPROMISE else Ending.REVOKED
    return {State.SUPERSEDED: Ending.SUPERSEDED, State.CLOSED: Ending.CLOSED}.get(state)


def _event(proved: Proved) -> OwnEvent:
    entry = proved.entry
    return OwnEvent(
        at=entry.at,
        event=entry.event,
        actor=_actor(entry),
        channel=entry.channel,
        replaces=str(entry.details.get("replaces") or ""),
        place=entry.index,
        standing=proved.standing,
    )


def _actor(entry: Told) -> Actor:
    if entry.by == Actor.BRANCH.value:
        return Actor.BRANCH
    return Actor.SELF if entry.by == entry.subject else Actor.SYSTEM


def _checkpoint(sealed: Sealed | None) -> Checkpoint | None:
    return Checkpoint(size=sealed.head.size, at=sealed.at) if sealed else None
