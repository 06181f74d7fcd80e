"""Suspending biometrics, and writing down what has suspended them (P227, BIO-03).

The rule is asked at every use (`standing`); what is here tells the customer, and stops the keys.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from cinnabar.codes import notices
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.dice import new_id
from cinnabar.messages.kinds import Kind
from cinnabar.tokens.models import NewDevice, Passkey, SoftToken
from cinnabar.tokens.soft.standing import COPIED, ON, SUSPENDED, standing

_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who suspended, for the journal; `case` is under what staff keep their record of it."""

    who: str
    channel: str
    case: str = ""


HOST = By(who="worker", channel="worker")


def suspend(
    env: Env, customer_id: int, why: str, *, only: str = "", but: str = "", by: By | None = None
) -> int:
    """Suspend biometrics where the customer has them on; tell him, and return how many there were.

    In the caller's transaction, under the customer's lock. `why` is a cause of the firm's file,
    or "copied"; one that the firm leaves out does nothing. `only` and `but` are ids of tokens;
    `by` is the customer himself where it is None.
    """
    if why != COPIED and why not in env.firm.token.suspend_biometrics:
        return 0
    mine = SoftToken.objects.filter(customer_id=customer_id, biometrics=ON)
    mine = mine.exclude(pk=but) if but else mine
    return _suspend(env, customer_id, mine.filter(pk=only) if only else mine, why, by)


def by_staff(env: Env, customer_id: int, *, case: str) -> int:
    """Suspend biometrics as staff decided; return on how many devices they were on.

    `case` is the number under which they keep their record.
    """
    with transaction.atomic(durable=True):
        lock_customer(customer_id)
        by = By(who="branch", channel="cli", case=case)
        return suspend(env, customer_id, "staff", by=by)


def stop_keys(env: Env, customer_id: int, *tokens: str) -> None:
    """Let the keys behind these tokens' biometrics open nothing more, in the caller's transaction.

    A customer has few passkeys: they are found by him.
    """
    mine = Passkey.objects.filter(customer_id=customer_id, stopped_at=None)
    mine.filter(token_id__in=tokens).update(stopped_at=env.clock.now())


def arrived(env: Env, customer_id: int, device: str) -> None:
    """Note that the customer came to the app on a device that is new to him.

    In the transaction of the sign-in: a row of its own, which waits for no other. `device` is the
    root of its series. Nothing where the firm suspends nothing by that.
    """
    if env.firm.offers_biometrics and "new-device" in env.firm.token.suspend_biometrics:
        NewDevice.objects.create(customer_id=customer_id, device=device, at=env.clock.now())


def settle(env: Env) -> int:
    """Suspend what arrivals on new devices have suspended; return how many were looked at.

    Each in a transaction of its own. The row goes with it: the tokens say it from then on.
    """
    came = list(NewDevice.objects.order_by("pk")[:_BATCH])
    for one in came:
        with transaction.atomic(durable=True):
            lock_customer(one.customer_id)
            look(env, one.customer_id)
            NewDevice.objects.filter(pk=one.pk).delete()
    return len(came)


def look_all(env: Env) -> int:
    """Write down what has suspended biometrics without anybody saying so; return how many.

    Telephones that the core system changed, passwords that staff replaced, and disuse.
    """
    found = 0
    on = SoftToken.objects.filter(biometrics=ON, state=SoftToken.ACTIVE)
    for token in on.order_by("pk").iterator(_BATCH):
        if standing(env, token).state != ON:
            with transaction.atomic(durable=True):
                lock_customer(token.customer_id)
                found += look(env, token.customer_id)
    return found


def look(env: Env, customer_id: int) -> int:
    """Write down how the customer's biometrics stand; return how many are suspended by that.

    In the caller's transaction, under the customer's lock.
    """
    found = 0
    for token in SoftToken.objects.filter(customer_id=customer_id, biometrics=ON):
        stands = standing(env, token)
        if stands.state == SUSPENDED:
            found += suspend(env, customer_id, stands.why, only=token.id, by=HOST)
    return found


def _suspend(env: Env, customer_id: int, on: QuerySet[SoftToken], why: str, by: By | None) -> int:
    ids = sorted(on.values_list("pk", flat=True))
    held = SoftToken.objects.filter(pk__in=ids, biometrics=ON)
    count = held.update(biometrics=SUSPENDED, biometrics_why=why)
    if not count:
        return 0
    stop_keys(env, customer_id, *ids)
    subject = customers.reach(env, customer_id).subject
    details: dict[str, JsonValue] = {"why": why, "devices": count}
    record(
        env,
        Event.BIOMETRICS_SUSPENDED,
        subject=subject,
        by=by.who if by else subject,
        channel=by.channel if by else "mobile",
        details={**details, "case": by.case} if by and by.case else details,
    )
    facts = {"event": "biometrics-suspended", "browser": "", "system": "", "address": ""}
    notices.tell(env, customer_id, Kind.ACCOUNT_NOTICE, facts, key=new_id(env.dice))
    return count
