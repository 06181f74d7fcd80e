"""The mail is opened: its secret is spent and the reset goes on here (RST-01, RST-03)."""

from django.db import transaction

from cinnabar.centre import reset_mail, scope
from cinnabar.codes.links import MailedLink
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.actions import decide, onward, steps
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.queries import FlowView, of_stranger
from cinnabar.flows.visitor import Claimant, Stranger, nobody
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import guard
from cinnabar.limits.guard import Door


def open_link(env: Env, stranger: Stranger, text: str) -> FlowView:
    """Spend the mailed secret that was typed or carried; return the claim it goes on in.

    The claim belongs to the visit that spent the secret, whichever browser asked for the mail.
    Raises `Refused(LINK_DEAD)` alike for what was used, is too old, was replaced or never made,
    and TOO_MANY_TRIES for an address that tried too many such.
    """
    guard.enter(env, Door.CLAIM, stranger.address)
    with transaction.atomic(durable=True):
        link = reset_mail.spend(env, text)
        if link is not None:
            guard.leave(env, Door.CLAIM, stranger.address)
            return _go_on(env, stranger, link)
        alarms.wrong(env, Door.CLAIM, stranger.address, channel=stranger.channel)
    raise Refused(Refusal.LINK_DEAD)


def at_step(env: Env, stranger: Stranger, flow_id: str) -> tuple[FlowView, Claimant]:
    """Return the open reset of this visit and whose it is; raise `Refused(FLOW_CLOSED)`."""
    flow, claimant = of_stranger(env, stranger, flow_id, FlowKind.RESET)
    if flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    return flow, claimant or nobody(stranger)


def lacks_code(env: Env, stranger: Stranger, flow_id: str) -> bool:
    """Tell whether the reset still waits for a right code."""
    flow, claimant = at_step(env, stranger, flow_id)
    return ProofKind.CODE in decide.lacking(env, claimant, flow)


def ready(env: Env, stranger: Stranger, flow_id: str) -> tuple[FlowView, Claimant]:
    """Return the flow with everything proved; raise `Refused(FLOW_OUT_OF_ORDER)` until it is.

    It lets a page be shown; the transaction that acts looks again.
    """
    flow, claimant = at_step(env, stranger, flow_id)
    if decide.lacking(env, claimant, flow):
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    return flow, claimant


def _go_on(env: Env, stranger: Stranger, link: MailedLink) -> FlowView:
    who = customers.view(env, link.customer_id)
    facts = {"masked_id": who.masked_identifier}
    mine = (who.id, who.subject)
    flow = steps.open_claim(
        env, stranger, FlowKind.RESET, customer=mine, facts=facts, proved=ProofKind.LINK
    )
    onward.aim(flow.id, scope.WHOLE)
    record(
        env,
        Event.RESET_LINK_OPENED,
        subject=who.subject,
        by=who.subject,
        channel=stranger.channel,
        details={"flow": flow.id, "request": link.flow, "address": stranger.address},
    )
    return flow
