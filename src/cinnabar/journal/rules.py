"""What an entry says, how it is spelled, and what the tree holds of it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cinnabar.kernel.canonical import JsonValue, canonical
from cinnabar.kernel.vault import Vault

_MAC = "journal entry"
_WIDTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a payload says of the columns beside it."""

    at: datetime
    event: str
    subject: str


def payload(
    *,
    at: datetime,
    event: str,
    subject: str | None,
    by: str,
    channel: str,
    details: Mapping[str, JsonValue],
    nonce: bytes,
) -> bytes:
    """Return the canonical JSON of an entry (AUD-01: who, what, when, where, how).

    JSON has no raw line breaks, so that nothing a visitor typed can pass for a second entry
    (AUD-06). The nonce tells two equal acts of one instant apart. Raises `TypeError` if
    `details` is not plain data: a `Secret` or a float above all (AUD-03).
    """
    return canonical(
        {
            "at": at.isoformat(timespec="microseconds"),
            "by": by,
            "channel": channel,
            "details": details,
            "event": event,
            "nonce": nonce.hex(),
            "subject": subject,
        }
    )


def told(text: bytes) -> Told:
    """Read a payload back; raise `ValueError` if it is not one."""
    try:
        read = json.loads(text)
        return Told(
            at=datetime.fromisoformat(read["at"]),
            event=read["event"],
            subject=read["subject"] or "",
        )
    except (KeyError, TypeError) as problem:
        msg = "not the payload of an entry"
        raise ValueError(msg) from problem


def mac(vault: Vault, text: bytes) -> bytes:
    """Return the 32-octet keyed hash of a payload: only this installation can write one."""
    return vault.mac(_MAC, text)


def leaf_data(index: int, entry: int, keyed: bytes, text: bytes) -> bytes:
    """Return what the tree holds of an entry: leaf index, id, MAC, payload.

    With the index in it an entry that was moved is named by itself; with the id, one that was
    copied. The MAC hides the payload from who is shown leaf hashes in a proof.
    """
    return (
        index.to_bytes(_WIDTH, "big", signed=True)
        + entry.to_bytes(_WIDTH, "big", signed=True)
        + keyed
        + text
    )
