"""Sign-ins against the Argon2 parameters alone (0.9), and pages meanwhile (within 2 x idle).

Both run on twice as many threads as there are cores, in turn. The page is that of somebody's
certificates, asked of a real demo over HTTP while other threads keep signing in to it.
"""

import http.client
import os
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus

from bench.served import demo, sign_in
from bench.world import build, customer, ratio
from cinnabar.kernel.hashing import PROFILES
from tests.support.people import PASSWORD
from tests.support.signing import sign_in as act

ROUNDS, EACH, PROFILE = 5, 24, "owasp-19"
_PAGES, _SIGNING = 60, 6
_ALONE = "B223456782"
"""Nobody else signs in as: the oldest of too many sessions ends."""


def run(rounds: int = ROUNDS, each: int = EACH) -> dict[str, float]:
    """Return both ratios, sign-ins a second and page times in milliseconds."""
    env = build(PROFILE)
    people = [customer(env, number) for number in range(each)]
    bare, ours = [], []
    # The same threads all along, each with its connection, as those of a web process are.
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        for turn in range(rounds + 1):
            yardstick = _timed(pool, [_argon2] * each)
            measured = _timed(
                pool,
                [
                    partial(act, env, who.identifier, PASSWORD, address="127.0.0.1")
                    for who in people
                ],
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


def _timed(pool: ThreadPoolExecutor, works: list[Callable[[], object]]) -> float:
    before = time.perf_counter()
    list(pool.map(lambda work: work(), works))
    return time.perf_counter() - before


def _pages() -> tuple[float, float]:
    """Return the median seconds of a page, idle and while others sign in."""
    with demo() as here:
        port, session = here.port, sign_in(here.port, _ALONE)
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
        sign_in(port)
