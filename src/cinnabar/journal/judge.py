"""Is this row what was written? As closely as one row can tell, without its neighbours."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cinnabar.journal.findings import Finding, Kind
from cinnabar.journal.rules import Told, leaf_data, mac, told
from cinnabar.journal.tree import leaf_hash
from cinnabar.kernel.vault import Vault

_PLACE = "its place, its id or its leaf hash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry as it rests: texts as octets, so that damaged ones can be read too.

    `at` is what the database gives for the column: octets on SQLite, an instant on PostgreSQL.
    """

    id: int
    at: bytes | datetime
    event: bytes
    subject: bytes
    payload: bytes
    mac: bytes
    leaf_index: int
    leaf_hash: bytes

    def leaf(self, keyed: bytes | None = None) -> bytes:
        """Return the leaf hash that the row should have, with `keyed` in the place of its MAC."""
        data = leaf_data(self.leaf_index, self.id, keyed or self.mac, self.payload)
        return leaf_hash(data)


def judge(vault: Vault, row: Row) -> tuple[Finding | None, bytes]:
    """Return what is wrong with a numbered row taken by itself, and the leaf it makes.

    Where the row contradicts its own leaf hash, the leaf returned is the one of its content.
    """
    expected = mac(vault, row.payload)
    if expected != row.mac:
        return _without_mac(row, expected), row.leaf_hash
    leaf = row.leaf()
    if leaf != row.leaf_hash:
        wrong = Finding(kind=Kind.ENTRY_CHANGED, entry=row.id, leaf=row.leaf_index, field=_PLACE)
        return wrong, leaf
    return _columns(row), leaf


def judge_waiting(vault: Vault, row: Row) -> Finding | None:
    """Return what is wrong with a row that has no place in the tree yet, or None."""
    if mac(vault, row.payload) != row.mac:
        return Finding(kind=Kind.ENTRY_CHANGED, entry=row.id, field="payload or mac")
    return _columns(row)


def _without_mac(row: Row, expected: bytes) -> Finding:
    if row.leaf() == row.leaf_hash:
        # As it was when it got its place, and yet not ours.
        return Finding(kind=Kind.ENTRY_FORGED, entry=row.id, leaf=row.leaf_index)
    field = "mac" if row.leaf(expected) == row.leaf_hash else "payload"
    return Finding(kind=Kind.ENTRY_CHANGED, entry=row.id, leaf=row.leaf_index, field=field)


def _columns(row: Row) -> Finding | None:
    try:
        said = told(row.payload)
    except ValueError:
        return Finding(kind=Kind.ENTRY_FORGED, entry=row.id)
    wrong = [name for name, fits in _fitting(row, said) if not fits]
    if not wrong:
        return None
    return Finding(kind=Kind.ENTRY_CHANGED, entry=row.id, field=" and ".join(wrong))


def _fitting(row: Row, said: Told) -> list[tuple[str, bool]]:
    at = connection.ops.adapt_datetimefield_value(said.at)
    return [
        ("at", row.at == (at.encode() if isinstance(at, str) else at)),
        ("event", row.event == said.event.encode()),
        ("subject", row.subject == said.subject.encode()),
    ]
