"""The trading certificate as the second factor, at sign-in and at step-up (P24, CRT-17).

A challenge of the flow is signed by the key in the browser: having a certificate is shown, never
said.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from cinnabar.certificates import challenges, shares
from cinnabar.certificates.actions import claim
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.assurance import CERTIFICATE
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Actor, Stranger
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.secrets import Secret
from cinnabar.login import stolen
from cinnabar.login.stages import factors

T = TypeVar("T")

METHOD = "trading-certificate"


def challenge(env: Env, actor: Actor, flow_id: str) -> str:
    """Return a fresh challenge for the actor's flow; raise `Refused(TOO_MANY_TRIES)`."""
    factors.insist(env, actor, METHOD)
    return challenges.make(env, _claim(actor, flow_id))


def share(env: Env, actor: Actor, flow: FlowView, share_id: str, device: Secret | None) -> bytes:
    """Return the host's half of a key's wrapping to the device it was made for.

    Any other gets as many octets that open nothing. Raises `Refused(TOO_MANY_TRIES)`.
    """
    named = stolen.watched(env, device, address=actor.address)
    return shares.release_to_claim(env, actor, flow, share_id, named)


def prove(
    env: Env,
    actor: Actor,
    flow_id: str,
    signed: tuple[str, bytes],
    then: Callable[[frozenset[str]], T],
) -> T | None:
    """Take a signed challenge; call `then` with what a valid certificate of the actor's proves.

    `signed` is the challenge and the signature. The challenge is used up first, whatever becomes
    of it; `then` runs in one transaction with the journal's word of it. None for a certificate
    that is not valid now or another's. Raises `Refused`: FACTOR_UNAVAILABLE, SIGNATURE_MALFORMED,
    those of `challenges.spend`, and what `then` raises.
    """
    factors.insist(env, actor, METHOD)
    serial = claim.shown(env, _claim(actor, flow_id), actor.customer_id, *signed)
    with transaction.atomic(durable=True):
        lock_customer(actor.customer_id)
        record(
            env,
            Event.CERTIFICATE_PROVED if serial else Event.CERTIFICATE_NOT_PROVED,
            subject=actor.subject,
            by="visitor",
            channel=actor.channel,
            details={"flow": flow_id, "serial": serial or ""},
        )
        return then(frozenset({CERTIFICATE})) if serial else None


def _claim(actor: Actor, flow_id: str) -> challenges.Claim:
    here = Stranger(visit=actor.session, address=actor.address, channel=actor.channel)
    return challenges.Claim(stranger=here, flow=flow_id)
