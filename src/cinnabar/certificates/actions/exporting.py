"""Export: hand a device's share out once more, so that its browser can make a backup (CRT-15)."""

from dataclasses import dataclass

from django.db import transaction

from cinnabar.certificates import rows, shares
from cinnabar.certificates.actions.notice import tell_customer
from cinnabar.certificates.rows import Live
from cinnabar.certificates.shares import Share
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import fresh
from cinnabar.flows.actions.decide import claim, finish_act, require
from cinnabar.flows.actions.steps import open_flow, prove
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView
from cinnabar.flows.rules import code_required, required_assurance
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits

EXPORTS = "export"
"""What is counted: exports begun."""

_PER_DAY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What the browser opens its key with, and the serial of what it exports."""

    share: Share
    serial: str


def open_export(env: Env, visitor: Visitor, share_id: str) -> FlowView:
    """Begin to export the certificate of this device, whose share the device names.

    Raises `Refused`: EXPORT_OFF, STEP_UP_NEEDED, TOO_MANY_TRIES, CANNOT_EXPORT.
    """
    refuse_when_off(env)
    _refuse_unsure(env, visitor)
    with transaction.atomic():
        if limits.take(env, EXPORTS, str(visitor.customer_id), limit=_PER_DAY) is None:
            raise Refused(Refusal.TOO_MANY_TRIES)
    live = _exportable(env, visitor, share_id)
    return open_flow(env, visitor, FlowKind.EXPORT, target=live.serial, facts={"share": share_id})


def export(env: Env, visitor: Visitor, flow_id: str) -> Exported:
    """Hand out the share of what the flow is about, once; the customer's confirmation is this call.

    Raises `Refused`: FLOW_CLOSED (also for a second call), FLOW_OUT_OF_ORDER, EXPORT_OFF,
    CANNOT_EXPORT when the certificate ended or was replaced meanwhile.
    """
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        flow = claim(env, visitor, flow_id)
        if flow is None or flow.kind is not FlowKind.EXPORT:
            raise Refused(Refusal.FLOW_CLOSED)
        refuse_when_off(env)
        prove(env, flow.id, ProofKind.CONFIRMATION, target=flow.target)
        require(env, visitor, flow, with_code=asks_code(env, visitor))
        live = _exportable(env, visitor, flow.facts["share"])
        if live.serial != flow.target:
            raise Refused(Refusal.CANNOT_EXPORT)
        share = shares.hand_out(env, visitor, flow.facts["share"])
        told = {"serial": live.serial, "flow": flow.id, "share": share.id}
        note(env, visitor, Event.CERTIFICATE_EXPORTED, {**told, "device": visitor.device[:16]})
        tell_customer(env, visitor.customer_id, live.serial, "export", again=flow.id)
        finish_act(flow.id)
    return Exported(share=share, serial=live.serial)


def _refuse_unsure(env: Env, visitor: Visitor) -> None:
    """Raise `Refused(STEP_UP_NEEDED)`; a code for this very export is as fresh as can be."""
    least = required_assurance(env.firm, FlowKind.EXPORT)
    if least is Assurance.SINGLE or asks_code(env, visitor):
        fresh.sure(visitor, least)
    else:
        fresh.require(env, visitor, least)


def refuse_when_off(env: Env) -> None:
    """Raise `Refused(EXPORT_OFF)` where the firm does not offer exports."""
    if env.firm.certificate.export == "off":
        raise Refused(Refusal.EXPORT_OFF)


def _exportable(env: Env, visitor: Visitor, share_id: str) -> Live:
    live = rows.live(visitor.customer_id, visitor.channel)
    if live is None or live.not_after < env.clock.now():
        raise Refused(Refusal.CANNOT_EXPORT)
    if not shares.holds(visitor, share_id, live):
        raise Refused(Refusal.CANNOT_EXPORT)
    return live


def asks_code(env: Env, visitor: Visitor) -> bool:
    """Tell whether this visitor's export needs a code (`certificate.export_code`)."""
    return code_required(env.firm, FlowKind.EXPORT, visitor.channel, expired=False, amr=visitor.amr)
