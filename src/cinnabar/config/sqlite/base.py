"""Django's SQLite backend with one writer at a time, in turn.

A file lock is held from BEGIN to COMMIT. It cures the starvation of writers that SQLite's own
busy loop allows and keeps checkpoints and writers apart, which closes the WAL-reset race of
SQLite 3.7.0 to 3.51.2. Settings: WAL, synchronous=FULL, BEGIN IMMEDIATE.
"""

import fcntl
import os

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn to write."""

    _turn: int | None = None

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
