"""The customer's soft tokens as he sees, suspends and removes them (docs/flows/token.md)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from cinnabar.codes import notices
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.agents import read_agent
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.masks import mask_address
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import sessions
from cinnabar.login.stages.assurance import require
from cinnabar.messages.kinds import Kind
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, registration
from cinnabar.tokens.soft.registration import Made

LOST = "lost"
REMOVED = "removed"
"""Why a token is suspended, or gone."""

_CARRIED = {assurance.SMS: "sms", assurance.EMAIL: "email"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnToken:
    """One of the visitor's tokens. `waits`: its binding is at the registration code.

    `was_copied`: it is suspended for good, because its device's cookie was copied.
    """

    id: str
    key_id: str
    agent: str
    state: str
    why: str
    made_at: datetime
    bound_at: datetime | None
    used_at: datetime | None
    is_this: bool
    waits: bool
    was_copied: bool


def own(env: Env, visitor: Visitor) -> tuple[OwnToken, ...]:
    """Return the visitor's tokens, the newest first; those that wait to be bound among them.

    Raises `Refused(NOT_FOUND)` where the firm has no soft token.
    """
    _insist(env)
    alive = Q(state__in=(SoftToken.ACTIVE, SoftToken.SUSPENDED), factor=True)
    waiting = Q(state=SoftToken.PENDING, sealed__isnull=False)
    found = SoftToken.objects.filter(alive | waiting, customer_id=visitor.customer_id)
    return tuple(_view(visitor, one) for one in found.order_by("-made_at", "-id"))


def one_of(env: Env, visitor: Visitor, token: str) -> OwnToken:
    """Return one of them; raise `Refused(NOT_FOUND)`, alike for another customer's and none."""
    found = next((one for one in own(env, visitor) if one.id == token), None)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def to_remove(env: Env, visitor: Visitor, token: str) -> OwnToken:
    """As `one_of`, for whoever may remove it: raise `Refused(STEP_UP_NEEDED)` too (P222)."""
    found = one_of(env, visitor, token)
    if env.firm.token.clear_asks_step_up:
        require(env, visitor, Assurance.TWO)
    return found


def waiting(env: Env, visitor: Visitor, token: str) -> OwnToken:
    """As `one_of`, for a phone that waits for this page's code; raise `Refused` as `show_code`."""
    found = one_of(env, visitor, token)
    if env.firm.token.code_in_mail or not found.waits:
        raise Refused(Refusal.NOT_FOUND)
    require(env, visitor, Assurance.TWO)
    return found


def show_code(env: Env, visitor: Visitor, token: str) -> Made:
    """Make the registration code for a phone that waits, to be shown on this page (P216, TOK-04).

    Raises `Refused`: STEP_UP_NEEDED below two fresh factors (TOK-05), NOT_FOUND, also where the
    firm sends it by mail.
    """
    waiting(env, visitor, token)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        sessions.began(visitor.session)
        if not one_of(env, visitor, token).waits:
            raise Refused(Refusal.NOT_FOUND)
        made = registration.make(env, token)
        note(env, visitor, Event.TOKEN_REGISTRATION_SENT, {"token": token})
    return made


def suspend(env: Env, visitor: Visitor, token: str) -> None:
    """Suspend a token that is lost, at once and in any session (TOK-07); tell the customer.

    It needs no fresh factor: shutting out is cheap on purpose. Raises `Refused(NOT_FOUND)`.
    """
    found = one_of(env, visitor, token)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        if not actions.suspend(env, token, LOST):
            raise Refused(Refusal.NOT_FOUND)
        facts: dict[str, JsonValue] = {
            "token": token,
            "why": LOST,
            "sessions": _end_sessions(env, visitor),
        }
        note(env, visitor, Event.TOKEN_SUSPENDED, facts)
        _tell(env, visitor, found, "token-lost")


def remove(env: Env, visitor: Visitor, token: str) -> None:
    """End a token for good; raise `Refused`: STEP_UP_NEEDED, NOT_FOUND."""
    found = to_remove(env, visitor, token)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        if not actions.clear(env, token, REMOVED):
            raise Refused(Refusal.NOT_FOUND)
        registration.kill(token)
        facts: dict[str, JsonValue] = {
            "token": token,
            "why": REMOVED,
            "sessions": _end_sessions(env, visitor),
        }
        note(env, visitor, Event.TOKEN_CLEARED, facts)
        if found.bound_at is not None:
            _tell(env, visitor, found, "token-removed")


def _end_sessions(env: Env, visitor: Visitor) -> int:
    """End the other sessions that a token helped to open; tell how many."""
    whose, here = visitor.customer_id, visitor.session
    named = (assurance.TOKEN, assurance.OTP)
    return sum(sessions.end_by_factor(env, whose, one, but=here) for one in named)


def _tell(env: Env, visitor: Visitor, found: OwnToken, event: str) -> None:
    named = read_agent(found.agent)
    facts = {
        "event": event,
        "browser": named.browser,
        "system": named.system,
        "address": mask_address(visitor.address),
    }
    used = frozenset(way for factor, way in _CARRIED.items() if factor in visitor.amr)
    key = f"{found.id} {env.clock.now().isoformat()}"
    notices.tell(env, visitor.customer_id, Kind.ACCOUNT_NOTICE, facts, key=key, used=used)


def _insist(env: Env) -> None:
    if not env.firm.offers_token:
        raise Refused(Refusal.NOT_FOUND)


def _view(visitor: Visitor, one: SoftToken) -> OwnToken:
    return OwnToken(
        id=one.id,
        key_id=one.key_id,
        agent=one.agent,
        state=one.state,
        why=one.why,
        made_at=one.made_at,
        bound_at=one.bound_at,
        used_at=one.used_at,
        is_this=bool(visitor.device) and one.device == visitor.device,
        waits=one.state == SoftToken.PENDING and one.sealed is not None,
        was_copied=one.state == SoftToken.SUSPENDED and one.why == actions.COPIED,
    )
