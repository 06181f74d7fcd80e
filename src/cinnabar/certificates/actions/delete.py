"""憑證刪除: the mobile pages end a certificate, signed by the key that is deleted (P47, P153).

The act itself is that of revoking (actions/revoke.py): here is how it begins and what the key
signs. Nothing is deleted at the host; the browser forgets its key when the host has revoked.
"""

from django.db import transaction

from cinnabar.certificates import rows
from cinnabar.certificates.actions.revoke import open_revocation
from cinnabar.env import Env
from cinnabar.flows.actions.steps import prove
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.queries import FlowView, of_visitor
from cinnabar.flows.rules import BY_KEY
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.signatures import signature_holds


def open_deletion(env: Env, visitor: Visitor, *, key_here: bool) -> FlowView:
    """Begin to delete the visitor's live mobile certificate.

    Whose device says that it holds the key signs with it where the firm asks that; who has lost
    it needs a code instead. Raises `Refused` as `open_revocation` does.
    """
    signs = visitor.channel == "mobile" and env.firm.code.mobile_delete == "key-signature"
    return open_revocation(env, visitor, lost=False, by_key=key_here and signs)


def asks_signature(flow: FlowView) -> bool:
    """Tell whether the deletion waits for the key's signature."""
    return flow.kind is FlowKind.REVOKE and flow.facts.get("way") == BY_KEY


def statement(flow: FlowView) -> bytes:
    """Return what the key signs; it says itself what it is, so that it can be no order."""
    lines = ("cinnabar certificate delete v1", "this is not an order", flow.id, flow.target)
    return "".join(f"{line}\n" for line in lines).encode()


def prove_key(env: Env, visitor: Visitor, flow_id: str, signature: bytes) -> None:
    """Take the key's signature over the flow's statement (ECDSA with SHA-256, DER).

    Raises `Refused`: FLOW_CLOSED for a flow that waits for none, DELETE_SIGNATURE.
    """
    flow = of_visitor(env, visitor, flow_id)
    if not asks_signature(flow) or flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    live = rows.live(visitor.customer_id, visitor.channel)
    if live is None or live.serial != flow.target:
        raise Refused(Refusal.FLOW_CLOSED)
    key = read_certificate(rows.signed(live)).fields.spki
    if not signature_holds(key, signature, statement(flow)):
        raise Refused(Refusal.DELETE_SIGNATURE)
    with transaction.atomic():
        prove(env, flow.id, ProofKind.OLD_KEY, target=flow.target)
