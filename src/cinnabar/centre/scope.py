"""What a reissue is about: one account, or the whole customer (P112, P117)."""

from collections.abc import Mapping
from datetime import datetime

from cinnabar.centre import renewed
from cinnabar.customers import queries as customers
from cinnabar.customers.queries import AccountView
from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.passwords import store
from cinnabar.passwords.apart import separate
from cinnabar.passwords.kinds import PasswordKind

WHOLE = "customer"
"""The target of a flow about everything a customer has."""

_ACCOUNT = "account:"


def offered(env: Env, customer_id: int) -> tuple[AccountView, ...]:
    """Return the accounts whose passwords can be reissued online, in the firm's order of lines."""
    order = env.firm.accounts.lines_reissued
    mine = (one for one in customers.accounts(customer_id) if one.line in order)
    return tuple(sorted(mine, key=lambda one: order.index(one.line.value)))


def chosen(env: Env, customer_id: int, account: str) -> str:
    """Return the flow's target for the chosen account, written as its id.

    Somebody with no account to choose from chooses none. Raises `Refused(INPUT_MALFORMED)` for
    anything that was not offered.
    """
    there = {str(one.id) for one in offered(env, customer_id)}
    if not there and not account:
        return WHOLE
    if account not in there:
        raise Refused(Refusal.INPUT_MALFORMED, field="account")
    return f"{_ACCOUNT}{account}"


def changed(env: Env, customer_id: int, target: str) -> tuple[int | None, ...]:
    """Return the accounts whose password a reissue for `target` changes (G26).

    (None,) stands for the one password of a customer who has one for everything (歸戶), or no
    account at all.
    """
    if customers.view(env, customer_id).consolidated:
        return (None,)
    if target != WHOLE:
        return (int(target.removeprefix(_ACCOUNT)),)
    return tuple(one.id for one in customers.accounts(customer_id)) or (None,)


def put(
    env: Env,
    customer_id: int,
    target: str,
    hashes: Mapping[PasswordKind, str],
    *,
    expires_at: datetime | None = None,
) -> None:
    """Make `hashes` the passwords of what `target` names, in the caller's transaction.

    Under the customer's lock. Where each account is to have its own and one still stood for all,
    the other accounts keep that one.
    """
    accounts = changed(env, customer_id, target)
    for kind, encoded in hashes.items():
        if None not in accounts:
            separate(customer_id, kind, (one.id for one in customers.accounts(customer_id)))
        store.put(env, customer_id, kind, encoded, accounts=accounts, expires_at=expires_at)
        if kind is PasswordKind.LOGIN:
            renewed.password_replaced(env, customer_id)
