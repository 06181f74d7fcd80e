"""A claim that ends in one browser and goes on in another, by way of a mail."""

from cinnabar.env import Env
from cinnabar.flows.kinds import FlowState
from cinnabar.flows.models import Flow
from cinnabar.flows.queries import FlowView, view
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import run

_END = """
UPDATE flows_flow SET state = 'done'
WHERE id = %s AND session = %s AND state = 'open' AND expires_at >= %s
"""


def end_claim(env: Env, stranger: Stranger, flow_id: str) -> None:
    """End this browser's open claim, anybody's or nobody's, in the caller's transaction.

    A conditional UPDATE: of two that end it, one is refused. Raises `Refused(FLOW_CLOSED)`.
    """
    if run(_END, flow_id, stranger.visit, env.clock.now()) != 1:
        raise Refused(Refusal.FLOW_CLOSED)


def aim(flow_id: str, target: str) -> None:
    """Say what a claim is about, for a browser that is gone or yet to come."""
    Flow.objects.filter(pk=flow_id).update(target=target)


def ended(flow_id: str) -> FlowView:
    """Return a claim that has ended; raise `Refused(FLOW_CLOSED)` for any other.

    For whoever holds a secret that was made for it: the flow's name alone opens nothing.
    """
    flow = Flow.objects.filter(pk=flow_id, state=FlowState.DONE).first()
    if flow is None:
        raise Refused(Refusal.FLOW_CLOSED)
    return view(flow)
