"""The certificate in a browser as a proof of who is there, before any sign-in (P122, P129)."""

from typing import NamedTuple

from django.db import transaction

from cinnabar.certificates import challenges, shares
from cinnabar.certificates.actions import claim
from cinnabar.env import Env
from cinnabar.flows.actions import steps
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.queries import FlowView, of_stranger
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login import stolen

CERTIFICATE = "certificate"
"""The way of a reissue that a certificate opens."""


class Place(NamedTuple):
    """A flow as a browser names it."""

    kind: FlowKind
    flow: str


def challenge(env: Env, stranger: Stranger, place: Place) -> str:
    """Return a fresh challenge for a claim; raise `Refused(FLOW_CLOSED)`, TOO_MANY_TRIES."""
    flow, _ = _open(env, stranger, place)
    return challenges.make(env, challenges.Claim(stranger=stranger, flow=flow.id))


def share(
    env: Env, stranger: Stranger, place: Place, share_id: str, device: Secret | None
) -> bytes:
    """Return the host's half of a key's wrapping to the device it was made for.

    Anybody else gets as many octets that open nothing. Raises `Refused(FLOW_CLOSED)`.
    """
    flow, claimant = _open(env, stranger, place)
    named = stolen.watched(env, device, address=stranger.address)
    return shares.release_to_claim(env, claimant, flow, share_id, named)


def prove(
    env: Env, stranger: Stranger, place: Place, challenge_text: str, signature: bytes
) -> bool:
    """Take a signed challenge; tell whether it shows a valid certificate of the claim's customer.

    If so, that is proved for this visit. False for everything else, alike for a customer and for
    nobody. Raises `Refused`: FLOW_CLOSED, those of `challenges.spend`, SIGNATURE_MALFORMED.
    """
    flow, claimant = _open(env, stranger, place)
    asked = challenges.Claim(stranger=stranger, flow=flow.id)
    whose = claimant.customer_id if claimant else None
    serial = claim.shown(env, asked, whose, challenge_text, signature)
    with transaction.atomic():
        if claimant is not None and serial is not None:
            _proved(env, claimant, flow)
        record(
            env,
            Event.CERTIFICATE_PROVED if serial else Event.CERTIFICATE_NOT_PROVED,
            subject=claimant.subject if claimant else None,
            by="visitor",
            channel=stranger.channel,
            details={"flow": flow.id, "serial": serial or ""},
        )
    return serial is not None


def _open(env: Env, stranger: Stranger, place: Place) -> tuple[FlowView, Claimant | None]:
    flow, claimant = of_stranger(env, stranger, place.flow, place.kind)
    if flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    return flow, claimant


def _proved(env: Env, claimant: Claimant, flow: FlowView) -> None:
    if flow.kind is FlowKind.REISSUE:
        facts = {"way": CERTIFICATE}
        steps.set_target(env, claimant, flow.id, target=flow.target, facts=facts)
    steps.prove(env, flow.id, ProofKind.CERTIFICATE, target=claimant.session)
