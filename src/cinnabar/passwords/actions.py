"""Set a password; check one without letting anybody guess (LCK-01, LCK-03)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.visitor import NOBODY
from cinnabar.kernel.gate import Standing
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import lock, store
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.models import StoredPassword
from cinnabar.passwords.store import StoredRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of a try. `locked_now`: this one locked the account.

    `rows` are the passwords that it was: of the customer, or of one or more accounts.
    """

    right: bool
    rows: tuple[StoredRow, ...] = ()
    locked_now: bool = False
    was_locked: bool = False


def set_password(
    env: Env,
    customer_id: int,
    password: Password,
    *,
    kind: PasswordKind = PasswordKind.LOGIN,
    accounts: Iterable[int | None] = (None,),
) -> None:
    """Store `password` for the customer or for accounts, replacing the ones before."""
    encoded = store.encode(env, customer_id, kind, password)
    with transaction.atomic():
        lock_customer(customer_id)
        store.put(env, customer_id, kind, encoded, accounts=accounts)


def check(
    env: Env,
    index: str,
    customer: CustomerView | None,
    password: Password,
    *,
    first: Callable[[], None] | None = None,
    who: Standing = Standing.KNOWN,
    keeps: bool = False,
) -> Checked:
    """Try `password` for the identifier whose blind index is `index`.

    The work and the writes are the same whether the customer exists or not, and however many
    passwords he has. A place is reserved before hashing, so that a hundred parallel guesses are
    three evaluated ones; right tries give their place back without counting. `first` is what
    else is to be taken for a try, in the transaction that reserves. Raises what `first` does, and
    `Refused(BUSY)`, with nothing taken: when the gate lets nobody of `who` in, or as many tries
    are being checked right now as could lock the account.

    With `keeps` a right try keeps its place, which the caller settles (`lock.settle`, `leave`) in
    the transaction that acts on it: one commit less where it is waited for.
    """
    with env.hasher.enter(who):
        checked = _check(env, index, customer, password, first)
        if checked.right and not keeps and not lock.settle_right(env, index):
            return Checked(right=False, was_locked=True)
        if checked.right:
            _rehash(env, checked.rows, password)
        return checked


def _check(
    env: Env,
    index: str,
    customer: CustomerView | None,
    password: Password,
    first: Callable[[], None] | None,
) -> Checked:
    limits = lock.caps(env.firm)
    place = lock.reserve(env, index, limits, first=first)
    found = _matching(env, customer, password)
    if place is lock.Place.LOCKED or not found:
        locked_now = lock.settle_wrong(env, index, limits, place)
        return Checked(right=False, locked_now=locked_now, was_locked=place is lock.Place.LOCKED)
    return Checked(right=True, rows=found)


def _matching(env: Env, customer: CustomerView | None, password: Password) -> tuple[StoredRow, ...]:
    """Return the passwords it is; an issued one whose time is over is none (P102)."""
    kept = store.rows(customer.id if customer else NOBODY, PasswordKind.LOGIN)
    right = env.hasher.matching([row.encoded for row in kept], password)
    now = env.clock.now()
    return tuple(
        row
        for row, is_it in zip(kept, right, strict=True)
        if is_it and (row.expires_at is None or now <= row.expires_at)
    )


def _rehash(env: Env, found: tuple[StoredRow, ...], password: Password) -> None:
    """Hash with today's parameters what was hashed with others (PWD-06)."""
    old = [row for row in found if env.hasher.outdated(row.encoded)]
    if old:
        encoded = env.hasher.hash(password)
        for row in old:
            StoredPassword.objects.filter(pk=row.id, encoded=row.encoded).update(encoded=encoded)


def has_password(customer_id: int, *, kind: PasswordKind = PasswordKind.LOGIN) -> bool:
    """Tell whether the customer has a password of this kind."""
    return bool(store.rows(customer_id, kind))
