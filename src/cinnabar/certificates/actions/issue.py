"""Issue a certificate: write the intention, sign exactly that, write the result (law 6).

Between the two transactions lies the signature. Whatever dies in between leaves a row in state
ISSUING, which `settle` finishes, now or at `cinnabar ca resume`: signing the same bytes again
gives the same signature, so nothing is ever issued twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from cinnabar.certificates import rows, shares
from cinnabar.certificates.actions.close import close
from cinnabar.certificates.actions.intend import intend
from cinnabar.certificates.actions.notice import tell_customer
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.rows import Intention
from cinnabar.certificates.states import EndReason, State
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions.decide import claim, finish_act
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.queries import of_visitor
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.assemble import assemble_certificate
from cinnabar.signer.protocol import SignerRefused, SignerUnavailable

_LEFT_OPEN_FOR = timedelta(seconds=30)
"""After this a half-issued certificate was left behind by something that died."""

_ISSUED = {
    FlowKind.APPLY.value: Event.CERTIFICATE_ISSUED,
    FlowKind.RENEW.value: Event.CERTIFICATE_RENEWED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate on its way to its owner: DER, its CA's generation, what the page shows."""

    der: bytes
    generation: int
    serial: str
    not_before: datetime
    not_after: datetime


def issue(
    env: Env, visitor: Visitor, flow_id: str, *, consent: str | None, language: str
) -> Issued:
    """Carry out an application or a renewal; calling again gives the same certificate.

    `consent` is the version of the text the customer read and agreed to (P172). Raises
    `Refused`: FLOW_CLOSED, FLOW_OUT_OF_ORDER, CONSENT_MISSING, ALREADY_LIVE, KEY_KNOWN and the
    others of its steps; SIGNING_UNAVAILABLE leaves the intention open, to be called again.
    """
    certificate = _write_intention(env, visitor, flow_id, consent=consent, language=language)
    if certificate is None:
        # Not open: a second click, or a first one that died half-way. What did it lead to?
        of_visitor(env, visitor, flow_id)
        certificate = rows.of_flow(flow_id)
    if certificate is None:
        raise Refused(Refusal.FLOW_CLOSED)
    return settle(env, certificate)


def settle(env: Env, certificate: Intention) -> Issued:
    """Sign what was intended and put it in force; harmless to repeat.

    Raises `Refused`: SIGNING_UNAVAILABLE (try again), FLOW_CLOSED (it was closed meanwhile).
    """
    state, der = certificate.state, certificate.der
    if state is State.ISSUING:
        der = _sign(env, certificate)
        state = _put_in_force(env, certificate, der)
    if state is not State.LIVE or der is None:
        raise Refused(Refusal.FLOW_CLOSED)
    return Issued(
        der=der,
        generation=certificate.generation,
        serial=certificate.serial,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
    )


def resume(env: Env, *, older_than: timedelta = _LEFT_OPEN_FOR, limit: int = 1000) -> int:
    """Finish what a crash left open; return how many were finished."""
    before = env.clock.now() - older_than
    left = Certificate.objects.filter(state=State.ISSUING, intended_at__lte=before)
    finished = 0
    for flow_id in left.order_by("intended_at").values_list("flow", flat=True)[:limit]:
        certificate = rows.of_flow(flow_id)
        try:
            finished += certificate is not None and bool(settle(env, certificate))
        except Refused as refused:
            if refused.refusal is Refusal.SIGNING_UNAVAILABLE:
                break
    return finished


def _write_intention(
    env: Env, visitor: Visitor, flow_id: str, *, consent: str | None, language: str
) -> Intention | None:
    try:
        with transaction.atomic(durable=True):
            lock_customer(visitor.customer_id)
            flow = claim(env, visitor, flow_id)
            if flow is None:
                return None
            return intend(env, visitor, flow, consent=consent, language=language)
    except IntegrityError as clash:
        raise Refused(_which(clash)) from clash


def _which(clash: IntegrityError) -> Refusal:
    """Tell which constraint said no: the database is the last guard (law 9)."""
    text = str(clash)
    if "key_id" in text:
        return Refusal.KEY_KNOWN
    return Refusal.SHARE_GONE if "share" in text else Refusal.ALREADY_LIVE


def _sign(env: Env, certificate: Intention) -> bytes:
    try:
        return assemble_certificate(certificate.tbs, env.signer.sign_certificate(certificate.tbs))
    except SignerUnavailable as gone:
        raise Refused(Refusal.SIGNING_UNAVAILABLE, retry_after=2) from gone
    except SignerRefused as no:
        # It never will be signed, so it must not stay open and bar the customer's next try.
        with transaction.atomic(durable=True):
            close(env, certificate, why=str(no))
        raise Refused(Refusal.KEY_NOT_ACCEPTED) from no


def _put_in_force(env: Env, certificate: Intention, der: bytes) -> State:
    """Write the result: the old one ends, the new one lives, customer and journal are told."""
    now = env.clock.now()
    with transaction.atomic(durable=True):
        lock_customer(certificate.customer_id)
        old = certificate.replaces
        if old is not None and not rows.end(old, State.SUPERSEDED, EndReason.SUPERSEDED, now):
            # What it replaces is ended: by another call of this, or because the customer
            # revoked it meanwhile, and then his last word was to end it.
            close(env, certificate, why="overtaken")
            return _now(certificate)
        if rows.put_in_force(certificate, der, now):
            if old is not None:
                shares.erase_all(env, old.id, old.share)
            _tell(env, _ISSUED[certificate.act], certificate)
            tell_customer(env, certificate.customer_id, certificate.serial, certificate.act)
            finish_act(certificate.flow)
            return State.LIVE
        transaction.set_rollback(True)
    return _now(certificate)


def _now(certificate: Intention) -> State:
    found = rows.of_flow(certificate.flow)
    return found.state if found else State.CLOSED


def _tell(env: Env, event: Event, certificate: Intention) -> None:
    record(
        env,
        event,
        subject=certificate.subject,
        by=certificate.subject,
        channel=certificate.channel,
        details={
            "serial": certificate.serial,
            "flow": certificate.flow,
            "replaces": certificate.replaces.serial if certificate.replaces else "",
        },
    )
