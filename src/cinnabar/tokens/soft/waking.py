"""The app says where it is woken, and is woken there (docs/flows/push.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.visitor import Actor
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.messages.push import subscriptions
from cinnabar.messages.push.subscriptions import Place
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import proving
from cinnabar.tokens.soft.signed import Signed

SUBSCRIBE = "push-subscribe"
"""The purpose of the statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A place to be woken at, and the data that was signed, in which it stands."""

    place: Place
    data: Mapping[str, JsonValue]


def subscribe(env: Env, bearer: Bearer, signed: Signed, wish: Wish) -> None:
    """Wake the app of this device there from now on, and where it said before no more.

    Raises `Refused`: TOKEN_NONE for a token that is not bound, PUSH_HOST, INPUT_MALFORMED, and as
    `proving.by_device`.
    """
    host = subscriptions.check(env, wish.place)
    held = proving.by_device(env, bearer, signed, SUBSCRIBE, wish.data)
    with transaction.atomic(durable=True):
        lock_customer(held.customer_id)
        if held.id not in _woken(held.customer_id):
            raise Refused(Refusal.TOKEN_NONE)
        if subscriptions.keep(env, held.customer_id, held.id, wish.place):
            record(
                env,
                Event.PUSH_SUBSCRIBED,
                subject=held.subject,
                by=held.subject,
                channel="mobile",
                details={"token": held.key_id, "host": host},
            )


def wake(env: Env, actor: Actor, approval: str) -> None:
    """Wake every app of the customer that can answer, in the transaction that asks them."""
    if env.push_hosts:
        subscriptions.wake(
            env,
            _woken(actor.customer_id),
            customer_id=actor.customer_id,
            subject=actor.subject,
            key=f"approval:{approval}",
            expires_at=env.clock.now() + env.firm.token.approval,
        )


def _woken(customer_id: int) -> list[str]:
    """Return the customer's tokens that can answer an approval."""
    active = SoftToken.objects.filter(customer_id=customer_id, state=SoftToken.ACTIVE, factor=True)
    return list(active.values_list("id", flat=True))
