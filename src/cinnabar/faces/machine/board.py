"""The board: what relying parties ask for again and again, kept in memory.

An answer is found under the very octets of the request, so that a known question costs one
look into a dictionary. What changed in the records is taken off the board each second; an
answer looked up before a change and brought after it is not put on (REV-03: within 5 s).
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cinnabar.faces.machine.answers import Answer
from cinnabar.faces.machine.lists import CrlShelf
from cinnabar.faces.machine.source import SourceUnavailable, StatusSource
from cinnabar.kernel.clock import Clock

log = logging.getLogger(__name__)

KEEP = timedelta(minutes=5)
"""The longest an answer stays without being looked up again, whatever it says of itself."""
BLIND = timedelta(seconds=60)
"""How long the board answers from memory while the records cannot be read."""
_REMEMBERED_CHANGES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """When a look-up began, in rounds of the board."""

    round: int


class StatusBoard:
    """Answers by request, at most `most` of them; the oldest go first."""

    def __init__(self, source: StatusSource, clock: Clock, *, most: int = 20_000) -> None:
        """Start empty; `refresh` must be called each second (see `Refresher`)."""
        self._source, self._clock, self._most = source, clock, most
        self._lock = threading.Lock()
        self._answers: dict[bytes, Answer] = {}
        self._by_serial: dict[int, set[bytes]] = {}
        self._changed: dict[int, int] = {}
        self._round = 0
        self._mark: str | None = None
        self._seen_at = clock.now()
        self.shelf = CrlShelf()
        self.find: Callable[[bytes], Answer | None] = self._answers.get

    def begin(self) -> Ticket:
        """Return a ticket; take it before looking anything up."""
        return Ticket(round=self._round)

    def put(self, request: bytes, answer: Answer, ticket: Ticket) -> None:
        """Keep `answer` under the octets of its request, unless it was overtaken by a change."""
        with self._lock:
            if any(self._changed.get(s, -1) > ticket.round for s in answer.serials):
                return
            if len(self._answers) >= self._most:
                self._drop(next(iter(self._answers)))
            self._answers[request] = answer
            for serial in answer.serials:
                self._by_serial.setdefault(serial, set()).add(request)

    def _drop(self, request: bytes) -> None:
        answer = self._answers.pop(request, None)
        for serial in answer.serials if answer else ():
            requests = self._by_serial[serial]
            requests.discard(request)
            if not requests:
                del self._by_serial[serial]

    def refresh(self) -> None:
        """Take off what changed; fetch a new list. Waits for the records, if they are slow."""
        now = self._clock.now()
        try:
            changes = self._source.changes_since(self._mark)
            self.shelf.refresh(self._source)
        except SourceUnavailable as problem:
            log.warning("the records cannot be read: %s", problem)
            return
        with self._lock:
            self._note(changes.serials)
            self._mark, self._seen_at = changes.mark, now

    def _note(self, serials: Iterable[int]) -> None:
        self._round += 1
        for serial in serials:
            self._changed.pop(serial, None)
            self._changed[serial] = self._round
            for request in tuple(self._by_serial.get(serial, ())):
                self._drop(request)
        while len(self._changed) > _REMEMBERED_CHANGES:
            self._changed.pop(next(iter(self._changed)))

    def sweep(self) -> None:
        """Take off what has grown old; everything, if the records were not seen for `BLIND`."""
        now = self._clock.now()
        with self._lock:
            if now - self._seen_at > BLIND:
                self._answers.clear()
                self._by_serial.clear()
                return
            for request in [r for r, a in self._answers.items() if _is_old(a, now)]:
                self._drop(request)


def _is_old(answer: Answer, now: datetime) -> bool:
    return answer.until is None or answer.until <= now


class Refresher:
    """Keeps a board fresh until it is closed.

    Two threads, so that records which do not answer cannot keep old answers on the board.
    """

    def __init__(self, board: StatusBoard, *, every: float = 1.0) -> None:
        """Start at once; `every` in seconds."""
        self._every = every
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(work,), name="status-board", daemon=True)
            for work in (board.refresh, board.sweep)
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                work()
            except Exception:
                log.exception("the status board could not be refreshed")
            self._over.wait(self._every)

    def close(self) -> None:
        """Stop refreshing."""
        self._over.set()
        for thread in self._threads:
            thread.join()
