"""End a certificate: on request with a code, or at once when its loss is reported."""

from datetime import date

from django.db import transaction

from cinnabar.certificates import rows, shares
from cinnabar.certificates.actions.close import close
from cinnabar.certificates.actions.notice import tell_customer
from cinnabar.certificates.models import Hold
from cinnabar.certificates.rules import displayed_serial
from cinnabar.certificates.states import EndReason, State
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions.decide import claim, finish_act, require
from cinnabar.flows.actions.steps import open_flow, prove
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView
from cinnabar.flows.rules import BY_KEY, code_required
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits

REVOKED = "certificate-revoked"


def open_revocation(env: Env, visitor: Visitor, *, lost: bool, by_key: bool = False) -> FlowView:
    """Begin to revoke the visitor's live certificate, or to report it lost.

    `by_key`: the key will sign it, instead of a code (actions/delete.py).
    Raises `Refused`: NO_CERTIFICATE; REVOKE_LIMIT for an ordinary request beyond the firm's
    limits (P147-P149). A loss is never refused for the limit (REV-05).
    """
    live = rows.live(visitor.customer_id, visitor.channel)
    if live is None:
        raise Refused(Refusal.NO_CERTIFICATE)
    if not lost:
        _refuse_beyond_limits(env, visitor)
    kind = FlowKind.REPORT_LOSS if lost else FlowKind.REVOKE
    facts = {"way": BY_KEY} if by_key and not lost else {}
    return open_flow(env, visitor, kind, target=live.serial, facts=facts)


def revoke(env: Env, visitor: Visitor, flow_id: str) -> str:
    """Revoke what the flow is about; return the serial as displayed.

    The customer's confirmation is this call. Everything commits together or not at all: the
    state, the erased key share, counts, hold, journal and mail. Raises `Refused`:
    FLOW_CLOSED (also when a renewal replaced the certificate meanwhile), FLOW_OUT_OF_ORDER,
    REVOKE_LIMIT.
    """
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        flow = claim(env, visitor, flow_id)
        if flow is None or flow.kind not in {FlowKind.REVOKE, FlowKind.REPORT_LOSS}:
            raise Refused(Refusal.FLOW_CLOSED)
        lost = flow.kind is FlowKind.REPORT_LOSS
        prove(env, flow.id, ProofKind.CONFIRMATION, target=flow.target)
        require(env, visitor, flow, with_code=_with_code(env, visitor, flow))
        live = rows.live(visitor.customer_id, visitor.channel)
        if live is None or not (lost or live.serial == flow.target):
            raise Refused(Refusal.FLOW_CLOSED)
        if lost:
            Hold.objects.get_or_create(
                customer_id=visitor.customer_id, defaults={"since": env.clock.now()}
            )
        else:
            _count(env, visitor)
        reason = EndReason.KEY_COMPROMISE if lost else EndReason.CESSATION
        rows.end(live, State.REVOKED, reason, env.clock.now())
        shares.erase_all(env, live.id, live.share)
        being_issued = rows.being_issued(visitor.customer_id, visitor.channel)
        if being_issued is not None:
            close(env, being_issued, why="revoked")
        event = Event.CERTIFICATE_LOSS_REPORTED if lost else Event.CERTIFICATE_REVOKED
        note(env, visitor, event, {"serial": live.serial, "flow": flow.id})
        tell_customer(env, visitor.customer_id, live.serial, "revoke")
        finish_act(flow.id)
    return displayed_serial(live.serial)


def _with_code(env: Env, visitor: Visitor, flow: FlowView) -> bool:
    if flow.facts.get("way") == BY_KEY:
        return False
    return code_required(env.firm, flow.kind, visitor.channel, expired=False, amr=visitor.amr)


def _this_year(env: Env) -> date:
    return limits.firm_day(env).replace(month=1, day=1)


def _refuse_beyond_limits(env: Env, visitor: Visitor) -> None:
    whom = str(visitor.customer_id)
    if limits.count(env, REVOKED, whom) >= env.firm.certificate.revoke_per_day:
        raise Refused(Refusal.REVOKE_LIMIT)
    if limits.count_since(REVOKED, whom, _this_year(env)) >= env.firm.certificate.revoke_per_year:
        raise Refused(Refusal.REVOKE_LIMIT)


def _count(env: Env, visitor: Visitor) -> None:
    _refuse_beyond_limits(env, visitor)
    limit = env.firm.certificate.revoke_per_day
    if limits.take(env, REVOKED, str(visitor.customer_id), limit=limit) is None:
        raise Refused(Refusal.REVOKE_LIMIT)
