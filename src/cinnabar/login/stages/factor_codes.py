"""A one-time code as the second factor, at sign-in and at step-up (P24, P66-P68, COD-05)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction

from cinnabar.codes.rules import Verdict
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.flows.actions import code, steps
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Actor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.stages import factors

T = TypeVar("T")

AMR: Mapping[str, str] = {"sms": assurance.SMS, "email": assurance.EMAIL}
"""The channels that carry codes, and what a code by each proves (RFC 8176)."""

_SAID: Mapping[Verdict, Refusal] = {
    Verdict.LIMIT: Refusal.CODE_DAY_LIMIT,
    Verdict.MALFORMED: Refusal.INPUT_MALFORMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The newest code of a flow: by which channel, where to, masked, and the seconds left."""

    channel: str
    to: str = field(repr=False)
    resend_in: int
    expires_in: int


def ask(env: Env, actor: Actor, flow_id: str, channel: str) -> None:
    """Send a code by `channel`; one before it, by whatever channel, is dead.

    The flow is about the channel from here on: a code proves the one it left by and no other.
    Raises `Refused`: FACTOR_UNAVAILABLE, FLOW_CLOSED, SIGN_IN_CODE_TOO_SOON, and as
    `codes.actions.ask` does; then nothing has changed.
    """
    if channel not in AMR:
        raise Refused(Refusal.FACTOR_UNAVAILABLE)
    factors.insist(env, actor, channel)
    try:
        with transaction.atomic():
            lock_customer(actor.customer_id)  # before the flow's row, as the act takes them
            asked = {"asked_at": env.clock.now().isoformat()}
            steps.set_target(env, actor, flow_id, target=channel, facts=asked)
            code.ask_code(env, actor, flow_id, only=frozenset({channel}))
    except Refused as no:
        with transaction.atomic():
            note(env, actor, Event.CODE_REFUSED, {"flow": flow_id, "why": no.refusal.value})
        if no.refusal is Refusal.CODE_TOO_SOON:
            wait = no.facts["retry_after"]
            raise Refused(Refusal.SIGN_IN_CODE_TOO_SOON, retry_after=wait) from None
        raise


def try_code(
    env: Env, actor: Actor, flow_id: str, text: str, then: Callable[[frozenset[str]], T]
) -> T:
    """Try a code; call `then` with what a right one proves, in the transaction that uses it up.

    What `then` raises leaves the code as it was; the try stays counted. Raises `Refused`:
    FLOW_OUT_OF_ORDER before a code was asked for, SIGN_IN_CODE_WRONG, SIGN_IN_CODE_CLOSED,
    CODE_DAY_LIMIT, INPUT_MALFORMED for what could be no code and was not counted.
    """
    done: list[T] = []

    def accepted(flow: FlowView) -> None:
        done.append(then(frozenset({AMR[flow.target]})))

    tried = code.try_code(env, actor, flow_id, text, accepted=accepted)
    if tried.verdict is Verdict.ACCEPTED:
        return done[0]
    if tried.verdict is Verdict.WRONG:
        raise Refused(Refusal.SIGN_IN_CODE_WRONG, tries_left=tried.tries_left)
    raise Refused(_SAID.get(tried.verdict, Refusal.SIGN_IN_CODE_CLOSED), field="code")


def waiting(env: Env, actor: Actor, flow: FlowView) -> Waiting | None:
    """Return how the newest code of the flow stands; None before the first."""
    if flow.target not in AMR or "asked_at" not in flow.facts:
        return None
    policy, now = env.firm.sign_in_code, env.clock.now()
    asked_at = datetime.fromisoformat(flow.facts["asked_at"])
    masked = customers.contacts(env, actor.customer_id).masked(env)
    return Waiting(
        channel=flow.target,
        to=getattr(masked, flow.target) or "",
        resend_in=_seconds(asked_at + policy.resend_after - now),
        expires_in=_seconds(asked_at + policy.ttl - now),
    )


def _seconds(left: timedelta) -> int:
    return max(0, -(-left // timedelta(seconds=1)))
