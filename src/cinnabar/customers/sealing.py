"""How a customer's fields are sealed, and the indexes they are found again by (PRV-03).

A seal names the field and is bound to the customer's subject: a value copied into another row or
column does not open.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from cinnabar.customers.row import Row
from cinnabar.customers.rules import contact_spelling
from cinnabar.customers.vocabulary import Channel
from cinnabar.kernel.dice import CROCKFORD, Dice
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.vault import Vault

IDENTIFIER = "customer identifier"
NAME = "customer name"
BIRTH_DATE = "customer birth date"
CONTACT = {channel: f"customer {channel}" for channel in Channel}

Sealed: TypeAlias = bytes | memoryview
"""A sealed value as the database gives it."""

SALT = 16
"""Octets of a customer's salt."""

_SUBJECT_OCTETS = 10
_TO_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", CROCKFORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seals:
    """The sealed fields of one customer, all under the vault's newest key, and the indexes."""

    key_version: int
    identifier: bytes
    name: bytes
    birth_date: bytes
    contacts: Mapping[Channel, tuple[bytes, bytes]]
    """For each channel the sealed value and its blind index."""


def new_subject(dice: Dice) -> str:
    """Return a pseudonym of 16 characters in Crockford's base 32: 80 random bits (CRT-05)."""
    return base64.b32encode(dice.octets(_SUBJECT_OCTETS)).decode().translate(_TO_CROCKFORD)


def seal_row(vault: Vault, subject: str, row: Row) -> Seals:
    """Return the fields of `row` sealed for the rows of `subject`."""
    return Seals(
        key_version=vault.newest,
        identifier=seal(vault, IDENTIFIER, subject, row.identifier.value),
        name=seal(vault, NAME, subject, row.name),
        birth_date=seal(vault, BIRTH_DATE, subject, row.birth_date.isoformat()),
        contacts={
            channel: (
                seal(vault, CONTACT[channel], subject, value),
                contact_index(vault, channel, value),
            )
            for channel, value in row.contacts.items()
        },
    )


def seal(vault: Vault, purpose: str, subject: str, text: str) -> bytes:
    """Return `text` sealed for `purpose` in the rows of `subject`."""
    return vault.seal(purpose, text.encode(), bound_to=subject.encode())


def unseal(vault: Vault, purpose: str, subject: str, sealed: Sealed) -> str:
    """Return what `seal` was given; raise `VaultError` for anything else."""
    return vault.open(purpose, bytes(sealed), bound_to=subject.encode()).decode()


def unseal_as_much(vault: Vault, *, times: int) -> None:
    """Do the work of unsealing `times` fields, for a customer there is not."""
    decoy = vault.seal(NAME, bytes(16), bound_to=b"nobody")
    for _ in range(times):
        vault.open(NAME, decoy, bound_to=b"nobody")


def unseal_date(vault: Vault, subject: str, sealed: Sealed) -> date:
    """Return the sealed birth date; raise `VaultError` for anything else."""
    return date.fromisoformat(unseal(vault, BIRTH_DATE, subject, sealed))


def identifier_index(vault: Vault, identifier: Identifier) -> bytes:
    """Return the 32-octet blind index a customer is found by."""
    return vault.index(IDENTIFIER, identifier.value)


def contact_index(vault: Vault, channel: Channel, value: str) -> bytes:
    """Return the 32-octet blind index that equal destinations share."""
    return vault.index(CONTACT[channel], contact_spelling(value))
