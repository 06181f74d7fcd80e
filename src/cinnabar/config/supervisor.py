"""Several processes as one: started in order, started again when they die, stopped together."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cinnabar.config import leash

BACK_OFF = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before the first, second, … start after a death."""

STEADY = 60.0
"""Seconds alive after which earlier deaths are forgotten."""

PATIENCE = 8.0
"""Seconds a process has to stop by itself."""

_GLANCE = 0.02
_TOO_OFTEN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A process to keep running: its command, its environment and where its output goes."""

    name: str
    argv: Sequence[str]
    environ: Mapping[str, str]
    log: Path


class Supervisor:
    """Keeps jobs running. Children are in sessions of their own, so Ctrl-C reaches only us."""

    def __init__(self, jobs: Sequence[Job], report: Callable[[str], None]) -> None:
        """Take care of `jobs`; what a person should know is given to `report`."""
        self._reading, self._writing = os.pipe()
        self._report = report
        self._children = [_Child(job, self._reading) for job in jobs]

    def start(self) -> None:
        """Start every job, in order."""
        for child in self._children:
            child.start()

    def look(self) -> None:
        """Start again what has died and waited long enough."""
        for child in self._children:
            if sentence := child.look():
                self._report(sentence)

    def failing(self) -> Job | None:
        """Return a job that has died three times in a row, if there is one."""
        return next((c.job for c in self._children if c.deaths >= _TOO_OFTEN), None)

    def stop(self, *, at_once: threading.Event) -> None:
        """Stop every job, the last started first; kill what is left when `at_once` is set."""
        for child in reversed(self._children):
            child.stop(at_once)
        os.close(self._writing)
        os.close(self._reading)


def run_once(job: Job, *, until: threading.Event, at_once: threading.Event) -> int | None:
    """Run `job` to its end and return its exit code; stop it and return None at `until`."""
    reading, writing = os.pipe()
    try:
        return _Child(job, reading).to_its_end(until, at_once)
    finally:
        os.close(writing)
        os.close(reading)


class _Child:
    def __init__(self, job: Job, descriptor: int) -> None:
        self.job = job
        self.deaths = 0
        self._descriptor = descriptor
        self._process: subprocess.Popen[bytes] | None = None
        self._due = 0.0
        self._born = 0.0

    def start(self) -> subprocess.Popen[bytes]:
        with self.job.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                self.job.argv,
                env={**self.job.environ, leash.VARIABLE: str(self._descriptor)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self._descriptor],
                start_new_session=True,
            )
        self._process, self._born = process, time.monotonic()
        return process

    def look(self) -> str | None:
        """Notice a death or start again; return what to tell about it."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self.start()
            return None
        code = self._process.poll()
        if code is None:
            return None
        self._sweep()
        self.deaths = 1 if now - self._born > STEADY else self.deaths + 1
        pause = BACK_OFF[min(self.deaths, len(BACK_OFF)) - 1]
        self._process, self._due = None, now + pause
        return f"{self.job.name} {_ended(code)}; it is started again in {pause:g} s"

    def to_its_end(self, until: threading.Event, at_once: threading.Event) -> int | None:
        process = self.start()
        while (code := process.poll()) is None:
            if until.wait(_GLANCE):
                self.stop(at_once)
                return None
        self._sweep()
        return code

    def stop(self, at_once: threading.Event) -> None:
        if self._process is None:
            return
        self._process.terminate()
        until = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < until:
            if at_once.wait(_GLANCE):
                break
        self._sweep()
        self._process.wait()

    def _sweep(self) -> None:
        """End whatever is left of the child's session."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _ended(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
