"""Proving once more that it is you: a flow of the session ends in the session's new name (SES-06).

How a factor is proved is the business of whoever proves it; `accept` is called in the
transaction that uses up what proved it.
"""

from dataclasses import dataclass

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.flows.actions import steps
from cinnabar.flows.actions.decide import claim, finish_act, require
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_visitor
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login.sessions import go_on_proved

BACK = "back"
"""The fact of the flow that says where the customer came from: one of our own pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedUp:
    """The session's new token, told to the browser once, and the page to go back to."""

    session: Secret
    back: str


def begin(env: Env, visitor: Visitor, back: str) -> FlowView:
    """Begin a step-up that leads back to `back`, which the face took from its own list."""
    return steps.open_flow(env, visitor, FlowKind.STEP_UP, facts={BACK: back})


def at_step(env: Env, visitor: Visitor, flow_id: str) -> FlowView:
    """Return the visitor's open step-up; raise `Refused(FLOW_CLOSED)` for any other flow."""
    flow = of_visitor(env, visitor, flow_id)
    if flow.kind is not FlowKind.STEP_UP or flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    return flow


def accept(env: Env, visitor: Visitor, flow_id: str, factors: frozenset[str]) -> SteppedUp:
    """Record what was proved and let the session go on, in the caller's transaction.

    `factors` are names of RFC 8176. Raises `Refused`: STEP_UP_NEEDED if with them the session is
    still below two factors (e-mail, CONFLICT-2), FLOW_CLOSED (also for a second call),
    FLOW_OUT_OF_ORDER, SIGNED_OUT. The caller's transaction must then be undone.
    """
    joined = visitor.amr | factors
    if assurance.assurance(joined) < assurance.Assurance.TWO or factors <= _NEVER_ENOUGH:
        raise Refused(Refusal.STEP_UP_NEEDED)
    lock_customer(visitor.customer_id)
    flow = claim(env, visitor, flow_id)
    if flow is None or flow.kind is not FlowKind.STEP_UP:
        raise Refused(Refusal.FLOW_CLOSED)
    steps.prove(env, flow.id, ProofKind.FACTOR, target=visitor.session)
    require(env, visitor, flow)
    token = go_on_proved(env, visitor, factors)
    told = {"factors": sorted(factors), "acr": assurance.acr(joined), "flow": flow.id}
    note(env, visitor, Event.SESSION_STEPPED_UP, {**told})
    finish_act(flow.id)
    return SteppedUp(session=token, back=flow.facts[BACK])


_NEVER_ENOUGH = frozenset({assurance.EMAIL, assurance.PASSWORD})
"""Factors with which no session steps up, alone or together: not even one that is at TWO already
becomes fresh by them."""
