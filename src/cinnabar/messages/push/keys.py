"""The keys by which push services know this site (RFC 8292), and how one follows another.

A browser subscribes under one key, and only that key wakes it there. So after a rotation the older
key serves until the subscriptions under it have moved, which the apps do when they are opened.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.db.models import Count, Q

from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.messages.models import PushSubscription, VapidKey
from cinnabar.messages.push.sealed_body import CURVE, DRAWN, key_from, point_of
from cinnabar.messages.push.vapid import b64url

KEPT = timedelta(days=90)
"""How long an app may stay closed after a rotation and still be woken."""

_UNUSED = timedelta(days=1)
_SEAL = "vapid key"
_SCALAR = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How push stands: subscriptions, those under older keys, and since when the newest key is."""

    subscriptions: int
    on_older: int
    made_at: datetime | None


def newest(env: Env) -> str:
    """Return the public key that apps subscribe with, "" where nobody is called or none is made."""
    found = _newest() if env.push_hosts else None
    return found.id if found else ""


def opened(env: Env, key: VapidKey) -> ec.EllipticCurvePrivateKey:
    """Return the private key; raise `VaultError` if it was altered."""
    plain = env.vault.open(_SEAL, bytes(key.sealed), bound_to=key.id.encode())
    return ec.derive_private_key(int.from_bytes(plain), CURVE)


def upkeep(env: Env) -> bool:
    """Make the first key; forget keys whose time is over, and those nobody is subscribed under."""
    if not env.push_hosts:
        return False
    if _newest() is None:
        with transaction.atomic(durable=True):
            _make(env)
        return True
    now = env.clock.now()
    for key in VapidKey.objects.exclude(pk=newest(env)):
        with transaction.atomic(durable=True):
            held = _locked(key.id)
            mine = PushSubscription.objects.filter(key_id=key.id)
            over = key.ends_at is not None and key.ends_at <= now
            if held and (over or (key.made_at < now - _UNUSED and not mine.exists())):
                mine.delete()
                held.delete()
    return False


def rotate(env: Env, *, by: str, at_once: bool = False) -> int:
    """Make a new key for new subscriptions; return how many there are under older ones.

    `at_once` forgets those and their keys: for a key that somebody else may have.
    """
    now = env.clock.now()
    with transaction.atomic(durable=True):
        rows = VapidKey.objects.select_for_update(no_key=True).order_by("id")
        old = list(rows.values_list("id", flat=True))
        left = PushSubscription.objects.filter(key_id__in=old)
        count = left.count()
        VapidKey.objects.filter(pk__in=old, ends_at=None).update(ends_at=now + KEPT)
        if at_once:
            left.delete()
            VapidKey.objects.filter(pk__in=old).delete()
        made = _make(env)
        record(
            env,
            Event.PUSH_KEY_ROTATED,
            subject=None,
            by=by,
            channel="cli",
            details={"key": made, "under_older": count, "at_once": at_once},
        )
    return count


def health() -> Health:
    """Return how push stands, in two statements."""
    found = _newest()
    name, made_at = (found.id, found.made_at) if found else ("", None)
    counts = PushSubscription.objects.aggregate(
        all=Count("id"), older=Count("id", filter=~Q(key_id=name))
    )
    return Health(subscriptions=counts["all"], on_older=counts["older"], made_at=made_at)


def hold(key: str) -> bool:
    """Keep a key from being forgotten till the transaction ends; False if there is none."""
    return _locked(key) is not None


def _locked(key: str) -> VapidKey | None:
    return VapidKey.objects.select_for_update(no_key=True).filter(pk=key).first()


def _newest() -> VapidKey | None:
    return VapidKey.objects.filter(ends_at=None).order_by("-made_at", "-id").first()


def _make(env: Env) -> str:
    private = key_from(env.dice.octets(DRAWN))
    name = b64url(point_of(private.public_key()))
    scalar = private.private_numbers().private_value.to_bytes(_SCALAR)
    VapidKey.objects.create(
        id=name,
        sealed=env.vault.seal(_SEAL, scalar, bound_to=name.encode()),
        made_at=env.clock.now(),
    )
    return name
