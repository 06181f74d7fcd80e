"""Admission to dear work: a few at once, a short wait for a few more, and the rest come back.

Beyond what a machine can do, a queue only makes everybody wait until nobody waits any longer.
So whoever would wait too long is told so at once, and when to come back; nothing was done or
counted for him. Whoever has proved who he is goes before strangers.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from cinnabar.kernel.refusal import Refusal, Refused

PATIENCE = 1.0
"""Seconds that somebody may wait for admission; a page that takes longer is asked for again."""

_FIRST_GUESS = 0.05
"""Seconds that one stay takes, until the first was seen."""

_MEMORY = 0.1
"""What one more stay weighs in the mean."""

_FAR = 30.0
"""Seconds beyond which nobody is sent away: later would be never."""


class Standing(IntEnum):
    """Who asks. KNOWN has a session or has proved something; he goes before a STRANGER."""

    KNOWN = 0
    STRANGER = 1


@dataclass(frozen=True, slots=True)
class Size:
    """How many are in at once, and how many of each standing may wait for that."""

    places: int
    room: int


def size(*, threads: int, processes: int, cores: int) -> Size:
    """Return the size for one of `processes` that answer, each with `threads` threads.

    One place more than the process has cores to itself, since whoever is in also waits for the
    disk. Whoever is in or waits holds a thread: no more than half of them, and one of each
    standing may always wait.
    """
    places = math.ceil(cores / processes) + 1
    half = max(threads // 2, 3)
    places = max(1, min(places, half - 2))
    return Size(places=places, room=max(1, (half - places) // 2))


class Gate:
    """Lets so many in at a time. One for each process."""

    def __init__(
        self,
        size: Size,
        *,
        patience: float = PATIENCE,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Let `size.places` in; nobody waits longer than `patience` seconds as `ticks` count."""
        self._size, self._patience, self._ticks = size, patience, ticks
        self._door = threading.Lock()
        self._inside = 0
        self._waiting: dict[Standing, deque[threading.Event]] = {who: deque() for who in Standing}
        self._stay = _FIRST_GUESS
        self._promised = 0.0
        self._mine = threading.local()

    @contextmanager
    def enter(self, who: Standing) -> Iterator[None]:
        """Be in while the body runs; once in, whoever enters again on that thread is in already.

        Raises `Refused(BUSY, retry_after=seconds)`.
        """
        if getattr(self._mine, "inside", False):
            yield
            return
        self._come_in(who)
        self._mine.inside, since = True, self._ticks()
        try:
            yield
        finally:
            self._mine.inside = False
            self._go(self._ticks() - since)

    def turned_away(self, who: Standing) -> int | None:
        """Return the seconds after which to come back, None for whoever may try to enter now."""
        with self._door:
            return None if self._may_wait(who) else self._come_back()

    def waiting(self) -> int:
        """Return how many wait to be let in."""
        return sum(map(len, self._waiting.values()))

    def _come_in(self, who: Standing) -> None:
        with self._door:
            if self._inside < self._size.places:
                self._inside += 1
                return
            if not self._may_wait(who):
                raise Refused(Refusal.BUSY, retry_after=self._come_back())
            called = threading.Event()
            self._waiting[who].append(called)
        if called.wait(self._patience):
            return
        with self._door:
            if called.is_set():  # called in the moment of giving up
                return
            self._waiting[who].remove(called)
            raise Refused(Refusal.BUSY, retry_after=self._come_back())

    def _go(self, stay: float) -> None:
        with self._door:
            self._stay += _MEMORY * (stay - self._stay)
            following = next((queue for queue in self._waiting.values() if queue), None)
            if following is None:
                self._inside -= 1
            else:
                following.popleft().set()

    def _may_wait(self, who: Standing) -> bool:
        if self._inside < self._size.places:
            return True
        before = sum(len(queue) for rank, queue in self._waiting.items() if rank <= who)
        soon = (before + 1) * self._pace() <= self._patience
        return soon and len(self._waiting[who]) < self._size.room

    def _pace(self) -> float:
        """Return the seconds from one who leaves to the next."""
        return self._stay / self._size.places

    def _come_back(self) -> int:
        """Return a time of his own for whoever is turned away.

        Each is given one at half the pace of what can be done: those who come back leave as
        much for those who come for the first time, and never come all at once.
        """
        now = self._ticks()
        self._promised = max(self._promised, now + 1.0) + 2 * self._pace()
        if self._promised > now + _FAR:
            self._promised = now + _FAR / 2  # round again, over the later half
        return math.ceil(self._promised - now)
