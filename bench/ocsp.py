"""OCSP answers against a function that does nothing, on the same granian server (goal 0.9).

Rounds of both alternate; what counts is the processor time the server spends on a request, so
that a busy machine and a slow client blur it little. Medians over the rounds.
"""

import base64
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import psutil

ROUNDS = 100
REQUESTS = 960
_PIPELINED = 64
_SERIALS = 50
_HERE = Path(__file__).resolve().parent
_START_SECONDS = 20.0


def run(rounds: int = ROUNDS, requests: int = REQUESTS) -> dict[str, float]:
    """Return the ratio and what it is made of.

    `ocsp_post_vs_nothing` and `ocsp_get_vs_nothing` are do-nothing time divided by ours (1 is
    as fast as nothing at all); `reading` does nothing but read the body. The others are server
    microseconds of processor per request.
    """
    with _server() as (port, server):
        questions = [_fetch(port, f"/request/{(1 << 126) + i}") for i in range(_SERIALS)]
        kinds: dict[str, list[bytes]] = {
            "nothing": [_post("/nothing", question) for question in questions],
            "reading": [_post("/reading", question) for question in questions],
            "post": [_post("/ocsp", question) for question in questions],
            "get": [_get(question) for question in questions],
        }
        spent: dict[str, list[float]] = {kind: [] for kind in kinds}
        for turn in range(rounds + 1):
            for kind, sent in kinds.items():
                cost = _cost(server, partial(_ask, port, sent, requests))
                if turn:  # the first round warms up
                    spent[kind].append(cost * 1e6 / requests)
    return {
        "ocsp_post_vs_nothing": _ratio(spent["nothing"], spent["post"]),
        "ocsp_post_vs_reading": _ratio(spent["reading"], spent["post"]),
        "ocsp_get_vs_nothing": _ratio(spent["nothing"], spent["get"]),
        **{f"{kind}_us": statistics.median(costs) for kind, costs in spent.items()},
    }


def _ratio(yardstick: list[float], ours: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(yardstick, ours, strict=True))


def _cost(server: psutil.Process, work: Callable[[], None]) -> float:
    before = _cpu(server)
    work()
    return _cpu(server) - before


def _cpu(server: psutil.Process) -> float:
    """Return the processor seconds of the server's threads, to the nanosecond."""
    total = 0
    for process in [server, *server.children(recursive=True)]:
        for thread in Path(f"/proc/{process.pid}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


@contextmanager
def _server() -> Iterator[tuple[int, psutil.Process]]:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--blocking-threads", "8", "--no-ws", "--log-level", "error"]
    place = tempfile.TemporaryDirectory(prefix="cinnabar-bench-")
    paths = f"{_HERE.parent / 'src'}:{_HERE}"
    environ = {**os.environ, "CINNABAR_DATA": place.name, "PYTHONPATH": paths}
    process = subprocess.Popen([*command, "ocsp_server:application"], cwd=_HERE, env=environ)
    try:
        _wait_for(port)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(10)
        place.cleanup()


def _wait_for(port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            _fetch(port, "/request/1")
        except OSError:
            if time.monotonic() > end:
                raise
        else:
            return


def _post(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/ocsp-request\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _get(body: bytes) -> bytes:
    path = quote(base64.b64encode(body), safe="")
    return f"GET /ocsp/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def _fetch(port: int, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts).partition(b"\r\n\r\n")[2]


def _ask(port: int, sent: list[bytes], requests: int) -> None:
    """Send `requests` requests, several under way at a time, and read every answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        rest = b""
        for first in range(0, requests, _PIPELINED):
            batch = range(first, min(first + _PIPELINED, requests))
            connection.sendall(b"".join(sent[i % len(sent)] for i in batch))
            for _ in batch:
                rest = _read_one(connection, rest)


def _read_one(connection: socket.socket, rest: bytes) -> bytes:
    while b"\r\n\r\n" not in rest:
        rest += connection.recv(65536)
    head, _, rest = rest.partition(b"\r\n\r\n")
    lower = head.lower()
    if not lower.startswith(b"http/1.1 200"):
        msg = f"unexpected answer: {head!r}"
        raise OSError(msg)
    start = lower.index(b"content-length:") + 15
    size = int(lower[start:].split(b"\r\n", 1)[0])
    while len(rest) < size:
        rest += connection.recv(65536)
    return rest[size:]


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name:28} {value:8.2f}")
