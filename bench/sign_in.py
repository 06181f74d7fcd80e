"""Sign-ins against the Argon2 parameters alone (0.9), and pages meanwhile (within 2 x idle).

Both run on twice as many threads as there are cores, in turn. The page is that of somebody's
certificates, asked of a real demo over HTTP while other threads keep signing in to it.
"""

import http.client
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

from django.db import connection

from bench.world import build, customer, ratio
from cinnabar.kernel.hashing import PROFILES
from cinnabar.login.actions import sign_in
from tests.support.people import PASSWORD

ROUNDS, EACH, PROFILE = 5, 24, "owasp-19"
_PAGES, _SIGNING = 60, 6


def run(rounds: int = ROUNDS, each: int = EACH) -> dict[str, float]:
    """Return both ratios, sign-ins a second and page times in milliseconds."""
    env = build(PROFILE)
    people = [customer(env, number) for number in range(each)]
    bare, ours = [], []
    for turn in range(rounds + 1):
        yardstick = _timed([_argon2] * each)
        measured = _timed(
            [partial(sign_in, env, who.identifier, PASSWORD, address="127.0.0.1") for who in people]
        )
        if turn:  # the first round warms up
            bare.append(yardstick)
            ours.append(measured)
    idle, busy = _pages()
    return {
        "sign_in_vs_argon2": ratio(bare, ours),
        "sign_ins_per_second": each / statistics.median(ours),
        "page_busy_vs_idle": busy / idle,
        "page_idle_ms": idle * 1e3,
        "page_busy_ms": busy * 1e3,
    }


def _argon2() -> object:
    from argon2.low_level import Type, hash_secret_raw

    profile = PROFILES[PROFILE]
    return hash_secret_raw(
        b"demo1234demo1234demo1234demo1234",
        b"sixteen octets !",
        time_cost=profile.time_cost,
        memory_cost=profile.memory_kib,
        parallelism=profile.lanes,
        hash_len=32,
        type=Type.ID,
    )


def _timed(works: list[Callable[[], object]]) -> float:
    def run_one(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        before = time.perf_counter()
        list(pool.map(run_one, works))
        return time.perf_counter() - before


def _pages() -> tuple[float, float]:
    """Return the median seconds of a page, idle and while others sign in."""
    with _demo() as port:
        session = _sign_in(port)
        idle = statistics.median(_page(port, session) for _ in range(_PAGES))
        stop = threading.Event()
        crowd = [
            threading.Thread(target=_keep_signing_in, args=(port, stop)) for _ in range(_SIGNING)
        ]
        for one in crowd:
            one.start()
        try:
            busy = statistics.median(_page(port, session) for _ in range(_PAGES))
        finally:
            stop.set()
            for one in crowd:
                one.join()
    return idle, busy


def _page(port: int, session: str) -> float:
    before = time.perf_counter()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("GET", "/certificates/", headers={"Cookie": session})
    answer = link.getresponse()
    answer.read()
    link.close()
    assert answer.status == HTTPStatus.OK
    return time.perf_counter() - before


def _keep_signing_in(port: int, stop: threading.Event) -> None:
    while not stop.is_set():
        _sign_in(port)


def _sign_in(port: int) -> str:
    """Sign the demo's first customer in; return the cookies, empty when it was too busy."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("GET", "/sign-in/")
    answer = link.getresponse()
    text = answer.read().decode()
    token = re.search(r'name="csrf" content="([^"]+)"', text)
    form = urlencode(
        {
            "identifier": "A123456789",
            "password": "demo1234",
            "csrfmiddlewaretoken": token.group(1) if token else "",
        }
    )
    headers = {
        "Cookie": _cookies(answer),
        "Origin": f"http://127.0.0.1:{port}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    link.request("POST", "/sign-in/", form, headers)
    signed_in = link.getresponse()
    signed_in.read()
    link.close()
    return _cookies(signed_in)


def _cookies(answer: http.client.HTTPResponse) -> str:
    given = answer.headers.get_all("set-cookie") or []
    return "; ".join(one.partition(";")[0] for one in given)


@contextmanager
def _demo() -> Iterator[int]:
    import socket

    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        command = [
            sys.executable,
            "-m",
            "cinnabar.cli",
            "demo",
            "--port",
            str(port),
            "--data",
            data,
        ]
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("CINNABAR_", "DATABASE"))
        }
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        assert demo.stdout is not None
        try:
            assert demo.stdout.readline().startswith("ready")
            yield port
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait()
