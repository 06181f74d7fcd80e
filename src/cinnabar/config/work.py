"""The worker: chores that come round again and again, each on a thread of its own.

A mail server that hangs must not keep a revocation from being published, so no chore waits for
another. A chore that fails is logged and tried again, later each time.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import close_old_connections

from cinnabar.kernel.clock import Clock

LOG = logging.getLogger("cinnabar.worker")

ALIVE = "worker.alive"
"""File in the data directory that a healthy worker touches every second."""

STALE = 10.0
"""Seconds after which a worker that has not touched it is taken for dead."""

_LONGEST_BACK_OFF = 60.0
_STUCK = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to do every `every` seconds. `tick` tells whether more is waiting already."""

    name: str
    every: float
    tick: Callable[[], bool]


class Worker:
    """Does chores until it is stopped."""

    def __init__(self, chores: Sequence[Chore], alive: Path) -> None:
        """Do `chores`; touch `alive` each second while all of them come round."""
        self._stop = threading.Event()
        self._alive = alive
        self._rounds = [_Round(chore, self._stop) for chore in chores]

    def rounds(self) -> dict[str, tuple[int, int]]:
        """Return by chore how often it was begun, and how often it failed."""
        return {each.chore.name: (each.count, each.failed) for each in self._rounds}

    def stop(self) -> None:
        """Ask for the end; what is being done is finished."""
        self._stop.set()

    def run(self) -> None:
        """Work until `stop`."""
        for each in self._rounds:
            each.thread.start()
        while not self._stop.wait(1.0):
            if not any(each.stuck() for each in self._rounds):
                self._alive.touch()
        for each in self._rounds:
            each.thread.join()
        self._alive.unlink(missing_ok=True)


class _Round:
    def __init__(self, chore: Chore, stop: threading.Event) -> None:
        self.chore = chore
        self.thread = threading.Thread(target=self._go_round, name=chore.name)
        self._stop = stop
        self._failures = 0
        self._began = time.monotonic()
        self.count = self.failed = 0

    def stuck(self) -> bool:
        """Tell whether one tick has taken so long that somebody should look."""
        if time.monotonic() - self._began < _STUCK:
            return False
        LOG.error("chore stuck", extra={"chore": self.chore.name})
        return True

    def _go_round(self) -> None:
        while not self._stop.is_set():
            self._began = time.monotonic()
            self._stop.wait(self._tick())

    def _tick(self) -> float:
        """Do the chore once; return the seconds to wait before the next time."""
        close_old_connections()
        self.count += 1
        try:
            more = self.chore.tick()
        except Exception:
            self._failures += 1
            self.failed += 1
            pause = min(self.chore.every * float(2**self._failures), _LONGEST_BACK_OFF)
            LOG.exception("chore failed", extra={"chore": self.chore.name, "again_in": pause})
            return pause
        finally:
            close_old_connections()
        self._failures = 0
        return 0.0 if more else self.chore.every


def run_until_told(worker: Worker) -> None:
    """Let `worker` work until SIGTERM or SIGINT."""

    def told(number: int, frame: object) -> None:
        del number, frame
        worker.stop()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    worker.run()


def is_alive(data: Path, clock: Clock) -> bool:
    """Tell whether a worker of this data directory touched its file lately.

    `clock` is the machine's: the file system's stamps are compared with it.
    """
    try:
        return clock.now().timestamp() - (data / ALIVE).stat().st_mtime < STALE
    except FileNotFoundError:
        return False
