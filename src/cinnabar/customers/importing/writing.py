"""Doing what a plan says, all of it in one transaction, with its journal rows."""

from collections.abc import Sequence
from datetime import datetime

from cinnabar.customers import bulk
from cinnabar.customers.importing.again import Overtaken
from cinnabar.customers.importing.planning import Change, Newcomer, Plan
from cinnabar.customers.models import Contact, Customer, TradingAccount
from cinnabar.customers.rules import Account
from cinnabar.customers.sealing import Seals

_SEALED = (
    "name_sealed",
    "birth_date_sealed",
    "id_sealed",
    "language",
    "fingerprint",
    "key_version",
    "updated_at",
)
# Whether one password is for all accounts, the file says of newcomers only: later the customer
# decides (密碼歸戶) or a branch does, and an older file must not undo that (P108).
_NEW = (*_SEALED, "subject", "kind", "id_index", "salt", "created_at", "consolidated")


def write(plan: Plan, *, now: datetime) -> None:
    """Write `plan` in the current transaction.

    Raises `Overtaken` or Django's `IntegrityError` if the database is no longer as it was when
    the plan was made; the transaction must then be rolled back.
    """
    at = bulk.moment(now)
    _update(plan.changes, at)
    # Before any insert: an account given up here may be taken up in the same batch.
    lost = [pk for change in plan.changes for pk in change.lost_accounts]
    if lost:
        TradingAccount.objects.filter(id__in=lost).delete()
    ids = _insert(plan.newcomers, at)
    contacts = [(ids[one.subject], one.seals) for one in plan.newcomers]
    contacts += [(one.known.id, one.seals) for one in plan.changes]
    _insert_contacts(contacts)
    accounts = [(ids[one.subject], one.row.accounts) for one in plan.newcomers]
    accounts += [(one.known.id, one.new_accounts) for one in plan.changes]
    _insert_accounts(accounts)


def _update(changes: Sequence[Change], at: bulk.Value) -> None:
    if not changes:
        return
    rows = [
        (*_values(one, at), one.known.id, one.known.fingerprint)
        for one in sorted(changes, key=lambda change: change.known.id)
    ]
    if bulk.update(Customer, _SEALED, ("id", "fingerprint"), rows) != len(rows):
        raise Overtaken
    Contact.objects.filter(customer_id__in=[one.known.id for one in changes]).delete()


def _insert(newcomers: Sequence[Newcomer], at: bulk.Value) -> dict[str, int]:
    """Insert the customers and return their ids by subject."""
    if not newcomers:
        return {}
    # In one order for all imports, so that two that run at once wait and do not deadlock.
    ordered = sorted(newcomers, key=lambda one: one.id_index)
    rows = [
        (
            *_values(one, at),
            one.subject,
            one.row.kind.value,
            one.id_index,
            one.salt,
            at,
            one.row.consolidated,
        )
        for one in ordered
    ]
    bulk.insert(Customer, _NEW, rows)
    subjects = [one.subject for one in newcomers]
    return dict(Customer.objects.filter(subject__in=subjects).values_list("subject", "id"))


def _values(one: Change | Newcomer, at: bulk.Value) -> tuple[bulk.Value, ...]:
    seals, row = one.seals, one.row
    return (
        seals.name,
        seals.birth_date,
        seals.identifier,
        row.language,
        one.fingerprint,
        seals.key_version,
        at,
    )


def _insert_contacts(owned: Sequence[tuple[int, Seals]]) -> None:
    rows = [
        (owner, channel.value, sealed, index)
        for owner, seals in owned
        for channel, (sealed, index) in seals.contacts.items()
    ]
    bulk.insert(Contact, ("customer", "channel", "value_sealed", "value_index"), rows)


def _insert_accounts(owned: Sequence[tuple[int, tuple[Account, ...]]]) -> None:
    rows = [
        (owner, account.line.value, account.branch, account.number)
        for owner, accounts in owned
        for account in accounts
    ]
    rows.sort(key=lambda row: row[1:])
    bulk.insert(TradingAccount, ("customer", "line", "branch", "number"), rows)
