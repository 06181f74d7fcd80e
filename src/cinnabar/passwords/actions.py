"""Set a password; check one without letting anybody guess (LCK-01, LCK-03)."""

from dataclasses import dataclass

from django.db import transaction

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import lock
from cinnabar.passwords.models import StoredPassword

LOGIN = "login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of a try. `locked_now`: this one locked the account."""

    right: bool
    locked_now: bool = False
    was_locked: bool = False


def set_password(env: Env, customer_id: int, password: Password, *, kind: str = LOGIN) -> None:
    """Store `password` for the customer, replacing the one before."""
    encoded = env.hasher.hash(password)
    with transaction.atomic():
        StoredPassword.objects.update_or_create(
            customer_id=customer_id,
            kind=kind,
            defaults={"encoded": encoded, "changed_at": env.clock.now()},
        )


def check(env: Env, index: str, customer: CustomerView | None, password: Password) -> Checked:
    """Try `password` for the identifier whose blind index is `index`.

    The work and the writes are the same whether the customer exists or not. A place is reserved
    before hashing, so that a hundred parallel guesses are three evaluated ones; right tries
    give their place back without counting. Raises `Refused(BUSY)` when as many tries are being
    checked right now as could lock the account.
    """
    limits = lock.caps(env.firm)
    place = lock.reserve(env, index, limits)
    stored = _stored(customer)
    try:
        right = _matches(env, stored, password)
    except Refused:
        if place is lock.Place.HELD:
            lock.leave(index)
        raise
    if place is lock.Place.LOCKED or not right:
        locked_now = lock.settle_wrong(env, index, limits, place)
        return Checked(right=False, locked_now=locked_now, was_locked=place is lock.Place.LOCKED)
    if not lock.settle_right(env, index):
        return Checked(right=False, was_locked=True)
    _rehash(env, stored, password)
    return Checked(right=True)


def _stored(customer: CustomerView | None) -> StoredPassword | None:
    # For nobody the same question, so that he costs as much (LCK-03).
    whose = customer.id if customer else 0
    return StoredPassword.objects.filter(customer_id=whose, kind=LOGIN).first()


def _matches(env: Env, stored: StoredPassword | None, password: Password) -> bool:
    if stored is None:
        env.hasher.spend_the_same(password)
        return False
    return env.hasher.matches(stored.encoded, password)


def _rehash(env: Env, stored: StoredPassword | None, password: Password) -> None:
    if stored is not None and env.hasher.outdated(stored.encoded):
        stored.encoded = env.hasher.hash(password)
        stored.save(update_fields=["encoded"])


def has_password(customer_id: int, *, kind: str = LOGIN) -> bool:
    """Tell whether the customer has a password of this kind."""
    return StoredPassword.objects.filter(customer_id=customer_id, kind=kind).exists()
