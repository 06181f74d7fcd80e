"""What must be true of approvals after every press, recomputed from the rows alone.

Beside the model of `approving_model`, which says what each press may do.
"""

from collections.abc import Iterator, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.events import Event
from cinnabar.login.models import Session
from cinnabar.messages.models import Outbox
from cinnabar.tokens.models import Approval, Restriction
from tests.support.approving import Asking
from tests.support.passkeys import recorded
from tests.support.soft import digest

_SIGNED = {
    "approved": "approve",
    "used": "approve",
    "dead": "approve",
    "cancelled": "cancel",
    "refused": "deny",
}
"""What was signed over an approval that stands so."""


def sessions() -> dict[str, str]:
    """Return the sessions that a token had a part in, and what each was opened with."""
    return dict(Session.objects.filter(amr__contains="token").values_list("id", "amr"))


def broken(scene: Asking, before: Mapping[str, str], press: str) -> list[str]:
    """Return a sentence for everything that `press` must not have done."""
    wrongly, scene.wrongly = scene.wrongly, []
    went, scene.went = scene.went, 0
    return [
        *wrongly,
        *_opened(before, press, went),
        *_answered(scene),
        *_shut(scene),
        *_numbers(scene),
    ]


def _opened(before: Mapping[str, str], press: str, went: int) -> Iterator[str]:
    new = {name: amr for name, amr in sessions().items() if name not in before}
    # A session that was stepped up goes on under another name when its password is changed.
    if press != "new_password" and len(new) != went:
        yield f"{press} went on {went} times and opened {new}"
    used = Approval.objects.filter(state="used")
    for one in used:
        yield from _used(one)
    flows = set(used.values_list("flow", flat=True))
    if len(flows) != used.count():
        yield "a flow used two approvals"


def _used(one: Approval) -> Iterator[str]:
    flow = Flow.objects.get(pk=one.flow)
    proofs = set(Proof.objects.filter(flow=flow).values_list("kind", "target"))
    first = "password" if flow.kind == "sign-in" else "signed-in"
    if flow.state != "done" or proofs != {(first, flow.session), ("factor", flow.session)}:
        yield f"{one.id} was used in a flow that is {flow.state}, with {proofs}"
    if one.factors.split() != ["pin", "token"]:
        yield f"{one.id} was used and proved {one.factors}"
    if flow.customer_id != one.customer_id:
        yield f"{one.id} was used in somebody else's flow"


def _answered(scene: Asking) -> Iterator[str]:
    """Evidence: what was seen, signed by the key of a token of the same customer."""
    known = {one.name: one for one in scene.model.asked}
    for one in Approval.objects.select_related("token"):
        if one.tries > scene.env.firm.token.approval_wrong:
            yield f"{one.id} was tried {one.tries} times"
        if one.token is None:
            if one.state in {"approved", "used", "cancelled", "refused"}:
                yield f"{one.id} is {one.state} and nobody answered"
            continue
        if one.token.customer_id != one.customer_id:
            yield f"{one.id} was answered by another customer's token"
        asked = known[one.id]
        number = {"number": asked.number} if _SIGNED[one.state] == "approve" else {}
        said = f"data: {digest({**asked.seen, **number})}\n"
        if f"purpose: {_SIGNED[one.state]}\n" not in one.statement or said not in one.statement:
            yield f"{one.id} is {one.state} by another statement"
        if not _verifies(one):
            yield f"{one.id} is {one.state} and was not signed"


def _verifies(one: Approval) -> bool:
    assert one.token is not None
    assert one.signature is not None
    key = load_der_public_key(bytes(one.token.public_key))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    r, s = (int.from_bytes(half) for half in (one.signature[:32], one.signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), one.statement.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _shut(scene: Asking) -> Iterator[str]:
    restricted = set(Restriction.objects.values_list("customer_id", flat=True))
    if restricted != scene.model.restricted:
        yield f"restricted are {restricted}, and should be {scene.model.restricted}"
    if Approval.objects.filter(customer_id__in=restricted, state__in=("open", "approved")).exists():
        yield "somebody who said that it was not he is asked still"
    for one in Approval.objects.filter(state="refused"):
        flow = Flow.objects.get(pk=one.flow)
        if flow.state != "abandoned":
            yield f"{one.id} was disowned, and its flow is {flow.state}"
        alive = Session.objects.filter(pk=flow.session, ended_at=None)
        if flow.kind == "step-up" and alive.exists():
            yield f"{one.id} was disowned, and its session goes on"
    told = Outbox.objects.filter(kind="staff-alert", key__startswith="approval-denied").count()
    denied = len(recorded(Event.APPROVAL_DENIED))
    if not told == denied == scene.model.denials:
        yield f"{scene.model.denials} times it was not he; alerts {told}, in the journal {denied}"


def _numbers(scene: Asking) -> Iterator[str]:
    """No open approval gives another away; the number is gone with the question."""
    names = Approval.objects.filter(state="open").values_list("id", flat=True)
    now = scene.env.clock.now()
    alive = [one for one in scene.model.asked if one.name in set(names)]
    shown = [
        (one.whose, one.number) for one in alive if now - one.at <= scene.env.firm.token.approval
    ]
    if len(set(shown)) != len(shown):
        yield "two open approvals of a customer show one number"
    if Approval.objects.exclude(state="open").exclude(number=None).exists():
        yield "the number of an approval that is over is kept"
