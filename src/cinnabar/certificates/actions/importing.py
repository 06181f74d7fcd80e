"""Import: a certificate and its key come to another device, under a share of its own (CRT-16)."""

from dataclasses import dataclass

from django.db import transaction

from cinnabar.certificates import copies
from cinnabar.certificates.actions.notice import tell_customer
from cinnabar.certificates.copies import judged, of_serial
from cinnabar.certificates.models import Certificate
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions.decide import claim, finish_act, require
from cinnabar.flows.actions.steps import open_flow, prove, set_target
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_visitor
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.signatures import signature_holds

IMPORTS = "import"
"""What is counted: imports begun."""

_PER_DAY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A certificate that a device holds a copy of from now on."""

    der: bytes
    serial: str
    generation: int


def open_import(
    env: Env, visitor: Visitor, der: bytes, *, share: str | None = None, anew: bool = False
) -> FlowView:
    """Judge the certificate `der` and begin its import; `facts["challenge"]` is to be signed.

    `share` names that of an import which was cut off; `anew` says that this browser lost the
    key it had. Raises `Refused`: TOO_MANY_TRIES, IMPORT_FOREIGN, IMPORT_NOT_YOURS,
    IMPORT_NOT_YET, IMPORT_ENDED, IMPORT_EXPIRED, IMPORT_HERE.
    """
    with transaction.atomic():
        if limits.take(env, IMPORTS, str(visitor.customer_id), limit=_PER_DAY) is None:
            raise Refused(Refusal.TOO_MANY_TRIES)
    certificate = judged(env, visitor, der)
    if not anew:
        copies.refuse_second(visitor, certificate, share)
    facts = {"challenge": env.dice.octets(32).hex(), "anew": "yes" if anew else ""}
    return open_flow(env, visitor, FlowKind.IMPORT, target=certificate.serial, facts=facts)


def to_sign(flow: FlowView, share_id: str) -> bytes:
    """Return what the imported key signs: the challenge, bound to flow and share."""
    return "\n".join(("cinnabar import", flow.id, share_id, flow.facts["challenge"])).encode()


def prove_possession(
    env: Env, visitor: Visitor, flow_id: str, share_id: str, signature: bytes
) -> None:
    """Take the imported key's `signature` (ECDSA, DER) over `to_sign`.

    Raises `Refused`: FLOW_CLOSED, SHARE_GONE, IMPORT_KEY.
    """
    flow = of_visitor(env, visitor, flow_id)
    if flow.kind is not FlowKind.IMPORT or flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    certificate = of_serial(env, flow.target)
    copies.refuse_share(visitor, share_id, certificate)
    spki = read_certificate(bytes(certificate.der or b"")).fields.spki
    if not signature_holds(spki, signature, to_sign(flow, share_id)):
        raise Refused(Refusal.IMPORT_KEY)
    with transaction.atomic():
        set_target(env, visitor, flow.id, target=flow.target, facts={"share": share_id})
        prove(env, flow.id, ProofKind.POSSESSION, target=flow.target)


def finish_import(env: Env, visitor: Visitor, flow_id: str) -> Imported:
    """Put the share to the certificate; calling again gives the same answer.

    Raises `Refused`: FLOW_CLOSED, FLOW_OUT_OF_ORDER, SHARE_GONE, IMPORT_HERE, and what the
    certificate has become meanwhile.
    """
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        flow = claim(env, visitor, flow_id)
        if flow is None:
            return _as_before(env, visitor, flow_id)
        if flow.kind is not FlowKind.IMPORT:
            raise Refused(Refusal.FLOW_CLOSED)
        require(env, visitor, flow, with_code=False)
        certificate = of_serial(env, flow.target)
        if _put_to(env, visitor, flow, certificate):
            _tell(env, visitor, flow, certificate)
        finish_act(flow.id)
    return _imported(certificate)


def _as_before(env: Env, visitor: Visitor, flow_id: str) -> Imported:
    """Answer a call that comes again, because the first answer was lost."""
    flow = of_visitor(env, visitor, flow_id)
    if flow.kind is not FlowKind.IMPORT or flow.state is not FlowState.DONE:
        raise Refused(Refusal.FLOW_CLOSED)
    certificate = of_serial(env, flow.target)
    if not copies.is_put(visitor, flow.facts["share"], certificate):
        raise Refused(Refusal.SHARE_GONE)
    return _imported(certificate)


def _put_to(env: Env, visitor: Visitor, flow: FlowView, certificate: Certificate) -> bool:
    """Link share and certificate; False if they were linked by an earlier flow."""
    share_id = flow.facts["share"]
    if copies.is_put(visitor, share_id, certificate):
        return False
    copies.refuse_share(visitor, share_id, certificate)
    if flow.facts["anew"]:
        copies.erase_earlier(env, visitor, certificate)
    else:
        copies.refuse_second(visitor, certificate, share_id)
    return copies.put(share_id, certificate)


def _tell(env: Env, visitor: Visitor, flow: FlowView, certificate: Certificate) -> None:
    told = {"serial": certificate.serial, "flow": flow.id, "share": flow.facts["share"]}
    note(env, visitor, Event.CERTIFICATE_IMPORTED, {**told, "device": visitor.device[:16]})
    tell_customer(env, visitor.customer_id, certificate.serial, "import", again=flow.id)


def _imported(certificate: Certificate) -> Imported:
    return Imported(
        der=bytes(certificate.der or b""),
        serial=certificate.serial,
        generation=certificate.generation,
    )
