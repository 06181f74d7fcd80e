"""Requests that come when they come, whatever became of those before: an open loop.

A closed loop slows down with the server and never shows what overload does. Each request has a
connection of its own, as those of strangers have; times count from when it was due.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

PATIENCE = 10.0
"""Seconds after which whoever asked has gone."""

GONE = 0
"""The status of what was not answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to be sent; `seen` is shown the answer's head."""

    octets: bytes
    seen: Callable[[int, str], None] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its status, the seconds it took, what Retry-After said (-1: nothing).

    `at` is when it came, in seconds since the stream began.
    """

    status: int
    seconds: float
    retry_after: int = -1
    at: float = 0.0


def post(port: int, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return the octets of a POST."""
    told = {**headers, "Content-Length": str(len(body))}
    return _head(port, "POST", path, told) + body


def get(port: int, path: str, headers: Mapping[str, str]) -> bytes:
    """Return the octets of a GET."""
    return _head(port, "GET", path, headers)


async def stream(
    port: int, per_second: float, seconds: float, ask: Callable[[], Ask], *, seed: int = 1
) -> list[Told]:
    """Send requests at random instants, `per_second` in the mean; return what became of them."""
    dice = random.Random(seed)  # noqa: S311 - when people come
    start, due, sent = time.perf_counter(), 0.0, []
    while (due := due + dice.expovariate(per_second)) < seconds:
        await asyncio.sleep(max(0.0, start + due - time.perf_counter()))
        sent.append(asyncio.create_task(_ask(port, ask(), start + due, start)))
    return list(await asyncio.gather(*sent))


async def crowd(port: int, many: int, seconds: float, ask: Callable[[], Ask]) -> list[Told]:
    """Let `many` send one request after the other: what comes through is the capacity."""
    end = time.perf_counter() + seconds

    async def one() -> list[Told]:
        told = []
        while (now := time.perf_counter()) < end:
            told.append(await _ask(port, ask(), now, now))
        return told

    return [told for each in await asyncio.gather(*(one() for _ in range(many))) for told in each]


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time within which `share` of `times` stay."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def median(told: Sequence[Told]) -> float:
    """Return the middle one of the times."""
    return statistics.median(one.seconds for one in told)


async def _ask(port: int, ask: Ask, due: float, start: float) -> Told:
    try:
        head = await asyncio.wait_for(_exchange(port, ask.octets), PATIENCE)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return Told(GONE, time.perf_counter() - due)
    now, status = time.perf_counter(), int(head[9:12])
    if ask.seen is not None:
        ask.seen(status, head)
    wait = _header(head, "retry-after")
    return Told(status, now - due, int(wait) if wait else -1, now - start)


async def _exchange(port: int, octets: bytes) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(octets)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.read()
    finally:
        writer.close()
    return head.decode("latin-1")


def _header(head: str, name: str) -> str:
    for line in head.split("\r\n"):
        if line.lower().startswith(f"{name}:"):
            return line.partition(":")[2].strip()
    return ""


def _head(port: int, method: str, path: str, headers: Mapping[str, str]) -> bytes:
    # With the port, as a browser says it: an `Origin` of another host is refused.
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()
