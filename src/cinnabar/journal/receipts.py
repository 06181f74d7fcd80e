"""Receipts: entries with their proofs, for their owner to keep and for anybody to check. Pure.

A receipt is canonical JSON. `checkpoint` is the signed note; `key` names the key that signed it;
each of `entries` holds all that its leaf is made of and its inclusion path (RFC 9162, 2.1.3),
lowest node first; `grown`, if it was asked for, shows that the tree grew from a smaller one
(2.1.4). Hashes are in hex. Nothing in it is taken on trust: whatever a receipt says is part of a
leaf, and of a signed root through the path.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cinnabar.journal import proofs
from cinnabar.journal.notes import Head, NoteError, VerifierKey, read_note, signer
from cinnabar.journal.rules import leaf_data, told
from cinnabar.journal.tree import leaf_hash
from cinnabar.kernel.canonical import JsonValue, canonical

FORMAT = "cinnabar-receipt/1"

_MOST = 2**63


class ReceiptError(ValueError):
    """A receipt does not show what it should; the text says why."""


class Leaf(Protocol):
    """What an entry's leaf is made of; `index` is its place."""

    @property
    def id(self) -> int: ...  # noqa: D102 - said above
    @property
    def index(self) -> int | None: ...  # noqa: D102 - said above
    @property
    def mac(self) -> bytes: ...  # noqa: D102 - said above
    @property
    def payload(self) -> str: ...  # noqa: D102 - said above


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a good receipt shows of one entry."""

    index: int
    at: datetime
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A receipt that holds: under which checkpoint, and what."""

    head: Head
    entries: tuple[Shown, ...]
    grew_from: int | None


def write(
    note: str,
    entries: Sequence[tuple[Leaf, Sequence[bytes]]],
    *,
    grown: tuple[int, Sequence[bytes]] | None = None,
) -> bytes:
    """Return the receipt for `entries` with their paths under the checkpoint `note`.

    `grown` is an earlier size with the path that shows the growth from there.
    """
    said: dict[str, JsonValue] = {
        "format": FORMAT,
        "key": signer(note),
        "checkpoint": note,
        "entries": [
            {
                "index": leaf.index,
                "id": leaf.id,
                "mac": leaf.mac.hex(),
                "payload": leaf.payload,
                "path": [node.hex() for node in path],
            }
            for leaf, path in entries
        ],
    }
    if grown is not None:
        said["grown"] = {"from": grown[0], "path": [node.hex() for node in grown[1]]}
    return canonical(said) + b"\n"


def check(text: bytes, keys: Sequence[VerifierKey], *, saved: str | None = None) -> Good:
    """Return what a receipt shows; raise `ReceiptError` if it does not hold.

    `saved` is a checkpoint that was kept before: the receipt's must be the same or have grown
    from it, so that nothing that was signed then is gone since.
    """
    try:
        receipt = json.loads(text)
        _refuse_other_kinds(receipt["format"])
        head = _head(receipt["checkpoint"], keys, "its checkpoint")
        entries = tuple(_entries(receipt["entries"], head))
        if saved is not None:
            _grown(receipt.get("grown"), head, _head(saved, keys, "the saved checkpoint"))
    except (KeyError, TypeError, AttributeError, RecursionError) as problem:
        msg = "it is not a receipt, or a part of it is missing"
        raise ReceiptError(msg) from problem
    except ReceiptError:
        raise
    except ValueError as problem:  # neither JSON nor text
        msg = "it is not a receipt: it cannot be read"
        raise ReceiptError(msg) from problem
    if not entries:
        msg = "it holds no entry"
        raise ReceiptError(msg)
    size = None if saved is None else _head(saved, keys, "the saved checkpoint").size
    return Good(head=head, entries=entries, grew_from=size)


def _refuse_other_kinds(named: object) -> None:
    if named != FORMAT:
        msg = "it is not a receipt of this kind"
        raise ReceiptError(msg)


def _head(note: str, keys: Sequence[VerifierKey], whose: str) -> Head:
    try:
        return read_note(note, keys)
    except NoteError as problem:
        msg = f"{whose} is not genuine: {problem}"
        raise ReceiptError(msg) from problem


def _entries(listed: Sequence[Mapping[str, object]], head: Head) -> Iterator[Shown]:
    for entry in listed:
        index, number = _whole(entry["index"]), _whole(entry["id"])
        payload = str(entry["payload"]).encode()
        leaf = leaf_hash(leaf_data(index, number, _hash(entry["mac"]), payload))
        try:
            root = proofs.root_with(leaf, index, head.size, _path(entry["path"]))
            what = told(payload)
        except ValueError as problem:
            msg = f"the proof of the entry at place {index} cannot be followed: {problem}"
            raise ReceiptError(msg) from problem
        if root != head.root:
            msg = f"the entry at place {index} is not the one that was signed"
            raise ReceiptError(msg)
        yield Shown(index=index, at=what.at, event=what.event)


def _grown(shown: Mapping[str, object] | None, head: Head, saved: Head) -> None:
    if saved.origin != head.origin:
        msg = f"the saved checkpoint speaks of another log, {saved.origin}"
        raise ReceiptError(msg)
    if saved.size > head.size:
        msg = f"the saved checkpoint is newer, over {saved.size} entries: fetch the receipt again"
        raise ReceiptError(msg)
    path: Sequence[bytes] = ()
    if saved.size < head.size:
        if shown is None or shown["from"] != saved.size:
            msg = (
                f"it does not show how the journal grew from the saved checkpoint: fetch it again "
                f"with ?since={saved.size} at the end of its address"
            )
            raise ReceiptError(msg)
        path = _path(shown["path"])
    if not proofs.grew(saved.size, saved.root, head.size, head.root, path):
        msg = "the journal did not grow from the saved checkpoint: something signed was changed"
        raise ReceiptError(msg)


def _path(listed: object) -> Sequence[bytes]:
    if not isinstance(listed, list):
        raise TypeError
    return [_hash(node) for node in listed]


def _hash(text: object) -> bytes:
    try:
        return bytes.fromhex(str(text))
    except ValueError as problem:
        msg = "a hash in it is not in hex"
        raise ReceiptError(msg) from problem


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        raise TypeError
    return value
