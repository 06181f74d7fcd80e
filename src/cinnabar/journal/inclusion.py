"""Where entries of a customer stand: under the newest signed checkpoint, before it, or nowhere."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cinnabar.journal import nodes, proofs
from cinnabar.journal.events import Event
from cinnabar.journal.models import Checkpoint, Entry, TreeState
from cinnabar.journal.notes import Head, NoteError, VerifierKey, read_note
from cinnabar.journal.rules import leaf_data, mac
from cinnabar.journal.tree import joined, leaf_hash
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry as it rests. `index` is its place in the tree, None while it waits for one."""

    id: int
    index: int | None
    mac: bytes
    payload: str
    at: datetime
    event: Event
    subject: str
    by: str
    channel: str
    details: Mapping[str, JsonValue]

    @property
    def leaf(self) -> bytes:
        """Return the leaf hash that its content makes at its place."""
        assert self.index is not None  # noqa: S101 - for the type checker: callers looked
        return leaf_hash(leaf_data(self.index, self.id, self.mac, self.payload.encode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A checkpoint whose signature was verified. `at` is when it was signed, for the eye.

    `grown` is how many entries have a place by now, which nobody signed yet.
    """

    head: Head
    note: str
    at: datetime
    grown: int


def told_of(subject: str, events: Collection[Event]) -> list[Told]:
    """Return the subject's entries of these `events`, oldest first."""
    found = Entry.objects.filter(subject=subject, event__in=events).order_by("id")
    return [told for entry in found if (told := _told(entry))]


def newest_of(
    subject: str, events: Collection[Event], since: datetime, first: int, most: int
) -> list[Told]:
    """Return the subject's entries of these `events` from `since` on, the newest first.

    At most `most` of them, after the `first` ones that are left out.
    """
    found = Entry.objects.filter(subject=subject, event__in=events, at__gte=since)
    return [told for e in found.order_by("-id")[first : first + most] if (told := _told(e))]


def newest(keys: Sequence[VerifierKey]) -> Sealed | None:
    """Return the newest checkpoint, None if nothing was signed yet.

    Raises `NoteError` if none of `keys` signed it.
    """
    row = Checkpoint.objects.order_by("-size").first()
    if row is None:
        return None
    head = read_note(row.note, keys)
    if head.size != row.size:
        msg = "it speaks of another size"
        raise NoteError(msg)
    grown = TreeState.objects.values_list("size", flat=True).first() or 0
    return Sealed(head=head, note=row.note, at=row.at, grown=grown)


def paths(indices: Collection[int], size: int) -> Mapping[int, Sequence[bytes] | None]:
    """Return the inclusion path of each place in a tree of `size` leaves, lowest node first.

    A place is left out while a node that it needs is not kept yet; it has None if the nodes were
    kept and are gone. However many places there are, the nodes are read together: one statement
    for each kept level.
    """
    spans = {index: proofs.inclusion(index, size) for index in indices}
    found = nodes.read(n for path in spans.values() for span in path for n in proofs.full(span))
    made = {index: _roots(path, found) for index, path in spans.items()}
    if None not in made.values() or nodes.are_kept(size):
        return made
    return {index: path for index, path in made.items() if path is not None}


def growth(old: int, new: int) -> Sequence[bytes] | None:
    """Return the path that shows that `new` leaves begin with the `old`, None if not kept yet."""
    spans = proofs.consistency(old, new)
    return _roots(spans, nodes.read(n for span in spans for n in proofs.full(span)))


def standing(
    entry: Told, proved: Mapping[int, Sequence[bytes] | None], sealed: Sealed | None
) -> bool | None:
    """Tell whether `sealed` includes the entry; None: it is written and not under it yet.

    `proved` are the paths of places under `sealed`.
    """
    if sealed is None or entry.index is None:
        return None
    if sealed.head.size <= entry.index < sealed.grown:
        return None
    if entry.index >= sealed.grown:
        return False  # no sequencer gave it that place
    if entry.index not in proved:
        return None
    path, size = proved[entry.index], sealed.head.size
    if path is None:
        return False
    return proofs.root_with(entry.leaf, entry.index, size, path) == sealed.head.root


def is_genuine(vault: Vault, entry: Told) -> bool:
    """Tell whether this installation wrote the entry."""
    return mac(vault, entry.payload.encode()) == entry.mac


def _roots(
    spans: Sequence[proofs.Span], found: Mapping[proofs.Node, bytes]
) -> Sequence[bytes] | None:
    path = []
    for span in spans:
        parts = [found.get(node) for node in proofs.full(span)]
        there = [part for part in parts if part is not None]
        if len(there) < len(parts):
            return None
        path.append(joined(there))
    return path


def _told(entry: Entry) -> Told | None:
    """Return what an entry tells, None if somebody made it unreadable: it then counts as gone."""
    try:
        said = json.loads(entry.payload)
        return Told(
            id=entry.id,
            index=entry.leaf_index,
            mac=bytes(entry.mac),
            payload=entry.payload,
            at=datetime.fromisoformat(said["at"]),
            event=Event(said["event"]),
            subject=said["subject"] or "",
            by=said["by"],
            channel=said["channel"],
            details=dict(said["details"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
