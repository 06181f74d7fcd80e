"""Django's SQLite backend with one writer at a time, in turn.

A file lock is held from BEGIN to COMMIT. It cures the starvation of writers that SQLite's own
busy loop allows and keeps checkpoints and writers apart, which closes the WAL-reset race of
SQLite 3.7.0 to 3.51.2. Settings: WAL, synchronous=FULL, BEGIN IMMEDIATE.
"""

import fcntl
import os
from functools import lru_cache, partial

from django.db.backends.sqlite3 import base

_spelled = lru_cache(maxsize=512)(partial(base.FORMAT_QMARK_REGEX.sub, "?"))
"""A statement with the places of its values as SQLite has them; most are said again and again."""


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor, which spells each statement anew every time it is run."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """Return `query` with question marks for `%s`."""
        if param_names is None:
            return _spelled(query).replace("%%", "%")
        return super().convert_query(query, param_names=param_names)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn to write."""

    _turn: int | None = None

    def create_cursor(self, name: str | None = None) -> Cursor:
        """Return a cursor of ours; SQLite's have no names."""
        del name
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # stubs lack it
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        # A commit that failed is followed by a rollback, which ends the turn.
        super()._commit()  # type: ignore[misc]  # stubs lack it
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # stubs lack it
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # stubs lack it
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        if self._turn is not None or self.is_in_memory_db():
            return
        turn = os.open(f"{self.settings_dict['NAME']}.turn", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(turn, fcntl.LOCK_EX)
        self._turn = turn

    def _end_turn(self) -> None:
        if self._turn is not None:
            turn, self._turn = self._turn, None
            os.close(turn)
