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
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.test import Client

from bench.numbers import identifier
from bench.world import build
from cinnabar.codes import links
from cinnabar.config import compose, middleware
from cinnabar.env import Env
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm import load_firm
from cinnabar.flows.actions import steps
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.dice import new_id
from tests.support.customers import add_customers

SAMPLES = 2000
_BATCH = 500
_LIFE = timedelta(hours=8)
Door = Callable[[], object]


def run(samples: int = SAMPLES) -> dict[str, float]:
    """Return ratio and share of each door's cases; `samples` of each."""
    logging.disable()  # a refused sign-in is what is measured, not news
    env = _with_every_door(build())
    here = compose.World(env=env, web=WebOptions())
    setattr(middleware, "world", lambda: here)  # noqa: B010 - what a process is handed once
    _people(env, 2 * samples)
    figures: dict[str, float] = {}
    for door, cases in _doors(env, samples).items():
        times = _by_turns(cases, samples)
        first, *others = times
        for other in others:
            median = statistics.median(times[other]) / statistics.median(times[first])
            figures[f"{door}_{other}_vs_{first}"] = median
            figures[f"{door}_{other}_longer"] = _longer(times[first], times[other])
    return figures


def _with_every_door(env: Env) -> Env:
    """Return the world with a reset by mail and a second stage of the sign-in as well."""
    login = env.firm.login
    second = replace(login.second_factor, when="every-sign-in")
    firm = replace(
        env.firm,
        reset=load_firm("hongkong").reset,
        login=replace(login, second_factor=second),
    )
    return replace(env, firm=firm)


def _people(env: Env, count: int) -> None:
    """Import customers; the even ones have everything on file."""
    rows = [
        {
            "identifier": identifier(number),
            "name": "王小明",
            "mobile": f"09{number:08d}",
            "email": f"c{number}@example.com" if number % 2 == 0 else "",
            "accounts": f"securities:台北:{number:07d}",
        }
        for number in range(count)
    ]
    for start in range(0, count, _BATCH):
        add_customers(env, rows[start : start + _BATCH])


def _doors(env: Env, samples: int) -> Mapping[str, Mapping[str, Callable[[int], Door]]]:
    """Return for each door its cases: what the `n`th visitor of a case does."""
    return {
        "sign_in": {
            "known": lambda n: _try(n, identifier(n)),
            "unknown": lambda n: _try(n, identifier(3 * samples + n)),
        },
        "reissue": {
            "right": lambda n: _claim(n, identifier(n), "19900201"),
            "wrong_day": lambda n: _claim(n, identifier(n), "19900202"),
            "unknown": lambda n: _claim(n, identifier(3 * samples + n), "19900201"),
        },
        "reset": {
            "known": lambda n: _forgotten(n, identifier(2 * n)),
            "no_mail": lambda n: _forgotten(n, identifier(2 * n + 1)),
            "unknown": lambda n: _forgotten(n, identifier(3 * samples + n)),
        },
        "reset_link": {
            "never_made": lambda n: _open(n, _dead_link(env, n, never=True)),
            "dead": lambda n: _open(n, _dead_link(env, n)),
        },
        "second_page": {
            "nobodys": lambda n: _get(f"/sign-in/second/{_half(env, n, never=True)}/", n),
            "anothers": lambda n: _get(f"/sign-in/second/{_half(env, n)}/", n),
        },
        "second_code": {
            "nobodys": lambda n: _second(n, _half(env, n, never=True)),
            "anothers": lambda n: _second(n, _half(env, n)),
        },
    }


def _forgotten(n: int, whose: str) -> Door:
    return _post("/forgotten/", n, identifier=whose)


def _open(n: int, token: str) -> Door:
    return _post("/reset/", n, token=token)


def _dead_link(env: Env, n: int, *, never: bool = False) -> str:
    """Return a secret that a newer mail has killed; one that was `never` made, after the same work.

    What is measured comes right after: what was done before has to be the same.
    """
    with transaction.atomic():
        made = links.make(env, 1 + n % _BATCH, "reset", flow=new_id(env.dice), life=_LIFE)
        links.kill(1 + n % _BATCH, "reset")
    return f"{n:064x}" if never else made.reveal()


def _half(env: Env, n: int, *, never: bool = False) -> str:
    """Return the flow of somebody else's sign-in that awaits its second factor, or of none."""
    theirs = Stranger(visit=f"{n:064x}", address="192.0.2.1")
    who = (1 + n % _BATCH, f"S{n}")
    facts = {"lock": "", "password": "0", "reason": "", "agent": ""}
    kind = FlowKind.SIGN_IN
    flow = steps.open_claim(env, theirs, kind, customer=who, facts=facts).id
    return new_id(env.dice) if never else flow


def _second(n: int, flow: str) -> Door:
    return _post(f"/sign-in/second/{flow}/try", n, code="000000")


def _try(n: int, whose: str) -> Door:
    return _post("/sign-in/", n, identifier=whose, password="wrong123")  # noqa: S106 - nobody's


def _claim(n: int, whose: str, birth: str) -> Door:
    return _post("/passwords/reissue/", n, identifier=whose, birth=birth)


def _post(path: str, n: int, **form: str) -> Door:
    """Return a visit from an address of its own, ready to go."""
    client = _from(n)
    return lambda: client.post(path, form)


def _get(path: str, n: int) -> Door:
    """Return the same for a page that is only looked at."""
    client = _from(n)
    return lambda: client.get(path)


def _from(n: int) -> Client:
    return Client(REMOTE_ADDR=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}")


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
