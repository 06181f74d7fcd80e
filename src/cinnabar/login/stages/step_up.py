"""Proving once more that it is you: a flow of the session ends in the session's new name (SES-06).

How a factor is proved is the business of whoever proves it; `accept` is called in the
transaction that uses up what proved it.
"""

from dataclasses import dataclass
from functools import partial

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
from cinnabar.login.stages import factor_certificate, factor_codes, factors
from cinnabar.login.stages.factors import Offered

BACK = "back"
"""The fact of the flow that says where the customer came from: one of our own pages."""


_NEVER_ENOUGH = frozenset({assurance.EMAIL, assurance.PASSWORD})
"""Factors with which no session steps up, alone or together: not even one that is at TWO already
becomes fresh by them."""

_NOT_METHODS = frozenset({"email"})
"""Methods of a sign-in that are none here: whoever has the mailbox has one factor, not two."""


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


def offered(env: Env, visitor: Visitor) -> tuple[Offered, ...]:
    """Return the firm's methods but e-mail, each with what this customer has of it."""
    return tuple(one for one in factors.offered(env, visitor) if one.name not in _NOT_METHODS)


def ask_code(env: Env, visitor: Visitor, flow_id: str, method: str) -> None:
    """Send a code; raise `Refused(FACTOR_UNAVAILABLE)` for e-mail, else as `factor_codes.ask`."""
    if method in _NOT_METHODS:
        raise Refused(Refusal.FACTOR_UNAVAILABLE)
    at_step(env, visitor, flow_id)
    factor_codes.ask(env, visitor, flow_id, method)


def try_code(env: Env, visitor: Visitor, flow_id: str, text: str) -> SteppedUp:
    """Try a code; the right one steps up. Raises `Refused` as `factor_codes.try_code` does."""
    at_step(env, visitor, flow_id)
    then = partial(accept, env, visitor, flow_id)
    return factor_codes.try_code(env, visitor, flow_id, text, then)


def by_certificate(
    env: Env, visitor: Visitor, flow_id: str, signed: tuple[str, bytes]
) -> SteppedUp | None:
    """Take a signed challenge; None for a certificate that is not this customer's valid one."""
    at_step(env, visitor, flow_id)
    then = partial(accept, env, visitor, flow_id)
    return factor_certificate.prove(env, visitor, flow_id, signed, then)


def accept(env: Env, visitor: Visitor, flow_id: str, proved: frozenset[str]) -> SteppedUp:
    """Record what was proved and let the session go on, in the caller's transaction.

    `proved` are names of RFC 8176. Raises `Refused`: STEP_UP_NEEDED if with them the session is
    still below two factors (e-mail, CONFLICT-2), FLOW_CLOSED (also for a second call),
    FLOW_OUT_OF_ORDER, SIGNED_OUT. The caller's transaction must then be undone.
    """
    joined = visitor.amr | proved
    if assurance.assurance(joined) < assurance.Assurance.TWO or proved <= _NEVER_ENOUGH:
        raise Refused(Refusal.STEP_UP_NEEDED)
    lock_customer(visitor.customer_id)
    flow = claim(env, visitor, flow_id)
    if flow is None or flow.kind is not FlowKind.STEP_UP:
        raise Refused(Refusal.FLOW_CLOSED)
    steps.prove(env, flow.id, ProofKind.FACTOR, target=visitor.session)
    require(env, visitor, flow)
    token = go_on_proved(env, visitor, proved)
    told = {"factors": sorted(proved), "acr": assurance.acr(joined), "flow": flow.id}
    note(env, visitor, Event.SESSION_STEPPED_UP, {**told})
    finish_act(flow.id)
    return SteppedUp(session=token, back=flow.facts[BACK])
