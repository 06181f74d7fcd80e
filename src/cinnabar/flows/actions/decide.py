"""The one decision point: every act of a flow passes here, whichever face asks (law 2)."""

import json

from cinnabar.env import Env
from cinnabar.flows import fresh, rules
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Actor, Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import instant, one, rows, run

_CLAIM = """
UPDATE flows_flow SET state = 'acting'
WHERE id = %s AND customer_id = %s AND session = %s AND expires_at >= %s AND state = 'open'
RETURNING kind, channel, target, facts, opened_at
"""

_PROOFS = "SELECT kind, target, at FROM flows_proof WHERE flow_id = %s"

_FINISH = "UPDATE flows_flow SET state = 'done' WHERE id = %s AND state = 'acting'"


def claim(env: Env, actor: Actor, flow_id: str) -> FlowView | None:
    """Claim the actor's open flow for its act, in the transaction that acts.

    The claim is a conditional UPDATE, so that two calls cannot both act; None if the flow is
    not the actor's, not open or too old. `require` must follow in the same transaction.
    """
    row = one(_CLAIM, flow_id, actor.customer_id, actor.session, env.clock.now())
    if row is None:
        return None
    kind, channel, target, facts, opened_at = row
    return FlowView(
        id=flow_id,
        kind=FlowKind(kind),
        state=FlowState.ACTING,
        channel=channel,
        target=target,
        facts=json.loads(facts),
        opened_at=instant(opened_at),
    )


def require(env: Env, actor: Actor, flow: FlowView, *, with_code: bool = False) -> None:
    """Re-read every proof the act needs, in the transaction that acts.

    Raises `Refused`: STEP_UP_NEEDED for a session that is not sure enough, CONSENT_MISSING if
    only that is missing, else FLOW_OUT_OF_ORDER, when something is not proved for exactly what
    the flow is about.
    """
    missing = lacking(env, actor, flow, with_code=with_code)
    if isinstance(actor, Visitor):
        fresh.sure(actor, rules.required_assurance(env.firm, flow.kind))
    if missing == {ProofKind.CONSENT}:
        raise Refused(Refusal.CONSENT_MISSING)
    if missing:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)


def lacking(
    env: Env, actor: Actor, flow: FlowView, *, with_code: bool = False
) -> frozenset[ProofKind]:
    """Return what is not proved yet: for a page to know where a flow stands, never to act by."""
    required = rules.required_proofs(
        env.firm, flow.kind, flow.channel, with_code=with_code, way=flow.facts.get("way", "")
    )
    proofs = [
        rules.ProofFact(kind=ProofKind(kind), target=target, at=instant(at))
        for kind, target, at in rows(_PROOFS, flow.id)
    ]
    return rules.missing_proofs(required, proofs, target=flow.target, session=actor.session)


def finish_act(flow_id: str) -> bool:
    """Close a flow whose act is done, in the act's transaction; False if it was closed before."""
    return run(_FINISH, flow_id) == 1
