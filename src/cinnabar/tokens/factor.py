"""A passkey as a factor: what is asked, and what a right answer opens.

Of one customer in one flow (`ask`, `prove`), or of whoever the device says it is (`ask_anybody`,
`prove_anybody`). A challenge is used up before anything is compared (law 1); count, alarm and
what the answer opens are one transaction.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.flows.visitor import Actor, Stranger
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.tokens import actions, ceremony, challenges, queries, telling
from cinnabar.tokens.actions import Use
from cinnabar.tokens.ceremony import Asked, Assertion, Shown
from cinnabar.tokens.challenges import Bearer, Purpose
from cinnabar.tokens.models import Passkey

T = TypeVar("T")

_TRIES, _PER_DAY = "passkey-try", 200
"""More than any honest day needs; what is bounded is our work, for nobody guesses a signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Whose passkey was shown, and what that proves (RFC 8176)."""

    passkey: str
    customer_id: int
    subject: str
    factors: frozenset[str]


def factors(shown: Shown) -> frozenset[str]:
    """Return what a right answer proves: without UV a touch is one factor (FID-02)."""
    held = {assurance.PASSKEY, assurance.PRESENT}
    return frozenset(held | {assurance.VERIFIED} if shown.verified else held)


def ask(env: Env, actor: Actor, flow: str) -> Asked:
    """Return what the browser is asked with in `flow`; raise `Refused(PASSKEY_NONE)`."""
    allowed = queries.credentials(actor.customer_id, stopped=False)
    if not allowed:
        raise Refused(Refusal.PASSKEY_NONE)
    challenge = challenges.make(env, _of_flow(actor, flow))
    return ceremony.request(env, challenge, allowed=allowed, verify=False)


def prove(
    env: Env, actor: Actor, flow: str, answer: Assertion, then: Callable[[frozenset[str]], T]
) -> T:
    """Take the answer to `ask`; return what `then` makes of its factors, in one transaction.

    Raises `Refused`: PASSKEY_NOT_PROVED, PASSKEY_STOPPED, TOO_MANY_TRIES, and what `then` does.
    """
    with transaction.atomic(durable=True):
        if limits.take(env, _TRIES, str(actor.customer_id), limit=_PER_DAY) is None:
            raise Refused(Refusal.TOO_MANY_TRIES)
    who = (actor.customer_id, actor.subject)
    try:
        passkey, shown = _checked(env, _of_flow(actor, flow), answer, whose=who, verify=False)
    except Refused:
        with transaction.atomic():
            _note(env, Event.PASSKEY_REFUSED, actor.subject, actor.channel, {"flow": flow})
        raise
    said: dict[str, JsonValue] = {"flow": flow, "way": Purpose.FACTOR.value}
    shown_by = (passkey, shown, actor.subject)
    return _spend(env, shown_by, said, lambda done: then(done.factors))


def ask_anybody(env: Env, stranger: Stranger) -> Asked:
    """Return what the browser is asked with where the device says who it is (UV required)."""
    challenge = challenges.make(env, _of_visit(stranger))
    return ceremony.request(env, challenge, allowed=(), verify=True)


def prove_anybody(
    env: Env, stranger: Stranger, answer: Assertion, then: Callable[[Proved], T]
) -> T:
    """Take the answer to `ask_anybody`; return what `then` makes of it, in one transaction.

    Raises `Refused`: PASSKEY_NOT_PROVED for every failure alike, PASSKEY_STOPPED to whoever
    holds the key, and what `then` does.
    """
    passkey, shown = _checked(env, _of_visit(stranger), answer, whose=None, verify=True)
    subject = customers.reach(env, passkey.customer_id).subject
    said: dict[str, JsonValue] = {"flow": "", "way": Purpose.SIGN_IN.value}
    return _spend(env, (passkey, shown, subject), said, then)


def _checked(
    env: Env, bearer: Bearer, answer: Assertion, *, whose: tuple[int, str] | None, verify: bool
) -> tuple[Passkey, Shown]:
    """Return the passkey and what it showed; `whose` None: the device's own word, with a handle."""
    challenge = ceremony.challenge_in(answer.client_data)
    fresh = challenges.spend(env, bearer, challenge)
    passkey = actions.find(answer.credential)
    if not fresh or passkey is None:
        raise Refused(Refusal.PASSKEY_NOT_PROVED)
    owner, subject = whose or (passkey.customer_id, _subject(env, passkey))
    named = ceremony.handle_of(env, subject)
    # A second factor need not say whose it is; what it says must be so.
    right = hmac.compare_digest(answer.handle, named) or (whose is not None and not answer.handle)
    if passkey.customer_id != owner or not right:
        raise Refused(Refusal.PASSKEY_NOT_PROVED)
    key = bytes(passkey.public_key)
    return passkey, ceremony.verify_assertion(env, answer, challenge, public_key=key, verify=verify)


def _spend(
    env: Env,
    shown_by: tuple[Passkey, Shown, str],
    said: dict[str, JsonValue],
    then: Callable[[Proved], T],
) -> T:
    """Keep the count and do what the answer opens, or stop a passkey that may be a copy."""
    passkey, shown, subject = shown_by
    owner = passkey.customer_id
    with transaction.atomic(durable=True):
        lock_customer(owner)
        became = actions.use(env, passkey, shown)
        facts: dict[str, JsonValue] = {**said, "passkey": passkey.id}
        if became is Use.KEPT:
            proved = factors(shown)
            _note(env, Event.PASSKEY_USED, subject, "web", {**facts, "factors": sorted(proved)})
            return then(
                Proved(passkey=passkey.id, customer_id=owner, subject=subject, factors=proved)
            )
        if became is Use.COPIED:
            counts: dict[str, JsonValue] = {"kept": passkey.count, "shown": shown.count}
            _note(env, Event.PASSKEY_COPIED, subject, "web", {**facts, **counts})
            telling.copied(env, owner, passkey.id)
    raise Refused(Refusal.PASSKEY_STOPPED)


def _subject(env: Env, passkey: Passkey) -> str:
    return customers.reach(env, passkey.customer_id).subject


def _of_flow(actor: Actor, flow: str) -> Bearer:
    return Bearer(purpose=Purpose.FACTOR, session=actor.session, flow=flow)


def _of_visit(stranger: Stranger) -> Bearer:
    return Bearer(purpose=Purpose.SIGN_IN, session=stranger.visit)


def _note(
    env: Env, event: Event, subject: str, channel: str, details: dict[str, JsonValue]
) -> None:
    record(env, event, subject=subject, by=subject, channel=channel, details=details)
