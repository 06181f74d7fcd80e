"""Passwords of tests: new ones that every shipped firm takes, and what of them is stored."""

from cinnabar.customers import queries
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import store
from cinnabar.passwords.kinds import PasswordKind
from tests.support.signing import sign_in

NEW = Password("Kites2Fly")
NEWER = Password("Maple7Oak")
WRONG = Password("demo9999")


def new_withdrawal(env: Env) -> Password:
    """Return one of the length that the firm wants."""
    return Password("Qz7kT4mWx9"[: env.firm.password.withdrawal.max])


def account_of(customer: CustomerView, line: str) -> int:
    """Return the row of the customer's account in that business line."""
    return next(one.id for one in queries.accounts(customer.id) if one.line.value == line)


def kept(customer: CustomerView, kind: PasswordKind = PasswordKind.LOGIN) -> dict[int | None, str]:
    """Return the customer's hashes by account; None: of all."""
    return {row.account: row.encoded for row in store.rows(customer.id, kind)}


def opens(env: Env, customer: CustomerView, password: Password) -> bool:
    """Tell whether the customer can sign in with it."""
    try:
        sign_in(env, customer.identifier, password, address="192.0.2.77")
    except Refused as refused:
        assert refused.refusal is Refusal.SIGN_IN_FAILED  # noqa: PT017 - any other is a fault
        return False
    return True
