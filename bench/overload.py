"""Sign-ins at 1.8 times what can be done: goodput stays, the rest is told when to come back.

Rounds alternate. In one a small crowd signs in, each one again when he was answered: the
capacity. In the next sign-ins come at 1.8 times that, whatever became of those before. Pages of
somebody signed in and OCSP questions keep coming at a slow pace through both; the same alone are
the yardstick of theirs. Client and server share the machine; the medians of the rounds' ratios
count.
"""

import asyncio
import itertools
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPRequestBuilder

from bench.numbers import identifier
from bench.served import Form, Served, demo, form, headers, sign_in
from bench.stream import GONE, Ask, Told, crowd, get, median, percentile, post, stream

ROUNDS, SECONDS, PEOPLE, CROWD, OVER = 5, 5.0, 300, 8, 1.8
_PAGES, _STATUS = 8.0, 20.0
_SLOWEST = 0.99


class NothingToMeasureError(Exception):
    """Nobody could sign in; it says what became of the tries."""

    def __init__(self, became: Mapping[str, int]) -> None:
        """Say how many of the tries `became` what: a status, or no answer."""
        told = ", ".join(f"{many} x {status}" for status, many in became.items())
        super().__init__(f"nobody could sign in; the tries were answered: {told or 'none made'}")


def run(rounds: int = ROUNDS, seconds: float = SECONDS) -> dict[str, float]:
    """Return the figures of so many rounds of either kind, each `seconds` long."""
    with demo(PEOPLE) as here:
        return asyncio.run(_measure(here, rounds, seconds))


async def _measure(here: Served, rounds: int, seconds: float) -> dict[str, float]:
    port, people = here.port, _People(here.port)
    page = Ask(octets=get(port, "/certificates/", {"Cookie": sign_in(port)}))
    status = Ask(octets=post(port, "/ocsp", _question(here.data), {"Content-Type": _OCSP}))
    beside = partial(_beside, port, seconds, page, status)
    # Everybody's first time on his device, and warming up.
    _someone_came_in(await crowd(port, CROWD, 2, people))
    idle = await beside()
    ratios, over, busy = [], _Tally(), _Beside([], [])
    for _ in range(rounds):
        closed, _ = await asyncio.gather(crowd(port, CROWD, seconds, people), beside())
        capacity = len(_someone_came_in(closed)) / seconds
        told, meanwhile = await asyncio.gather(
            stream(port, OVER * capacity, seconds, people), beside()
        )
        done = sum(one.at < seconds for one in _good(told)) / seconds
        ratios.append(done / capacity)
        over.add(told, capacity)
        busy.pages.extend(meanwhile.pages)
        busy.answers.extend(meanwhile.answers)
    return {
        "goodput_vs_capacity": statistics.median(ratios),
        **over.figures(),
        **_compared("page", idle.pages, busy.pages),
        **_compared("ocsp", idle.answers, busy.answers),
    }


class _Tally:
    """What became of the sign-ins at 1.8 times the capacity, over all rounds."""

    def __init__(self) -> None:
        self._told: list[Told] = []
        self._capacities: list[float] = []

    def add(self, told: Sequence[Told], capacity: float) -> None:
        self._told.extend(told)
        self._capacities.append(capacity)

    def figures(self) -> dict[str, float]:
        told, good = self._told, _good(self._told)
        turned = [one for one in told if one.status == HTTPStatus.SERVICE_UNAVAILABLE]
        return {
            "capacity_per_second": statistics.median(self._capacities),
            "good_p50_ms": median(good) * 1e3,
            "good_p99_ms": percentile([one.seconds for one in good], _SLOWEST) * 1e3,
            "turned_away": len(turned) / len(told),
            "turned_away_with_retry_after": _told_when(turned),
            "turned_away_p99_ms": percentile([one.seconds for one in turned], _SLOWEST) * 1e3,
            "unanswered": sum(one.status not in _ANSWERS for one in told) / len(told),
        }


@dataclass(frozen=True, slots=True)
class _Beside:
    """What became of the pages and of the questions meanwhile."""

    pages: list[Told]
    answers: list[Told]


_OCSP = "application/ocsp-request"
_ASKED = ("ocsp.crt", "issuing.crt")
_ANSWERS = {HTTPStatus.FOUND, HTTPStatus.SERVICE_UNAVAILABLE}


def _good(told: Sequence[Told]) -> list[Told]:
    return [one for one in told if one.status == HTTPStatus.FOUND]


def _someone_came_in(told: Sequence[Told]) -> list[Told]:
    """Return the sign-ins that succeeded.

    Raises `NothingToMeasureError` if there is none: with a capacity of 0 no ratio means anything.
    """
    if good := _good(told):
        return good
    became = Counter("no answer" if one.status == GONE else str(one.status) for one in told)
    raise NothingToMeasureError(became)


def _told_when(turned: Sequence[Told]) -> float:
    return sum(one.retry_after > 0 for one in turned) / len(turned) if turned else 1.0


async def _beside(port: int, seconds: float, page: Ask, status: Ask) -> _Beside:
    pages, answers = await asyncio.gather(
        stream(port, _PAGES, seconds, lambda: page, seed=2),
        stream(port, _STATUS, seconds, lambda: status, seed=3),
    )
    return _Beside(pages, answers)


def _compared(name: str, idle: Sequence[Told], busy: Sequence[Told]) -> dict[str, float]:
    slow: Callable[[Sequence[Told]], float] = lambda told: percentile(  # noqa: E731
        [one.seconds for one in told], _SLOWEST
    )
    return {
        f"{name}_busy_vs_idle": median(busy) / median(idle),
        f"{name}_idle_p99_ms": slow(idle) * 1e3,
        f"{name}_busy_p99_ms": slow(busy) * 1e3,
        f"{name}_failed": sum(one.status != HTTPStatus.OK for one in busy) / len(busy),
    }


class _People:
    """Customers who sign in by turns, each on the device that he had last time."""

    def __init__(self, port: int) -> None:
        self._port, self._page = port, form(port)
        self._turns = itertools.cycle(range(PEOPLE))
        self._devices: dict[int, str] = {}

    def __call__(self) -> Ask:
        number = next(self._turns)
        page, device = self._page, self._devices.get(number, "")
        cookie = "; ".join(filter(None, (page.cookie, device)))
        body = self._body(page, number)
        octets = post(self._port, "/sign-in/", body, headers(self._port, cookie))
        return Ask(octets=octets, seen=partial(self._keep, number))

    def _body(self, page: Form, number: int) -> bytes:
        return page.body(identifier(number)).encode()

    def _keep(self, number: int, status: int, head: str) -> None:
        del status
        for line in head.split("\r\n"):
            if line.lower().startswith("set-cookie: __host-device="):
                self._devices[number] = line.partition(": ")[2].partition(";")[0]


def _question(data: Path) -> bytes:
    """Return the question for the status of a certificate that the demo has."""
    asked, issuer = (x509.load_pem_x509_certificate(_file(data, one)) for one in _ASKED)
    builder = OCSPRequestBuilder().add_certificate(asked, issuer, SHA1())  # noqa: S303 - CertID
    return builder.build().public_bytes(Encoding.DER)


def _file(data: Path, name: str) -> bytes:
    return (data / "ca" / name).read_bytes()
