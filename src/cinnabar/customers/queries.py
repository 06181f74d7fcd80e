"""Customers as other parts see them: frozen, unsealed, not printing what is personal."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from cinnabar.customers import sealing
from cinnabar.customers.models import Contact, Customer, PrimaryAccount, TradingAccount
from cinnabar.customers.vocabulary import BusinessLine, Channel, Kind
from cinnabar.env import Env
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import one, rows

_MANY_OWNERS = 100

_FIND = """
SELECT id, subject, kind, id_sealed, name_sealed, language, consolidated, birth_date_sealed
FROM customers_customer WHERE id_index = %s
"""

_NAMED = "SELECT id FROM customers_customer WHERE id_index = %s"

_REACH = """
SELECT c.subject, c.language, k.channel, k.value_sealed
FROM customers_customer c LEFT JOIN customers_contact k ON k.customer_id = c.id
WHERE c.id = %s
"""

_FIELDS_OF_A_VIEW = 2
"""How many sealed fields `_view` opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    """Who a customer is. `identifier` is for comparing and masking; show `masked_identifier`."""

    id: int
    subject: str
    kind: Kind
    identifier: str = field(repr=False)
    masked_identifier: str
    name: str = field(repr=False)
    language: str
    consolidated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Where a customer is reached; None where there is nothing on file."""

    sms: str | None = field(repr=False)
    email: str | None = field(repr=False)

    def masked(self, env: Env) -> "Contacts":
        """Return the destinations as they may be shown (P190, P191, PRV-01)."""
        masks = env.firm.masks
        return Contacts(
            sms=self.sms and masks.mobile(self.sms), email=self.email and masks.email(self.email)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a notice to a customer needs: whom, in which language, and where."""

    subject: str
    language: str
    sms: str | None = field(repr=False)
    email: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """A trading account. Show its `number` masked by the firm's rule (P194)."""

    id: int
    line: BusinessLine
    branch: str
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose account it is."""

    customer_id: int
    subject: str
    account_id: int


class _Row(NamedTuple):
    """What a view is made of, as it rests."""

    id: int
    subject: str
    kind: str
    id_sealed: bytes
    name_sealed: bytes
    language: str
    consolidated: bool
    birth_date_sealed: bytes


def find(env: Env, identifier: Identifier) -> CustomerView | None:
    """Return the customer with `identifier`, or None: one indexed question to the database."""
    customer = _found(env, identifier)
    return None if customer is None else _view(env, customer)


def named(env: Env, identifier: Identifier) -> int | None:
    """Return the id of the customer with `identifier`, or None: the same work for everybody."""
    row = one(_NAMED, sealing.identifier_index(env.vault, identifier))
    return None if row is None else int(row[0])


def identified(env: Env, identifier: Identifier, born: date) -> CustomerView | None:
    """Return the customer with this identifier and birth date, or None.

    For everybody, known or not, it is one question to the database and as much unsealing, so
    that the time tells nothing (CONFLICT-6).
    """
    customer = _found(env, identifier)
    if customer is None:
        sealing.unseal_as_much(env.vault, times=_FIELDS_OF_A_VIEW + 1)
        return None
    on_file = sealing.unseal_date(env.vault, customer.subject, customer.birth_date_sealed)
    found = _view(env, customer)
    return found if on_file == born else None


def view(env: Env, customer_id: int) -> CustomerView:
    """Return the customer with `customer_id`; raise `Refused(NOT_FOUND)` if there is none."""
    return _view(env, _customer(customer_id))


def birth_date(env: Env, customer_id: int) -> date:
    """Return the day a person was born or a company founded; raise `Refused(NOT_FOUND)`."""
    customer = _customer(customer_id)
    return sealing.unseal_date(env.vault, customer.subject, customer.birth_date_sealed)


def contacts(env: Env, customer_id: int) -> Contacts:
    """Return where the customer is reached: nothing on any channel if there is no such one."""
    rows = Contact.objects.filter(customer_id=customer_id)
    found = {
        channel: sealing.unseal(env.vault, sealing.CONTACT[Channel(channel)], subject, sealed)
        for channel, subject, sealed in rows.values_list(
            "channel", "customer__subject", "value_sealed"
        )
    }
    return Contacts(sms=found.get(Channel.SMS), email=found.get(Channel.EMAIL))


def reach(env: Env, customer_id: int) -> Reach:
    """Return how to notify the customer; raise `Refused(NOT_FOUND)` if there is none."""
    found = rows(_REACH, customer_id)
    if not found:
        raise Refused(Refusal.NOT_FOUND)
    subject, language = found[0][:2]
    on_file = {
        channel: sealing.unseal(env.vault, sealing.CONTACT[Channel(channel)], subject, sealed)
        for _, _, channel, sealed in found
        if channel is not None
    }
    return Reach(
        subject=subject,
        language=language,
        sms=on_file.get(Channel.SMS),
        email=on_file.get(Channel.EMAIL),
    )


def accounts(customer_id: int) -> tuple[AccountView, ...]:
    """Return the customer's trading accounts by business line, branch and number (P110)."""
    order = list(BusinessLine)
    found = [
        AccountView(id=row.id, line=BusinessLine(row.line), branch=row.branch, number=row.number)
        for row in TradingAccount.objects.filter(customer_id=customer_id)
    ]
    return tuple(sorted(found, key=lambda one: (order.index(one.line), one.branch, one.number)))


def primary(customer_id: int) -> AccountView | None:
    """Return the account that is named first: the customer's choice, else the first he has."""
    mine = accounts(customer_id)
    chosen = PrimaryAccount.objects.filter(customer_id=customer_id).values_list("account").first()
    found = [one for one in mine if chosen is not None and one.id == chosen[0]]
    return next(iter((*found, *mine)), None)


def owners(number: str, *, branch: str = "", line: str = "") -> tuple[Owner, ...]:
    """Return whose accounts have `number`, of one branch and business line where these are given.

    Numbers begin anew at some firms' branches, so there may be several owners.
    """
    found = TradingAccount.objects.filter(number=number)
    found = found.filter(branch=branch) if branch else found
    found = found.filter(line=line) if line else found
    return tuple(
        Owner(customer_id=customer, subject=subject, account_id=account)
        for account, customer, subject in found.values_list(
            "id", "customer_id", "customer__subject"
        )[:_MANY_OWNERS]
    )


def waiting_for_reseal(env: Env) -> int:
    """Return how many customers rest under an older key than the vault's newest."""
    return Customer.objects.filter(key_version__lt=env.vault.newest).count()


def _customer(customer_id: int) -> Customer:
    customer = Customer.objects.filter(id=customer_id).first()
    if customer is None:
        raise Refused(Refusal.NOT_FOUND)
    return customer


def _found(env: Env, identifier: Identifier) -> _Row | None:
    row = one(_FIND, sealing.identifier_index(env.vault, identifier))
    return None if row is None else _Row(*row)


def _view(env: Env, customer: Customer | _Row) -> CustomerView:
    identifier = sealing.unseal(env.vault, sealing.IDENTIFIER, customer.subject, customer.id_sealed)
    return CustomerView(
        id=customer.id,
        subject=customer.subject,
        kind=Kind(customer.kind),
        identifier=identifier,
        masked_identifier=env.firm.masks.identifier(identifier),
        name=sealing.unseal(env.vault, sealing.NAME, customer.subject, customer.name_sealed),
        language=customer.language,
        consolidated=bool(customer.consolidated),
    )
