"""Open a flow, record what is proved in it, give it up."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from cinnabar.env import Env
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.models import Flow
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_visitor, view
from cinnabar.flows.visitor import Actor, Stranger, Visitor
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import run

CLAIMS = frozenset({FlowKind.REISSUE, FlowKind.UNLOCK, FlowKind.RESET, FlowKind.SIGN_IN})
"""Kinds that begin before anybody signed in."""

LIFETIME = timedelta(minutes=30)
"""How long a flow may stay open: long enough to read the consent and fetch a phone."""

_PROVE = """
INSERT INTO flows_proof (flow_id, kind, target, at, details) VALUES (%s, %s, %s, %s, '{}')
ON CONFLICT (flow_id, kind) DO UPDATE SET target = excluded.target, at = excluded.at
"""


def open_flow(
    env: Env,
    visitor: Visitor,
    kind: FlowKind,
    *,
    target: str = "",
    facts: Mapping[str, str] | None = None,
) -> FlowView:
    """Begin a flow of `kind`; an open one of the same customer, kind and session is given up."""
    now = env.clock.now()
    with transaction.atomic():
        _abandon(env, visitor, kind)
        flow = Flow.objects.create(
            id=new_id(env.dice),
            kind=kind.value,
            channel=visitor.channel,
            customer_id=visitor.customer_id,
            session=visitor.session,
            target=target,
            facts=dict(facts or {}),
            state=FlowState.OPEN.value,
            opened_at=now,
            expires_at=now + LIFETIME,
        )
        prove(env, flow.id, ProofKind.SIGNED_IN, target=visitor.session)
        note(env, visitor, Event.FLOW_OPENED, {"flow": flow.id, "kind": kind.value})
    return view(flow)


def open_claim(
    env: Env,
    stranger: Stranger,
    kind: FlowKind,
    *,
    customer: tuple[int, str] | None,
    facts: Mapping[str, str],
    proved: ProofKind = ProofKind.IDENTIFIED,
    life: timedelta = LIFETIME,
) -> FlowView:
    """Begin a flow of somebody who gave an identifier and a birth date, or `proved` otherwise.

    `customer` is the id and subject of whom they fit, None if nobody: the writes are the same.
    An open claim of the same kind in the same browser is given up.
    """
    now, (customer_id, subject) = env.clock.now(), customer or (None, None)
    with transaction.atomic():
        Flow.objects.filter(
            session=stranger.visit, kind=kind.value, state=FlowState.OPEN.value
        ).update(state=FlowState.ABANDONED.value)
        flow = Flow.objects.create(
            id=new_id(env.dice),
            kind=kind.value,
            channel=stranger.channel,
            customer_id=customer_id,
            session=stranger.visit,
            facts=dict(facts),
            state=FlowState.OPEN.value,
            opened_at=now,
            expires_at=now + life,
        )
        prove(env, flow.id, proved, target=stranger.visit)
        record(
            env,
            Event.FLOW_OPENED,
            subject=subject,
            by="visitor",
            channel=stranger.channel,
            details={"flow": flow.id, "kind": kind.value, "address": stranger.address},
        )
    return view(flow)


def prove(env: Env, flow_id: str, kind: ProofKind, *, target: str) -> None:
    """Record, in the caller's transaction, that `kind` was proved for exactly `target`."""
    run(_PROVE, flow_id, kind.value, target, env.clock.now())


def set_target(
    env: Env, visitor: Actor, flow_id: str, *, target: str, facts: Mapping[str, str]
) -> None:
    """Say what the flow is about, in the caller's transaction.

    Proofs for another target stay on record and prove nothing any more. Raises
    `Refused(FLOW_CLOSED)` if the flow is not open.
    """
    flow = of_visitor(env, visitor, flow_id)
    changed = Flow.objects.filter(pk=flow_id, state=FlowState.OPEN).update(
        target=target, facts={**flow.facts, **facts}
    )
    if not changed:
        raise Refused(Refusal.FLOW_CLOSED)


def add_facts(stranger: Stranger, flow: FlowView, facts: Mapping[str, str]) -> None:
    """Note something in an open claim of this browser, be it a customer's or nobody's.

    Raises `Refused(FLOW_CLOSED)` if it is not open any more.
    """
    mine = Flow.objects.filter(pk=flow.id, session=stranger.visit, state=FlowState.OPEN)
    if not mine.update(facts={**flow.facts, **facts}):
        raise Refused(Refusal.FLOW_CLOSED)


def abandon(env: Env, visitor: Actor, flow_id: str) -> None:
    """Give up an open flow; one that is past that stays as it is."""
    with transaction.atomic():
        mine = Flow.objects.filter(
            pk=flow_id, customer_id=visitor.customer_id, session=visitor.session
        )
        if mine.filter(state=FlowState.OPEN).update(state=FlowState.ABANDONED):
            note(env, visitor, Event.FLOW_ABANDONED, {"flow": flow_id})


def close_claims(customer_id: int) -> int:
    """Close, in the caller's transaction, what strangers have begun in the customer's name.

    Tells how many there were. Whoever holds the customer's lock closes them for good: acts of a
    claim take that lock first.
    """
    kinds = [kind.value for kind in CLAIMS]
    claims = Flow.objects.filter(customer_id=customer_id, kind__in=kinds, state=FlowState.OPEN)
    return claims.update(state=FlowState.ABANDONED)


def close_one(customer_id: int, flow_id: str) -> Flow | None:
    """Close, in the caller's transaction, an open flow in the customer's name, whoever began it.

    Whoever holds the customer's lock closes it for good. Return it; None if it was not open.
    """
    mine = Flow.objects.filter(pk=flow_id, customer_id=customer_id)
    if not mine.filter(state=FlowState.OPEN).update(state=FlowState.ABANDONED):
        return None
    return mine.get()


def _abandon(env: Env, visitor: Visitor, kind: FlowKind) -> None:
    earlier = Flow.objects.filter(
        customer_id=visitor.customer_id,
        session=visitor.session,
        kind=kind.value,
        state=FlowState.OPEN,
    )
    for flow_id in list(earlier.values_list("id", flat=True)):
        abandon(env, visitor, flow_id)
