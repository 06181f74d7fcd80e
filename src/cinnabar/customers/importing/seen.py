"""On which line of the file a customer was met first, without holding the file in memory."""

import sqlite3
from types import TracebackType
from typing import Self

_KEY = 16
_CACHE = "PRAGMA cache_size = -16384"  # KiB


class Seen:
    """Remembers blind indexes in a private temporary database on disk.

    SQLite deletes it when it is closed, also by the end of the process; nothing personal is in
    it. Its memory is bounded by its page cache.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        # The empty name is SQLite's own spelling of a temporary database on disk.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(_CACHE)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE seen (key BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID"
        )
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        """Be closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget everything."""
        self._database.close()

    def first(self, index: bytes, line: int) -> int:
        """Return the first line that held `index`: `line` itself if none did before."""
        key = index[:_KEY]
        added = self._database.execute(
            "INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING", (key, line)
        )
        if added.rowcount:
            return line
        found = self._database.execute("SELECT line FROM seen WHERE key = ?", (key,))
        return int(found.fetchone()[0])
