"""One run of the demo: prepare, start, wait until everything answers, say so, stop."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from cinnabar.config.supervisor import Job, Supervisor, run_once

HOST = "127.0.0.1"
_DOMAIN = "localhost"
"""What the demo calls itself in mails, and where passkeys work: they belong to no address."""

_PATIENCE = 120.0
_ROUND = 0.1
_FAILED = 1
WRONG_USE = 2
"""The exit code of a command that was told something it cannot work with."""


class DemoRun:
    """The demo of `firm` in `data`, on `port`."""

    def __init__(self, *, firm: str, port: int, data: Path, with_parent: bool) -> None:
        """Describe the run; `with_parent` ends it when the process that asked for it ends."""
        self._port = port
        self._log = data / "log"
        self._environ = _environ(firm, port, data)
        self._stop = threading.Event()
        self._at_once = threading.Event()
        self._parent = os.getppid() if with_parent else None

    def until_told(self) -> int:
        """Run until Ctrl-C, SIGTERM or SIGHUP; return the exit code."""
        self._log.mkdir(exist_ok=True)
        self._listen()
        job = self._job("prepare", "demo", "--prepare")
        job.log.unlink(missing_ok=True)
        code = run_once(job, until=self._stop, at_once=self._at_once)
        if code:
            _say(_last_line(job.log) if code == WRONG_USE else f"{job.log} tells what went wrong")
            return code
        supervisor = Supervisor(self._jobs(), report=_say)
        try:
            return 0 if self._stop.is_set() else self._run(supervisor)
        finally:
            supervisor.stop(at_once=self._at_once)

    def _run(self, supervisor: Supervisor) -> int:
        supervisor.start()
        patience = time.monotonic() + _PATIENCE
        said = False
        while not self._stop.wait(_ROUND):
            supervisor.look()
            if self._parent not in {None, os.getppid()}:
                break
            if said:
                continue
            if _answers(self._port):
                said = True
                sys.stdout.write(f"ready http://{HOST}:{self._port}/\n")
                sys.stdout.flush()
            elif (failing := supervisor.failing()) or time.monotonic() > patience:
                name, log = (failing.name, failing.log) if failing else ("the demo", self._log)
                _say(f"{name} does not start; {log} tells why")
                return _FAILED
        return 0

    def _jobs(self) -> list[Job]:
        return [
            self._job("signer", "signer"),
            self._job("worker", "worker"),
            self._job("web", "serve", "--host", HOST, "--port", str(self._port)),
        ]

    def _job(self, name: str, *arguments: str) -> Job:
        return Job(
            name=name,
            argv=[sys.executable, "-m", "cinnabar.cli", *arguments],
            environ=self._environ,
            log=self._log / f"{name}.log",
        )

    def _listen(self) -> None:
        signal.signal(signal.SIGINT, self._told)
        signal.signal(signal.SIGTERM, self._told)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to stay
            signal.signal(signal.SIGHUP, self._told)

    def _told(self, number: int, frame: object) -> None:
        del number, frame
        if self._stop.is_set():
            self._at_once.set()
        self._stop.set()


def _environ(firm: str, port: int, data: Path) -> Mapping[str, str]:
    """Return the environment of the demo's processes: nothing of another installation in it."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("CINNABAR_", "DATABASE_URL"))}
    return {
        **own,
        "CINNABAR_DATA": str(data),
        "CINNABAR_FIRM": firm,
        "CINNABAR_MODE": "demo",
        "CINNABAR_BASE_URL": f"http://{_DOMAIN}:{port}",
    }


def _answers(port: int) -> bool:
    """Tell whether web, database, signer and worker all say that they are well."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status == HTTPStatus.OK and all(json.loads(answer.read()).values())
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), f"see {log}")


def _say(sentence: str) -> None:
    sys.stderr.write(f"cinnabar: {sentence.removeprefix('cinnabar: ')}\n")
    sys.stderr.flush()
