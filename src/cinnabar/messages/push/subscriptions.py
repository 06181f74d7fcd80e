"""Where apps are woken: kept sealed, one for each token, forgotten when it is gone (MSG-07)."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind
from cinnabar.messages.models import PushSubscription, VapidKey
from cinnabar.messages.push import keys
from cinnabar.messages.push.sealed_body import Reader
from cinnabar.messages.push.wire import host_of, is_listed

_SEAL = "push subscription"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a browser is woken, as it says itself (W3C Push API). It prints without its secrets.

    `key` is the public key of ours that it has subscribed with.
    """

    endpoint: str = field(repr=False)
    point: bytes = field(repr=False)
    auth: bytes = field(repr=False)
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A subscription to send to."""

    id: str
    endpoint: str = field(repr=False)
    host: str
    reader: Reader = field(repr=False)
    key: VapidKey


def check(env: Env, place: Place) -> str:
    """Return the host of a place that may be called.

    Raises `Refused`: INPUT_MALFORMED, PUSH_HOST for a push service that the operator did not name.
    """
    host = host_of(place.endpoint)
    if host is None:
        raise Refused(Refusal.INPUT_MALFORMED, field="endpoint")
    try:
        Reader.of(place.point, place.auth)
    except ValueError as problem:
        raise Refused(Refusal.INPUT_MALFORMED, field="p256dh") from problem
    if not is_listed(host, env.push_hosts):
        raise Refused(Refusal.PUSH_HOST)
    return host


def keep(env: Env, customer_id: int, token: str, place: Place) -> bool:
    """Keep where the app of `token` is woken, in place of what it said before; tell if it is new.

    In a transaction that holds the customer's lock, after `check`. Raises
    `Refused(INPUT_MALFORMED)` for a key that is not ours any more.
    """
    if not keys.hold(place.key):
        raise Refused(Refusal.INPUT_MALFORMED, field="key")
    name = env.vault.mac(_SEAL, token.encode(), place.endpoint.encode()).hex()
    PushSubscription.objects.filter(token=token).exclude(pk=name).delete()
    said = json.dumps([place.endpoint, _text(place.point), _text(place.auth)])
    kept = {
        "customer_id": customer_id,
        "token": token,
        "key_id": place.key,
        "sealed": env.vault.seal(_SEAL, said.encode(), bound_to=name.encode()),
    }
    _, new = PushSubscription.objects.update_or_create(
        pk=name, defaults=kept, create_defaults={**kept, "made_at": env.clock.now()}
    )
    return new


def wake(
    env: Env,
    tokens: Sequence[str],
    *,
    customer_id: int,
    subject: str,
    key: str,
    expires_at: datetime,
) -> int:
    """Let the apps of `tokens` be woken, in the caller's transaction; tell how many.

    `key` names what they are woken for, so that it is done once; after `expires_at` nobody is.
    """
    if not (env.push_hosts and tokens):
        return 0
    if not connection.in_atomic_block:
        msg = "an app is woken in the transaction of what it is woken for"
        raise RuntimeError(msg)
    found = PushSubscription.objects.filter(customer_id=customer_id, token__in=tokens)
    names = list(found.order_by("id").values_list("id", flat=True))
    for name in names:
        post(
            env,
            kind=Kind.APPROVAL_WAITING,
            customer_id=customer_id,
            subject=subject,
            channel="push",
            to=name,
            language=env.firm.identity.locale,
            facts={"asked_at": env.clock.now().isoformat()},
            key=f"{key}:{name}",
            expires_at=expires_at,
        )
    return len(names)


def opened(env: Env, name: str) -> Opened | None:
    """Return a subscription to send to, None if it was forgotten; raise `VaultError`."""
    row = PushSubscription.objects.select_related("key").filter(pk=name).first()
    if row is None:
        return None
    plain = env.vault.open(_SEAL, bytes(row.sealed), bound_to=name.encode())
    endpoint, point, auth = json.loads(plain)
    return Opened(
        id=name,
        endpoint=endpoint,
        host=host_of(endpoint) or "",
        reader=Reader.of(base64.b64decode(point), base64.b64decode(auth)),
        key=row.key,
    )


def used(env: Env, name: str) -> None:
    """Write down that the push service took a message for it."""
    PushSubscription.objects.filter(pk=name).update(used_at=env.clock.now())


def gone(env: Env, found: Opened, why: str) -> None:
    """Forget a subscription that its push service does not know any more."""
    with transaction.atomic(durable=True):
        row = PushSubscription.objects.filter(pk=found.id).first()
        if row is None or not PushSubscription.objects.filter(pk=found.id).delete()[0]:
            return
        record(
            env,
            Event.PUSH_FORGOTTEN,
            subject=customers.view(env, row.customer_id).subject,
            by="worker",
            channel="worker",
            details={"host": found.host, "why": why},
        )


def forget_of(token: str) -> int:
    """Forget where the app of a token that ends is woken, in the transaction that ends it."""
    return PushSubscription.objects.filter(token=token).delete()[0]


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
