"""Passwords as they rest: one for the customer (歸戶), or one per trading account.

All hashes of one customer and kind share a salt, so that one Argon2 compares what was typed
with every account's (docs/decisions/0013-one-salt-per-customer.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from cinnabar.env import Env
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.models import FormerPassword, StoredPassword
from cinnabar.statements import instant, one
from cinnabar.statements import rows as select

_HELD = "SELECT 1 FROM passwords_storedpassword WHERE id = %s"

_ROWS = """
SELECT id, account_id, encoded, changed_at, expires_at FROM passwords_storedpassword
WHERE customer_id = %s AND kind = %s ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """One password. `account` is None for the one of the whole customer.

    `expires_at` is the end of an issued one (P102), None for one that somebody chose.
    """

    id: int
    account: int | None
    encoded: str = field(repr=False)
    changed_at: datetime
    expires_at: datetime | None


def rows(customer_id: int, kind: PasswordKind) -> tuple[StoredRow, ...]:
    """Return the customer's passwords of that kind, the oldest row first; one question."""
    return tuple(
        StoredRow(
            id=row[0],
            account=row[1],
            encoded=row[2],
            changed_at=instant(row[3]),
            expires_at=row[4] and instant(row[4]),
        )
        for row in select(_ROWS, customer_id, kind.value)
    )


def hold(row_id: int) -> bool:
    """Tell whether the password is still in force, and keep it so to the end of the transaction.

    Whoever replaces it ends what it opened, so nothing may be opened by it afterwards (PWD-15).
    """
    locked = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return one(f"{_HELD}{locked}", row_id) is not None


def encode(env: Env, customer_id: int, kind: PasswordKind, password: Password) -> str:
    """Return the hash under which `password` rests, with the salt of the customer's others.

    Slow on purpose: never in a transaction. Raises `Refused(BUSY)`.
    """
    kept = rows(customer_id, kind)
    return env.hasher.hash(password, like=kept[-1].encoded if kept else None)


def put(
    env: Env,
    customer_id: int,
    kind: PasswordKind,
    encoded: str,
    *,
    accounts: Iterable[int | None],
    expires_at: datetime | None = None,
) -> None:
    """Make `encoded` the password of `accounts` (None: of the whole customer).

    In the caller's transaction, under the customer's lock. What it replaces becomes a former
    one. The scope follows: with None every password of an account is replaced, with an account
    the one of the whole customer is.
    """
    wanted = set(accounts)
    for row in rows(customer_id, kind):
        if row.account in wanted or None in wanted or row.account is None:
            _retire(env, customer_id, kind, row)
    for account in wanted:
        StoredPassword.objects.create(
            customer_id=customer_id,
            kind=kind.value,
            account_id=account,
            encoded=encoded,
            changed_at=env.clock.now(),
            expires_at=expires_at,
        )


def used_before(env: Env, customer_id: int, kind: PasswordKind, password: Password) -> bool:
    """Tell whether `password` is among the last that the firm does not let come back (PWD-09).

    The ones in force are the first of them. Costs one Argon2 per distinct salt, none where the
    firm looks back at nothing; never in a transaction. Raises `Refused(BUSY)`.
    """
    if not _history(env, kind):
        return False
    current = [row.encoded for row in rows(customer_id, kind)]
    former = _former(customer_id, kind).values_list("encoded", flat=True)
    return any(env.hasher.matching([*current, *former], password))


def _history(env: Env, kind: PasswordKind) -> int:
    policy = env.firm.password
    return {
        PasswordKind.LOGIN: policy.login.history,
        PasswordKind.WITHDRAWAL: policy.withdrawal.history,
        PasswordKind.VOICE: 0,  # digits of a login password, or of a few: nothing to look back at
    }[kind]


def _former(customer_id: int, kind: PasswordKind) -> QuerySet[FormerPassword]:
    former = FormerPassword.objects.filter(customer_id=customer_id, kind=kind.value)
    return former.order_by("-id")


def _retire(env: Env, customer_id: int, kind: PasswordKind, row: StoredRow) -> None:
    StoredPassword.objects.filter(pk=row.id).delete()
    kept = _history(env, kind) - 1  # the one in force counts
    if row.expires_at is None and kept > 0:  # an issued one was never the customer's own
        FormerPassword.objects.create(
            customer_id=customer_id,
            kind=kind.value,
            account_id=row.account,
            encoded=row.encoded,
            retired_at=env.clock.now(),
        )
    latest = list(_former(customer_id, kind).values_list("pk", flat=True)[: max(kept, 0)])
    _former(customer_id, kind).exclude(pk__in=latest).delete()
