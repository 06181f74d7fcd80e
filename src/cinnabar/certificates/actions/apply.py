"""The first steps of an application or a renewal: may it begin, and whose key is it for."""

import base64
import hashlib

from django.db import transaction

from cinnabar.certificates import rows, rules, shares
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.rows import Live
from cinnabar.env import Env
from cinnabar.flows.actions.steps import open_flow, prove, set_target
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.queries import FlowView, of_visitor
from cinnabar.flows.rules import code_required
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.request import KeyRequest, read_request
from cinnabar.pki.signatures import signature_holds


def open_application(env: Env, visitor: Visitor) -> FlowView:
    """Begin an application; raise `Refused`: REAPPLY_BLOCKED, ALREADY_LIVE."""
    refuse_application(env, visitor, live_certificate(visitor))
    return open_flow(env, visitor, FlowKind.APPLY)


def open_renewal(env: Env, visitor: Visitor) -> FlowView:
    """Begin to renew the live certificate; raise `Refused`: NO_CERTIFICATE, RENEWAL_NOT_OPEN."""
    live = live_certificate(visitor)
    refuse_renewal(env, live)
    assert live is not None  # noqa: S101 - for the type checker: refused above
    return open_flow(env, visitor, FlowKind.RENEW, facts={"old": live.serial})


def renewal_needs_code(env: Env, visitor: Visitor) -> bool:
    """Tell whether renewing the live certificate now needs a code (CONFLICT-11)."""
    live = live_certificate(visitor)
    expired = live is not None and live.not_after < env.clock.now()
    return code_required(
        env.firm, FlowKind.RENEW, visitor.channel, expired=expired, amr=visitor.amr
    )


def present_request(
    env: Env,
    visitor: Visitor,
    flow_id: str,
    csr: bytes,
    *,
    share: str,
    old_signature: bytes | None = None,
) -> None:
    """Bind the flow to a certificate request, PKCS#10 in DER (RFC 2986), and what it proves.

    `old_signature` is the old key's signature over the request (ECDSA in DER, or RSA PKCS#1
    v1.5, with SHA-256), which a renewal needs (CRT-08). Raises `Refused`: those of
    `read_request`, KEY_KNOWN, SHARE_GONE, RENEWAL_SIGNATURE, FLOW_CLOSED.
    """
    flow = of_visitor(env, visitor, flow_id)
    if flow.kind not in {FlowKind.APPLY, FlowKind.RENEW} or flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    request = read_request(csr)
    _refuse_known_key(request)
    if not shares.belongs_to(visitor, share):
        raise Refused(Refusal.SHARE_GONE)
    if flow.kind is FlowKind.RENEW:
        _refuse_unsigned_renewal(visitor, flow, csr, old_signature)
    target = hashlib.sha256(csr).hexdigest()
    facts = {
        "spki": base64.b64encode(request.spki_der).decode(),
        "key_id": request.key_id,
        "share": share,
    }
    with transaction.atomic():
        set_target(env, visitor, flow.id, target=target, facts=facts)
        prove(env, flow.id, ProofKind.POSSESSION, target=target)
        if flow.kind is FlowKind.RENEW:
            prove(env, flow.id, ProofKind.OLD_KEY, target=target)


def live_certificate(visitor: Visitor) -> Live | None:
    """Return the visitor's live certificate on his channel."""
    return rows.live(visitor.customer_id, visitor.channel)


def refuse_application(env: Env, visitor: Visitor, live: Live | None) -> None:
    """Refuse to apply after a reported loss and beside a certificate that is in date."""
    if rows.on_hold(visitor.customer_id):
        raise Refused(Refusal.REAPPLY_BLOCKED)
    if live is not None and live.not_after >= env.clock.now():
        raise Refused(Refusal.ALREADY_LIVE)


def refuse_renewal(env: Env, live: Live | None) -> None:
    """Refuse to renew what is not there or outside its window (CRT-06)."""
    if live is None:
        raise Refused(Refusal.NO_CERTIFICATE)
    window = rules.renewal_window(env.firm.certificate, env.firm.identity.timezone, live.not_after)
    if not window.holds(env.clock.now()):
        raise Refused(
            Refusal.RENEWAL_NOT_OPEN, opens=window.opens.date(), closes=window.closes.date()
        )


def _refuse_known_key(request: KeyRequest) -> None:
    if Certificate.objects.filter(key_id=request.key_id).exists():
        raise Refused(Refusal.KEY_KNOWN)


def _refuse_unsigned_renewal(
    visitor: Visitor, flow: FlowView, csr: bytes, signature: bytes | None
) -> None:
    live = live_certificate(visitor)
    if live is None or live.serial != flow.facts["old"]:
        raise Refused(Refusal.FLOW_CLOSED)
    if signature is None or not _signed_by(rows.signed(live), signature, csr):
        raise Refused(Refusal.RENEWAL_SIGNATURE)


def _signed_by(certificate: bytes, signature: bytes, message: bytes) -> bool:
    return signature_holds(read_certificate(certificate).fields.spki, signature, message)
