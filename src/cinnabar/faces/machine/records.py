"""The records behind the board: the database."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import DatabaseError

from cinnabar.certificates import status
from cinnabar.faces.machine.source import Changes, Known, SourceUnavailable
from cinnabar.kernel.clock import Clock

T = TypeVar("T")

_LATE = timedelta(seconds=15)
"""How long after its own time a change may become visible: a transaction began before and
commits later, or the clocks of two machines differ a little."""


class Records:
    """A `StatusSource` over the product's own tables."""

    def __init__(self, clock: Clock) -> None:
        """Judge what is fresh by `clock`."""
        self._clock = clock

    def lookup(self, serial: int) -> Known:
        """Return what is committed about `serial`."""
        found = _reading(lambda: status.status_by_serial(serial, self._clock.now()))
        return Known(status=found.status, presigned=found.presigned, generation=found.generation)

    def changes_since(self, mark: str | None) -> Changes:
        """Return what may have changed since `mark`, an instant in ISO form."""
        now = self._clock.now().isoformat()
        if mark is None:
            return Changes(mark=now, serials=())
        since = datetime.fromisoformat(mark) - _LATE
        return Changes(mark=now, serials=_reading(lambda: status.changed_since(since)))

    def lists(self) -> Mapping[str, int]:
        """Return the number of the newest list of each name."""
        return _reading(status.published)

    def list(self, name: str) -> bytes | None:
        """Return the newest list of that name."""
        return _reading(lambda: status.published_list(name))


def _reading(read: Callable[[], T]) -> T:
    try:
        return read()
    except DatabaseError as problem:
        raise SourceUnavailable from problem
