"""What a reissue is about: one account, or the whole customer (P112, P117)."""

from cinnabar.customers import queries as customers
from cinnabar.customers.queries import AccountView
from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.passwords import store
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


def one_for_all(env: Env, customer_id: int) -> bool:
    """Tell whether one password opens everything the customer has (歸戶).

    The passwords that rest say so and, before there are any, the firm's core system.
    """
    rows = store.rows(customer_id, PasswordKind.LOGIN)
    if not rows:
        return customers.view(env, customer_id).consolidated
    return any(row.account is None for row in rows)


def changed(env: Env, customer_id: int, target: str) -> tuple[int | None, ...]:
    """Return the accounts whose password a reissue for `target` changes (G26).

    (None,) stands for the one password of a customer who has one for everything.
    """
    if one_for_all(env, customer_id):
        return (None,)
    if target != WHOLE:
        return (int(target.removeprefix(_ACCOUNT)),)
    rows = store.rows(customer_id, PasswordKind.LOGIN)
    return tuple(row.account for row in rows) or (None,)
