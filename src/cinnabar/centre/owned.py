"""What passwords a customer has: one for all (歸戶), or one for each account (P105 to P114)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cinnabar.customers import queries as customers
from cinnabar.customers.queries import AccountView, CustomerView
from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.passwords import store
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.store import StoredRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A customer with his accounts and his passwords of each kind."""

    customer: CustomerView
    accounts: tuple[AccountView, ...]
    rows: Mapping[PasswordKind, tuple[StoredRow, ...]]

    def account(self, number: int) -> AccountView:
        """Return the account whose row has that number; raise `Refused(NOT_FOUND)`."""
        for one in self.accounts:
            if one.id == number:
                return one
        raise Refused(Refusal.NOT_FOUND)

    def stored(self, kind: PasswordKind, account: int | None) -> tuple[StoredRow, ...]:
        """Return the passwords that a change of `account` is about; None: of the customer.

        Of one for all, withdrawal may still be several, which a change makes one. Raises
        `Refused(NOT_FOUND)` where the customer's passwords are not of that scope.
        """
        if (account is None) != self.customer.consolidated:
            raise Refused(Refusal.NOT_FOUND)
        kept = self.rows[kind]
        if account is None:
            return kept
        self.account(account)
        own = tuple(row for row in kept if row.account == account)
        return own or tuple(row for row in kept if row.account is None)

    def holders(self, env: Env, kind: PasswordKind) -> tuple[int, ...]:
        """Return the accounts that have a password of `kind` of their own (P94, P113)."""
        if kind is not PasswordKind.WITHDRAWAL:
            return tuple(one.id for one in self.accounts)
        lines = env.firm.password.withdrawal_lines
        return tuple(one.id for one in self.accounts if one.line.value in lines)

    def withdraws(self, env: Env, account: int | None) -> bool:
        """Tell whether there is a withdrawal password to change."""
        if account is not None and account not in self.holders(env, PasswordKind.WITHDRAWAL):
            return False
        return bool(self.stored(PasswordKind.WITHDRAWAL, account))


def owned(env: Env, customer_id: int) -> Owned:
    """Return what the customer has; raise `Refused(NOT_FOUND)` if there is no such one."""
    return Owned(
        customer=customers.view(env, customer_id),
        accounts=customers.accounts(customer_id),
        rows={kind: store.rows(customer_id, kind) for kind in PasswordKind},
    )
