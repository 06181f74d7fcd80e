"""A flow as other parts see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cinnabar.env import Env
from cinnabar.flows.kinds import FlowKind, FlowState
from cinnabar.flows.models import Flow
from cinnabar.flows.visitor import Actor, Claimant, Stranger
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import instant, one

_MINE = """
SELECT kind, state, channel, target, facts, opened_at, expires_at FROM flows_flow
WHERE id = %s AND customer_id = %s AND session = %s AND state <> 'abandoned'
"""


_CLAIMED = """
SELECT f.kind, f.state, f.channel, f.target, f.facts, f.opened_at, f.expires_at,
       f.customer_id, c.subject
FROM flows_flow f LEFT JOIN customers_customer c ON c.id = f.customer_id
WHERE f.id = %s AND f.session = %s AND f.kind = %s AND f.state <> 'abandoned'
"""


_BEGUN_BY = "SELECT customer_id FROM flows_flow WHERE id = %s AND session = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowView:
    """One flow; `facts` are what its earlier steps left for the later ones."""

    id: str
    kind: FlowKind
    state: FlowState
    channel: str
    target: str
    facts: Mapping[str, str]
    opened_at: datetime


def view(flow: Flow) -> FlowView:
    """Return the read model of a row."""
    return FlowView(
        id=flow.id,
        kind=FlowKind(flow.kind),
        state=FlowState(flow.state),
        channel=flow.channel,
        target=flow.target,
        facts=flow.facts,
        opened_at=flow.opened_at,
    )


def of_visitor(env: Env, visitor: Actor, flow_id: str) -> FlowView:
    """Return the visitor's own flow; raise `Refused(FLOW_CLOSED)` for any other.

    A flow's name alone never suffices: it belongs to one customer and one session (incident 2).
    An open flow that is too old counts as closed.
    """
    row = one(_MINE, flow_id, visitor.customer_id, visitor.session)
    return _fresh(env, flow_id, row)


def open_about(env: Env, visitor: Actor, kind: FlowKind, target: str) -> FlowView | None:
    """Return the visitor's open flow of `kind` about `target`, if this session has one."""
    mine = Flow.objects.filter(
        customer_id=visitor.customer_id,
        session=visitor.session,
        kind=kind.value,
        target=target,
        state=FlowState.OPEN.value,
        expires_at__gt=env.clock.now(),
    )
    found = mine.first()
    return None if found is None else view(found)


def of_stranger(
    env: Env, stranger: Stranger, flow_id: str, kind: FlowKind
) -> tuple[FlowView, Claimant | None]:
    """Return the browser's own claim, and who it would be; None if that is nobody.

    What follows must look the same in both cases. Raises `Refused(FLOW_CLOSED)` for any other
    flow: its name alone never suffices (incident 2).
    """
    row = one(_CLAIMED, flow_id, stranger.visit, kind.value)
    flow = _fresh(env, flow_id, row and row[:7])
    if row is None or row[7] is None:
        return flow, None
    return flow, Claimant(
        customer_id=row[7],
        subject=row[8],
        session=stranger.visit,
        address=stranger.address,
        channel=stranger.channel,
    )


def begun_by(stranger: Stranger, flow_id: str) -> int | None:
    """Return who would be meant by a flow of this browser, also one that was given up."""
    row = one(_BEGUN_BY, flow_id, stranger.visit)
    return row[0] if row else None


def _fresh(env: Env, flow_id: str, row: tuple[Any, ...] | None) -> FlowView:
    if row is None:
        raise Refused(Refusal.FLOW_CLOSED)
    kind, state, channel, target, facts, opened_at, expires_at = row
    if state == FlowState.OPEN and instant(expires_at) < env.clock.now():
        raise Refused(Refusal.FLOW_CLOSED)
    return FlowView(
        id=flow_id,
        kind=FlowKind(kind),
        state=FlowState(state),
        channel=channel,
        target=target,
        facts=json.loads(facts),
        opened_at=instant(opened_at),
    )
