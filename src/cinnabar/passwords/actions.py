"""Set a password; check one without letting anybody guess (LCK-01, LCK-03)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.models import Lock, StoredPassword
from cinnabar.statements import one, run

LOGIN = "login"

_FORGET_RESERVATIONS_AFTER = timedelta(minutes=1)
"""A process that died while hashing must not hold a place for ever."""

_ROOM = "(CASE WHEN passwords_lock.reserved_at < %s THEN 0 ELSE passwords_lock.in_flight END)"

_RESERVE = f"""
INSERT INTO passwords_lock (id, wrong, in_flight, reserved_at) VALUES (%s, 0, 1, %s)
ON CONFLICT (id) DO UPDATE
SET in_flight = {_ROOM} + 1, reserved_at = excluded.reserved_at
WHERE passwords_lock.locked_at IS NULL AND passwords_lock.wrong + {_ROOM} < %s
RETURNING in_flight
"""  # noqa: S608 - a constant of this module, no input

_LEAVE = "in_flight = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END"

_SETTLE_RIGHT = f"""
UPDATE passwords_lock SET wrong = CASE WHEN %s THEN 0 ELSE wrong END, {_LEAVE}
WHERE id = %s AND locked_at IS NULL
"""  # noqa: S608 - a constant of this module, no input

_SETTLE_WRONG = f"""
UPDATE passwords_lock
SET wrong = wrong + 1, {_LEAVE},
    locked_at = CASE WHEN locked_at IS NULL AND wrong + 1 >= %s THEN %s ELSE locked_at END
WHERE id = %s
RETURNING wrong, locked_at = %s
"""  # noqa: S608 - a constant of this module, no input


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


def unlock(index: str) -> bool:
    """Lift the lock of an identifier in the caller's transaction; tell whether there was one."""
    locked = Lock.objects.filter(pk=index, locked_at__isnull=False)
    return bool(locked.update(locked_at=None, wrong=0))


def check(env: Env, index: str, customer: CustomerView | None, password: Password) -> Checked:
    """Try `password` for the identifier whose blind index is `index`.

    The work and the writes are the same whether the customer exists or not. A place is reserved
    before hashing, so that a hundred parallel guesses are three evaluated ones; right tries
    give their place back without counting. Raises `Refused(BUSY)` when as many tries are being
    checked right now as could lock the account.
    """
    state = _reserve(env, index)
    if state is not None:
        env.hasher.spend_the_same(password)
        _write_as_much(env, index)
        return Checked(right=False, was_locked=True)
    stored = _stored(customer)
    try:
        right = _matches(env, stored, password)
    except Refused:
        _leave(index)
        raise
    if not right:
        return _settle_wrong(env, index)
    return _settle_right(env, index, stored, password)


def _reserve(env: Env, index: str) -> bool | None:
    """Reserve a place; None if there was one, True if the account is locked."""
    now = env.clock.now()
    stale = now - _FORGET_RESERVATIONS_AFTER
    with transaction.atomic(durable=True):
        if one(_RESERVE, index, now, stale, stale, env.firm.login.max_wrong) is not None:
            return None
    if Lock.objects.filter(pk=index, locked_at__isnull=True).exists():
        raise Refused(Refusal.BUSY, retry_after=1)
    return True


def _write_as_much(env: Env, index: str) -> None:
    """Commit a write that changes nothing that counts, so that a locked try takes as long."""
    with transaction.atomic(durable=True):
        run("UPDATE passwords_lock SET reserved_at = %s WHERE id = %s", env.clock.now(), index)


def _stored(customer: CustomerView | None) -> StoredPassword | None:
    if customer is None:
        return None
    return StoredPassword.objects.filter(customer_id=customer.id, kind=LOGIN).first()


def _matches(env: Env, stored: StoredPassword | None, password: Password) -> bool:
    if stored is None:
        env.hasher.spend_the_same(password)
        return False
    return env.hasher.matches(stored.encoded, password)


def _leave(index: str) -> None:
    with transaction.atomic(durable=True):
        run(f"UPDATE passwords_lock SET {_LEAVE} WHERE id = %s", index)  # noqa: S608 - no input


def _settle_wrong(env: Env, index: str) -> Checked:
    now = env.clock.now()
    with transaction.atomic(durable=True):
        row = one(_SETTLE_WRONG, env.firm.login.max_wrong, now, index, now)
    return Checked(right=False, locked_now=bool(row and row[1]))


def _settle_right(
    env: Env, index: str, stored: StoredPassword | None, password: Password
) -> Checked:
    with transaction.atomic(durable=True):
        if run(_SETTLE_RIGHT, env.firm.login.counter_reset_on_success, index) != 1:
            return Checked(right=False, was_locked=True)
    if stored is not None and env.hasher.outdated(stored.encoded):
        stored.encoded = env.hasher.hash(password)
        stored.save(update_fields=["encoded"])
    return Checked(right=True)


def has_password(customer_id: int, *, kind: str = LOGIN) -> bool:
    """Tell whether the customer has a password of this kind."""
    return StoredPassword.objects.filter(customer_id=customer_id, kind=kind).exists()
