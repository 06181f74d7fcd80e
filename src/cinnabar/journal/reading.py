"""Read the journal from beginning to end with flat memory, damaged or not.

Raw statements: a row that somebody edited by hand may hold what the models would not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from cinnabar.journal.judge import Row

_PAGE = 2000
_COLUMNS = "id, {at}, {event}, {subject}, {payload}, mac, leaf_index, leaf_hash"
_NUMBERED = (
    "SELECT {columns} FROM journal_entry WHERE leaf_index >= %s AND leaf_index < %s "
    "ORDER BY leaf_index, id"
)
_NEXT = "SELECT MIN(leaf_index) FROM journal_entry WHERE leaf_index >= %s AND leaf_index < %s"
_WAITING = (
    "SELECT {columns} FROM journal_entry WHERE leaf_index IS NULL AND id > %s ORDER BY id LIMIT %s"
)
_BEYOND = (
    "SELECT id, leaf_index FROM journal_entry WHERE leaf_index >= %s "
    "ORDER BY leaf_index DESC LIMIT %s"
)
_COPIES = (
    "SELECT MIN(id), MAX(id) FROM journal_entry GROUP BY mac HAVING COUNT(*) > 1 "
    "ORDER BY 1 LIMIT %s"
)
_STATE = "SELECT size, frontier FROM journal_treestate"
_NEWEST = "SELECT MAX(size) FROM journal_checkpoint"
_CHECKPOINTS = (
    "SELECT size, root, frontier, {note} FROM journal_checkpoint WHERE size > %s "
    "ORDER BY size LIMIT %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A row of checkpoints as it rests."""

    size: int
    root: bytes
    frontier: bytes
    note: bytes


def numbered(below: int) -> Iterator[Row]:
    """Yield the entries at places under `below`, in the order of their places."""
    sql, start = _NUMBERED.format(columns=_columns()), 0
    while start < below:
        rows = _all(sql, [start, min(start + _PAGE, below)])
        yield from map(_row, rows)
        start += _PAGE
        if not rows:
            # Nobody numbers with such gaps; a forged number must not make this endless.
            start = _whole(_all(_NEXT, [start, below])[0][0], below)


def waiting() -> Iterator[Row]:
    """Yield the entries without a place, by id."""
    sql, last = _WAITING.format(columns=_columns()), -(2**63)
    while rows := _all(sql, [last, _PAGE]):
        for row in map(_row, rows):
            yield row
            last = row.id


def beyond(size: int, limit: int) -> list[tuple[int, int]]:
    """Return id and claimed place of the `limit` farthest entries at places from `size` on."""
    return [(_whole(entry), _whole(place)) for entry, place in _all(_BEYOND, [size, limit])]


def copies(limit: int) -> list[tuple[int, int]]:
    """Return the ids of at most `limit` pairs of entries that say the same thing twice."""
    return [(_whole(first), _whole(last)) for first, last in _all(_COPIES, [limit])]


def tree_state() -> tuple[int, bytes] | None:
    """Return the size of the tree and its frontier, or None if there is no tree yet."""
    rows = _all(_STATE, [])
    return (_whole(rows[0][0]), _octets(rows[0][1])) if rows else None


def newest_checkpoint() -> int:
    """Return the size of the database's newest checkpoint, or 0."""
    return _whole(_all(_NEWEST, [])[0][0], 0)


def checkpoints() -> Iterator[Signed]:
    """Yield the database's checkpoints, smallest first."""
    sql, last = _CHECKPOINTS.format(note=_text("note")), -1
    while rows := _all(sql, [last, _PAGE]):
        for size, root, frontier, note in rows:
            last = _whole(size)
            yield Signed(
                size=last, root=_octets(root), frontier=_octets(frontier), note=_octets(note)
            )


def lines(path: Path, upto: int) -> Iterator[bytes]:
    """Yield the lines of the file at `path` within its first `upto` octets."""
    with path.open("rb") as file:
        while (rest := upto - file.tell()) > 0 and (line := file.readline(rest)):
            yield line


def _row(values: tuple[object, ...]) -> Row:
    entry, at, event, subject, payload, keyed, index, leaf = values
    return Row(
        id=_whole(entry),
        at=at if isinstance(at, datetime) else _octets(at),
        event=_octets(event),
        subject=_octets(subject),
        payload=_octets(payload),
        mac=_octets(keyed),
        leaf_index=_whole(index),
        leaf_hash=_octets(leaf),
    )


def _columns() -> str:
    return _COLUMNS.format(**{n: _text(n) for n in ("at", "event", "subject", "payload")})


def _text(column: str) -> str:
    """Return how a text is asked for as octets; PostgreSQL keeps nothing but valid UTF-8."""
    return f"CAST({column} AS BLOB)" if connection.vendor == "sqlite" else column


def _octets(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return bytes(value) if isinstance(value, (bytes, memoryview)) else b""


def _whole(value: object, otherwise: int = -1) -> int:
    return value if isinstance(value, int) else otherwise


def _all(sql: str, values: list[int]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
