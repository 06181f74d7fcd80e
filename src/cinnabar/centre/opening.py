"""The mail is opened: its secret is spent and the reissue goes on here (RST-01, RST-03)."""

from django.db import transaction

from cinnabar.centre.mailed import PURPOSE
from cinnabar.codes import links
from cinnabar.codes.links import MailedLink
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.actions import onward, steps
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Stranger
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import guard
from cinnabar.limits.guard import Door


def open_link(env: Env, stranger: Stranger, text: str) -> FlowView:
    """Spend the mailed secret that was typed or carried; return the claim it goes on in.

    The claim belongs to the visit that spent the secret, whichever browser asked for the mail;
    the one that asked has ended. It is about the account that was chosen there. Raises
    `Refused(LINK_DEAD)` alike for what was used, is too old, was replaced or never made, and
    TOO_MANY_TRIES for an address that tried too many such.
    """
    guard.enter(env, Door.CLAIM, stranger.address)
    with transaction.atomic(durable=True):
        link = links.spend(env, PURPOSE, text)
        if link is not None:
            guard.leave(env, Door.CLAIM, stranger.address)
            return _go_on(env, stranger, link)
        alarms.wrong(env, Door.CLAIM, stranger.address, channel=stranger.channel)
    raise Refused(Refusal.LINK_DEAD)


def _go_on(env: Env, stranger: Stranger, link: MailedLink) -> FlowView:
    asked = onward.ended(link.flow)
    subject = customers.view(env, link.customer_id).subject
    who = (link.customer_id, subject)
    # The claim was identified before anything was mailed, and the mail says which it was.
    flow = steps.open_claim(env, stranger, FlowKind.REISSUE, customer=who, facts=asked.facts)
    onward.aim(flow.id, asked.target)
    steps.prove(env, flow.id, ProofKind.LINK, target=stranger.visit)
    record(
        env,
        Event.REISSUE_LINK_OPENED,
        subject=subject,
        by=subject,
        channel=stranger.channel,
        details={"flow": flow.id, "asked_in": link.flow},
    )
    return flow
