"""The certificate code as a step of a flow."""

from collections.abc import Callable

from django.db import transaction

from cinnabar.codes import rules
from cinnabar.codes.actions.ask import Sent, ask
from cinnabar.codes.actions.spend import Attempt, attempt, consume
from cinnabar.codes.errand import ALL_CHANNELS, Errand
from cinnabar.codes.rules import Verdict
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions.steps import prove
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_visitor
from cinnabar.flows.visitor import Actor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused


def ask_code(env: Env, actor: Actor, flow_id: str, *, only: frozenset[str] = ALL_CHANNELS) -> Sent:
    """Send a code for what the flow is about; raise `Refused` as `codes.actions.ask` does.

    There must be something it is about: a code is bound to its target (COD-05). `only` are the
    channels that it may leave by.
    """
    errand = _errand(actor, _open_with_target(env, actor, flow_id), only)
    try:
        return ask(env, errand)
    except Refused as refused:
        with transaction.atomic():
            _tell(env, actor, Event.CODE_REFUSED, errand, {"why": refused.refusal.value})
        raise


def try_code(
    env: Env,
    actor: Actor,
    flow_id: str,
    text: str,
    *,
    accepted: Callable[[FlowView], None] | None = None,
) -> Attempt:
    """Try a code; a right one is consumed and becomes the flow's proof in one transaction.

    `accepted` is what is done in that transaction instead of recording the proof, for a code
    that is a factor of the person and not of the act; it is handed the flow the code was for.
    """
    flow = _open_with_target(env, actor, flow_id)
    errand = _errand(actor, flow)
    typed = rules.tidied(rules.making(env.firm, errand.purpose), text)
    tried = attempt(env, errand, typed, address=actor.address)
    if tried.verdict is not Verdict.ACCEPTED or tried.code is None:
        return tried
    with transaction.atomic(durable=True):
        if accepted is not None:
            lock_customer(actor.customer_id)
        if not consume(env, errand, tried.code, address=actor.address):
            return Attempt(verdict=Verdict.CLOSED)
        if accepted is not None:
            accepted(flow)
        else:
            prove(env, flow.id, ProofKind.CODE, target=flow.target)
        _tell(env, actor, Event.CODE_ACCEPTED, errand, {})
    return tried


def _open_with_target(env: Env, actor: Actor, flow_id: str) -> FlowView:
    flow = of_visitor(env, actor, flow_id)
    if flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    # Reporting a loss never takes a code, so there is none to ask for (REV-05).
    if not flow.target or flow.kind is FlowKind.REPORT_LOSS:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    return flow


def _errand(actor: Actor, flow: FlowView, only: frozenset[str] = ALL_CHANNELS) -> Errand:
    return Errand(
        customer_id=actor.customer_id,
        subject=actor.subject,
        purpose=flow.kind.value,
        flow=flow.id,
        target=flow.target,
        channel=actor.channel,
        only=only,
    )


def _tell(env: Env, actor: Actor, event: Event, errand: Errand, details: dict[str, str]) -> None:
    note(env, actor, event, {"purpose": errand.purpose, "flow": errand.flow, **details})
