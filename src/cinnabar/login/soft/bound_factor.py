"""The device that a soft token is bound to as the second factor, right where one is (P26).

After the password its key is enough and nothing is typed (按登入即完成); where a fresh proof is
asked in a session, the PIN is asked too.
"""

from functools import partial
from typing import TypeAlias

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.assurance import PIN, TOKEN
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Actor, Stranger, Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login import stolen
from cinnabar.login.opening import SignedIn
from cinnabar.login.soft.bound_device import offered
from cinnabar.login.stages import second, step_up
from cinnabar.login.stages.step_up import SteppedUp
from cinnabar.tokens.ceremony import Assertion
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import biometrics, proving
from cinnabar.tokens.soft.held import Held
from cinnabar.tokens.soft.signed import Signed

SECOND, STEP_UP = "second-factor", "step-up"
"""What the device's statement says it is for; its data is the flow."""


Sent: TypeAlias = tuple[Signed, Assertion | None]
"""What the device signed, and where biometrics stand for the PIN what its own key showed."""


def here(env: Env, actor: Actor, device: Secret | None) -> str:
    """Return the key of the actor's own token that counts on this device, "" if there is none.

    Asked only after something was proved, as every factor is.
    """
    if not offered(env.firm):
        return ""
    name = stolen.watched(env, device, address=actor.address)
    mine = SoftToken.objects.filter(
        customer_id=actor.customer_id, state=SoftToken.ACTIVE, factor=True, device=name
    )
    found = mine.order_by("-bound_at").first() if name else None
    return found.key_id if found else ""


def sign_in(
    env: Env, stranger: Stranger, flow: str, signed: Signed, device: Secret | None
) -> SignedIn:
    """Go on from a right password with this device's key; the session begins in one transaction.

    Raises `Refused`: FACTOR_UNAVAILABLE for any token but the one of `here`, TOKEN_NOT_PROVED,
    and as `second.accept` does.
    """
    _, claimant = second.at_step(env, stranger, flow)
    _insist(env, claimant, signed, device)
    bearer = proving.bearer(claimant.session)
    held = proving.by_device(env, bearer, signed, SECOND, {"flow": flow})
    with transaction.atomic(durable=True):
        lock_customer(claimant.customer_id)
        _use(env, claimant, held, flow)
        return second.accept(env, stranger, flow, frozenset({TOKEN}), device)


def go_on(env: Env, visitor: Visitor, flow: str, sent: Sent, device: Secret | None) -> SteppedUp:
    """Step up by this device's key and its PIN, or what its own key showed of its owner.

    Raises `Refused`: FACTOR_UNAVAILABLE, those of `proving.by_pin` or
    `biometrics.by_biometrics`, and of `step_up.accept`.
    """
    signed, shown = sent
    step_up.at_step(env, visitor, flow)
    _insist(env, visitor, signed, device)
    bearer, data = proving.bearer(visitor.session), {"flow": flow}
    proved = frozenset({TOKEN, PIN}) if shown is None else biometrics.FACTORS
    then = partial(_stepped, env, visitor, flow, proved)
    if shown is None:
        return proving.by_pin(env, bearer, signed, STEP_UP, data, then)
    return biometrics.by_biometrics(env, bearer, signed, STEP_UP, data, shown, then)


def _stepped(
    env: Env, visitor: Visitor, flow: str, proved: frozenset[str], held: Held
) -> SteppedUp:
    if held.state != SoftToken.ACTIVE:
        raise Refused(Refusal.FACTOR_UNAVAILABLE)
    return step_up.accept(env, visitor, flow, proved)


def _insist(env: Env, actor: Actor, signed: Signed, device: Secret | None) -> None:
    own = here(env, actor, device)
    if not own or signed.token != own:
        raise Refused(Refusal.FACTOR_UNAVAILABLE)


def _use(env: Env, actor: Actor, held: Held, flow: str) -> None:
    """Note the use, in the caller's transaction; refuse a token that was stopped meanwhile."""
    mine = SoftToken.objects.filter(
        pk=held.id, customer_id=actor.customer_id, state=SoftToken.ACTIVE
    )
    if mine.update(used_at=env.clock.now()) != 1:
        raise Refused(Refusal.FACTOR_UNAVAILABLE)
    note(env, actor, Event.TOKEN_USED, {"token": held.id, "flow": flow})
