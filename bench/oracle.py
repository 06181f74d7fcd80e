"""Whether time tells who is a customer (LCK-03, RST-05): the same door, known and unknown.

Each door is asked in this process, through all of the web face, by turns and in an order drawn by
dice. Told are, against the first case of a door, the ratio of the medians (1.05 and 0.95 are the
bounds of the checklist) and how often a later case took longer than the first, of all pairs: 0.5
is what guessing gives. The password parameters are the least there are, so that nothing hides
behind them.
"""

import logging
import random
import statistics
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from django.test import Client

from bench.numbers import identifier
from bench.world import build
from cinnabar.config import compose, middleware
from cinnabar.env import Env
from cinnabar.faces.web.request import WebOptions
from tests.support.customers import add_customers

SAMPLES = 2000
_BATCH = 500
Door = Callable[[], object]


def run(samples: int = SAMPLES) -> dict[str, float]:
    """Return ratio and share of each door's cases; `samples` of each."""
    logging.disable()  # a refused sign-in is what is measured, not news
    env = build()
    here = compose.World(env=env, web=WebOptions())
    setattr(middleware, "world", lambda: here)  # noqa: B010 - what a process is handed once
    _people(env, samples)
    figures: dict[str, float] = {}
    for door, cases in _doors(samples).items():
        times = _by_turns(cases, samples)
        first, *others = times
        for other in others:
            median = statistics.median(times[other]) / statistics.median(times[first])
            figures[f"{door}_{other}_vs_{first}"] = median
            figures[f"{door}_{other}_longer"] = _longer(times[first], times[other])
    return figures


def _people(env: Env, count: int) -> None:
    """Import customers; the even ones have everything on file."""
    rows = [
        {
            "identifier": identifier(number),
            "name": "王小明",
            "mobile": f"09{number:08d}",
            "email": f"c{number}@example.com",
            "accounts": f"securities:台北:{number:07d}",
        }
        for number in range(count)
    ]
    for start in range(0, count, _BATCH):
        add_customers(env, rows[start : start + _BATCH])


def _doors(samples: int) -> Mapping[str, Mapping[str, Callable[[int], Door]]]:
    """Return for each door its cases: what the `n`th visitor of a case does."""
    return {
        "sign_in": {
            "known": lambda n: _try(n, identifier(n)),
            "unknown": lambda n: _try(n, identifier(samples + n)),
        },
        "reissue": {
            "right": lambda n: _claim(n, identifier(n), "19900201"),
            "wrong_day": lambda n: _claim(n, identifier(n), "19900202"),
            "unknown": lambda n: _claim(n, identifier(samples + n), "19900201"),
        },
    }


def _try(n: int, whose: str) -> Door:
    return _post("/sign-in/", n, identifier=whose, password="wrong123")  # noqa: S106 - nobody's


def _claim(n: int, whose: str, birth: str) -> Door:
    return _post("/passwords/reissue/", n, identifier=whose, birth=birth)


def _post(path: str, n: int, **form: str) -> Door:
    """Return a visit from an address of its own, ready to go."""
    client = Client(REMOTE_ADDR=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}")

    def ask() -> object:
        return client.post(path, form)

    return ask


def _by_turns(cases: Mapping[str, Callable[[int], Door]], samples: int) -> dict[str, list[float]]:
    order = [case for case in cases for _ in range(samples)]
    random.Random(18).shuffle(order)  # noqa: S311 - an order, repeatable
    times: dict[str, list[float]] = {case: [] for case in cases}
    for case in order:
        ask = cases[case](len(times[case]))
        before = time.perf_counter()
        ask()
        times[case].append(time.perf_counter() - before)
    return times


def _longer(first: Sequence[float], other: Sequence[float]) -> float:
    """Return the share of pairs of which the other's took longer (Mann and Whitney's U)."""
    ranked = sorted(first)
    return sum(bisect_left(ranked, one) for one in other) / (len(first) * len(other))
