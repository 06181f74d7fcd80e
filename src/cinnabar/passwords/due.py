"""Which right password must be changed before anything else.

A date never locks anybody out, and never by itself tells anything: only whoever typed the right
password learns that it has had its time (P87, CONFLICT-4).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from cinnabar.env import Env
from cinnabar.kernel.breached import BreachedFileError
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Expiry, expires, expiry
from cinnabar.passwords.store import StoredRow, rows


class Due(StrEnum):
    """Why a password must be changed; words `password-due.<value>`."""

    ISSUED = "issued"
    OVER = "over"
    LEAKED = "leaked"


def due(env: Env, used: Sequence[StoredRow], password: Password) -> Due | None:
    """Return why the login password that opened `used` must be changed now, if it must.

    Of several accounts with one password, each must be due. Where the firm refuses leaked
    passwords, one that leaked since it was chosen is due too (LCK-08).
    """
    reasons = [of_row(env, row) for row in used]
    if reasons and all(reasons):
        return reasons[0]
    return Due.LEAKED if _leaked(env, password) else None


def by_date(env: Env, customer_id: int) -> Due | None:
    """Return why whoever signs in without his password must change it now, if he must.

    Of several accounts' passwords each must be due. Whether one has leaked nobody can tell
    without it.
    """
    reasons = [of_row(env, row) for row in rows(customer_id, PasswordKind.LOGIN)]
    return reasons[0] if reasons and all(reasons) else None


def of_row(env: Env, row: StoredRow) -> Due | None:
    """Return why the login password `row` is due, as far as its dates tell."""
    if row.expires_at is not None:
        return Due.ISSUED
    policy = env.firm.password.login
    until = expires(policy.max_age, row.changed_at, env.firm.identity.timezone)
    return Due.OVER if expiry(until, env.clock.now(), policy.remind) is Expiry.OVER else None


def ends_soon(env: Env, customer_id: int) -> datetime | None:
    """Return until when the first of the customer's login passwords is good whose end is near.

    None if no end is near; asks nothing where the firm's passwords have none.
    """
    policy, zone = env.firm.password.login, env.firm.identity.timezone
    if not policy.max_age:
        return None
    kept = (row for row in rows(customer_id, PasswordKind.LOGIN) if row.expires_at is None)
    ends = [until for row in kept if (until := expires(policy.max_age, row.changed_at, zone))]
    now = env.clock.now()
    return min((u for u in ends if expiry(u, now, policy.remind) is Expiry.SOON), default=None)


def _leaked(env: Env, password: Password) -> bool:
    if env.breached is None or "breached" not in env.firm.password.login.blocklist:
        return False
    try:
        return env.breached.holds(password)
    except (BreachedFileError, OSError):
        return False  # a list that cannot be read keeps nobody out; the doctor tells of it
