"""What a line changes of a customer, in words and commitments fit for the journal (AUD-01, 03)."""

from cinnabar.customers.importing.stored import Stored
from cinnabar.customers.row import Row
from cinnabar.customers.vocabulary import Channel
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.vault import Vault

_COLUMN = {Channel.SMS: "mobile", Channel.EMAIL: "email"}


def differing_columns(row: Row, before: Stored) -> tuple[str, ...]:
    """Return the columns of the file in which `row` says something else than is stored."""
    differs = {
        "name": row.name != before.name,
        "birth_date": row.birth_date != before.birth_date,
        **{
            column: row.contacts.get(channel) != before.contacts.get(channel)
            for channel, column in _COLUMN.items()
        },
        "language": row.language != before.language,
        "accounts": {*row.accounts} != {*before.accounts},
    }
    return tuple(column for column, yes in differs.items() if yes)


def contact_commitments(vault: Vault, row: Row, before: Stored) -> dict[str, JsonValue]:
    """Return for each changed contact keyed hashes of it before and after, or None for none.

    They are salted with the customer's own salt: equal contacts of two customers do not show, who
    has the key, the salt and a suspected value can prove it was the one, and when the salt is
    erased with the customer nobody can (PRV-02).
    """
    said: dict[str, JsonValue] = {}
    for channel, column in _COLUMN.items():
        old, new = before.contacts.get(channel), row.contacts.get(channel)
        if old != new:
            said[column] = {
                "before": commitment(vault, before.salt, old),
                "after": commitment(vault, before.salt, new),
            }
    return said


def commitment(vault: Vault, salt: bytes, value: str | None) -> str | None:
    """Return the keyed hash of `value` with `salt` in hex, or None for None."""
    if value is None:
        return None
    return vault.mac("journal contact", salt, value.encode()).hex()
