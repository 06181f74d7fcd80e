"""The sessions of a customer that are open now, as faces show them (SES-05, SES-08)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from django.db.models import Q

from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login.models import Session
from cinnabar.login.rules import ends
from cinnabar.login.tokens import token_name

HANDLE = 16
"""Digits of a session's hash by which a page names it, among one customer's own only."""

_APP = "mobile"
"""The channel of the app's sessions."""

Why: TypeAlias = Literal["displaced", "elsewhere", "changed", "idle", "absolute"]
"""Why a browser finds its session ended without having signed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One open session; `agent` and `address` as they were at sign-in, not yet masked.

    `in_app`: it is the app's, not the web pages'.
    """

    handle: str
    in_app: bool
    agent: str
    address: str
    amr: frozenset[str]
    started_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """When a session ends: `idle` if it is not used any more, `absolute` in any case."""

    idle: datetime
    absolute: datetime


def open_sessions(env: Env, visitor: Visitor) -> tuple[OpenSession, ...]:
    """Return the visitor's open sessions, this one first, then those used last."""
    rows = Session.objects.filter(alive(env), customer_id=visitor.customer_id)
    found = [_view(visitor, row) for row in rows.order_by("-seen_at", "-started_at")]
    return tuple(sorted(found, key=lambda one: not one.is_this))


def this_ends(env: Env, visitor: Visitor) -> Ends:
    """Return when the visitor's session ends; raise `Refused(SIGNED_OUT)` if it has."""
    row = Session.objects.filter(pk=visitor.session, ended_at=None).first()
    if row is None:
        raise Refused(Refusal.SIGNED_OUT)
    last, end = ends(env.firm.login, started_at=row.started_at, seen_at=row.seen_at)
    return Ends(idle=min(last, end), absolute=end)


def why_ended(env: Env, session: Secret) -> Why | None:
    """Return why the session of that token ended, None where nobody need be told.

    For whoever holds the token: it was his own.
    """
    row = Session.objects.filter(pk=token_name(session)).first()
    if row is None:
        return None
    if row.ended_at is not None:
        told: dict[str, Why] = {w: w for w in ("displaced", "elsewhere", "changed")}
        return told.get(row.ended_why)
    last, end = ends(env.firm.login, started_at=row.started_at, seen_at=row.seen_at)
    now = env.clock.now()
    if now >= end:
        return "absolute"
    return "idle" if now >= last else None


def alive(env: Env) -> Q:
    """Return what is true of sessions that have not ended, by anybody's word or by time."""
    now, policy = env.clock.now(), env.firm.login
    return Q(ended_at=None, started_at__gt=now - policy.absolute, seen_at__gt=now - policy.idle)


def _view(visitor: Visitor, row: Session) -> OpenSession:
    return OpenSession(
        handle=row.id[:HANDLE],
        in_app=row.channel == _APP,
        agent=row.agent,
        address=row.address,
        amr=frozenset(row.amr.split()),
        started_at=row.started_at,
        seen_at=row.seen_at,
        is_this=row.id == visitor.session,
    )
