"""What the database holds of the customers that a batch of lines is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from cinnabar.customers import sealing
from cinnabar.customers.models import Contact, Customer, TradingAccount
from cinnabar.customers.rules import Account
from cinnabar.customers.vocabulary import BusinessLine, Channel
from cinnabar.kernel.vault import Vault

_AT_ONCE = 10_000
"""Values in one question: under the 32,766 that SQLite takes."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Known:
    """A customer who is there already, as far as telling "unchanged" needs it."""

    id: int
    subject: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """All that is stored of a customer, unsealed. Personal fields do not print."""

    salt: bytes = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    language: str
    contacts: dict[Channel, str] = field(repr=False)
    accounts: dict[Account, int] = field(repr=False)


def known(indexes: Sequence[bytes]) -> dict[bytes, Known]:
    """Return the customers that have one of these blind indexes, by index."""
    found = Customer.objects.filter(id_index__in=indexes)
    rows = found.values_list("id_index", "id", "subject", "fingerprint")
    return {bytes(index): Known(pk, subject, bytes(seen)) for index, pk, subject, seen in rows}


def owners(accounts: Iterable[Account]) -> dict[Account, int]:
    """Return which customer has each of `accounts` that somebody has."""
    wanted = set(accounts)
    found: dict[Account, int] = {}
    for numbers in _parts(sorted({account.number for account in wanted})):
        rows = TradingAccount.objects.filter(number__in=numbers)
        for line, branch, number, owner in rows.values_list(
            "line", "branch", "number", "customer_id"
        ):
            account = Account(BusinessLine(line), branch, number)
            if account in wanted:
                found[account] = owner
    return found


def stored(vault: Vault, customers: Sequence[Known]) -> dict[int, Stored]:
    """Return what is stored of `customers`, by id; raise `VaultError` if it does not open."""
    subjects = {customer.id: customer.subject for customer in customers}
    contacts = _contacts(vault, subjects)
    accounts = _accounts(subjects)
    rows = Customer.objects.filter(id__in=subjects).values_list(
        "id", "salt", "name_sealed", "birth_date_sealed", "language"
    )
    return {
        pk: Stored(
            salt=bytes(salt),
            name=sealing.unseal(vault, sealing.NAME, subjects[pk], name),
            birth_date=sealing.unseal_date(vault, subjects[pk], born),
            language=language,
            contacts=contacts[pk],
            accounts=accounts[pk],
        )
        for pk, salt, name, born, language in rows
    }


def _contacts(vault: Vault, subjects: dict[int, str]) -> dict[int, dict[Channel, str]]:
    found: dict[int, dict[Channel, str]] = {pk: {} for pk in subjects}
    rows = Contact.objects.filter(customer_id__in=subjects)
    for owner, word, sealed in rows.values_list("customer_id", "channel", "value_sealed"):
        channel = Channel(word)
        purpose = sealing.CONTACT[channel]
        found[owner][channel] = sealing.unseal(vault, purpose, subjects[owner], sealed)
    return found


def _accounts(subjects: dict[int, str]) -> dict[int, dict[Account, int]]:
    found: dict[int, dict[Account, int]] = {pk: {} for pk in subjects}
    rows = TradingAccount.objects.filter(customer_id__in=subjects)
    for pk, owner, line, branch, number in rows.values_list(
        "id", "customer_id", "line", "branch", "number"
    ):
        found[owner][Account(BusinessLine(line), branch, number)] = pk
    return found


def _parts(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
