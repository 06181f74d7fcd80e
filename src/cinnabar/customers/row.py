"""A customer as one good line of the file says, and the line's columns."""

from dataclasses import dataclass, field
from datetime import date

from cinnabar.customers.rules import Account
from cinnabar.customers.vocabulary import Channel, Kind
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.vault import Vault

COLUMNS = (
    "identifier",
    "name",
    "birth_date",
    "mobile",
    "email",
    "language",
    "consolidated",
    "accounts",
)
"""The columns of the file, each wanted once, in any order (docs/operations/customers.md)."""

_COMPANIES = {"uniform_no"}


@dataclass(frozen=True, slots=True)
class Row:
    """What a line says, every field already found fit. Personal fields do not print."""

    line: int
    identifier: Identifier = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    mobile: str | None = field(repr=False)
    email: str | None = field(repr=False)
    language: str
    consolidated: bool
    accounts: tuple[Account, ...] = field(repr=False)

    @property
    def kind(self) -> Kind:
        """Return whether the identifier is a company's or, for all it says, a person's."""
        return Kind.COMPANY if self.identifier.kind in _COMPANIES else Kind.PERSON

    @property
    def contacts(self) -> dict[Channel, str]:
        """Return where the customer is reached, by channel; a channel left empty is not there."""
        both = {Channel.SMS: self.mobile, Channel.EMAIL: self.email}
        return {channel: value for channel, value in both.items() if value}

    def fingerprint(self, vault: Vault) -> bytes:
        """Return the 32-octet keyed hash of all the line says; the line number is no part of it."""
        return vault.mac(
            "customer row",
            self.identifier.value.encode(),
            self.name.encode(),
            self.birth_date.isoformat().encode(),
            (self.mobile or "").encode(),
            (self.email or "").encode(),
            self.language.encode(),
            b"consolidated" if self.consolidated else b"per account",
            *(":".join(account).encode() for account in self.accounts),
        )
