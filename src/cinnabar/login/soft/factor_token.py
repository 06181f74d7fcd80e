"""The soft token as the second factor, at the page that asks: its number, and what came of it.

The app's side is in `login/soft/approvals.py`; docs/flows/approval.md has the whole (TOK-08, P24).
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions import steps
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, begun_by, of_visitor
from cinnabar.flows.visitor import Actor, Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.stages import factors
from cinnabar.tokens.models import Approval
from cinnabar.tokens.soft import approvals, questions, waking
from cinnabar.tokens.soft.approvals import METHOD
from cinnabar.tokens.soft.questions import Standing

T = TypeVar("T")

OVER = Standing(state=Approval.DEAD)


def ask(env: Env, actor: Actor, flow_id: str, agent: str) -> None:
    """Ask the customer's app; the flow is about the token from here on.

    `agent` is what the browser says it is. Raises `Refused`: FACTOR_UNAVAILABLE, FLOW_CLOSED, and
    as `approvals.ask` does; then nothing has changed.
    """
    factors.insist(env, actor, METHOD)
    with transaction.atomic():
        lock_customer(actor.customer_id)  # before the flow's row, as the act takes them
        steps.set_target(env, actor, flow_id, target=METHOD, facts={})
        flow = of_visitor(env, actor, flow_id)
        name = approvals.ask(env, actor, flow_id, flow.kind.value, agent)
        waking.wake(env, actor, name)
        note(env, actor, Event.APPROVAL_ASKED, {"flow": flow_id, "approval": name})


def standing(env: Env, actor: Actor, flow: FlowView) -> Standing | None:
    """Return how the flow's newest approval stands; None before the first.

    One that was asked before the customer took another way is over.
    """
    found = questions.standing(env, actor.customer_id, flow.id)
    return OVER if found is not None and flow.target != METHOD else found


def disowned(env: Env, stranger: Stranger, flow_id: str) -> bool:
    """Tell whether the customer has stopped this visit's sign-in with "this was not me"."""
    customer_id = begun_by(stranger, flow_id)
    found = questions.standing(env, customer_id, flow_id) if customer_id else None
    return found is not None and found.state == Approval.REFUSED


def go(env: Env, actor: Actor, flow_id: str, then: Callable[[frozenset[str]], T]) -> T:
    """Use up the approval that was given; return what `then` makes of what it proved.

    Both in one transaction, under the customer's lock. Raises `Refused`: APPROVAL_WAITING before
    it is answered, APPROVAL_OVER if nothing comes of it any more, FLOW_CLOSED, and what `then`
    does; the approval is as it was then.
    """
    with transaction.atomic(durable=True):
        lock_customer(actor.customer_id)
        flow = of_visitor(env, actor, flow_id)
        proved = _proved(env, actor, flow)
        if proved is not None:
            return then(proved)
    now = standing(env, actor, flow)
    waits = now is not None and now.state == Approval.OPEN
    raise Refused(Refusal.APPROVAL_WAITING if waits else Refusal.APPROVAL_OVER)


def _proved(env: Env, actor: Actor, flow: FlowView) -> frozenset[str] | None:
    if flow.target != METHOD:
        return None
    return approvals.use(env, actor.customer_id, flow.id)
