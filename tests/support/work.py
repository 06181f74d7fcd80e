"""What a request costs, without a clock: its statements in order, its hashes, what it answers.

Two requests that do the same work take the same time; a test that counts finds in a second what
one that measures finds in an hour (incident 16, RST-05).
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.http import HttpResponse

from cinnabar.env import Env
from cinnabar.kernel.secrets import Secret

HIDDEN = re.compile(
    r"[A-D]\d{9}|\b22099131\b|[^\s<>]*\*+[^\s<>]*|\b\w{64}\b|\b[a-z2-7]{26}\b|[\w+/]{43}="
)
"""Identifiers, what is masked, tokens, names of flows and challenges, shares: each has its own."""

_MANY = re.compile(r"\((?:%s(?:, )?)+\)")
_SAVEPOINT = re.compile(r'(SAVEPOINT )"\w+"|(SAVEPOINT )\w+')


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came back, without what is a visit's own, and what it took."""

    status: int
    text: str
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...]
    work: tuple[str, ...]


class CountingHasher:
    """The hasher of the test's world; each Argon2 computation is told to whoever listens."""

    def __init__(self, hasher: Any) -> None:
        self._hasher = hasher
        self.told: Callable[[str], None] = lambda _: None

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._hasher, name)
        if name not in {"hash", "matching"}:
            return found

        def counted(*given: object, **named: Secret | str | None) -> Any:
            self.told("argon2")
            return found(*given, **named)

        return counted


@contextmanager
def counted(env: Env) -> Iterator[list[str]]:
    """Collect the shape of each statement, and each Argon2, while the body runs."""
    work: list[str] = []

    def tell(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        work.append(shape(sql))
        return execute(sql, params, many, context)

    hasher = env.hasher
    assert isinstance(hasher, CountingHasher), "use counting(env)"
    hasher.told = work.append
    with connection.execute_wrapper(tell):
        yield work
    hasher.told = lambda _: None


def counting(env: Env) -> Env:
    """Return the same world with a hasher that counts."""
    return replace(env, hasher=CountingHasher(env.hasher))


def shape(sql: str) -> str:
    """Return a statement without what differs from one call to the next."""
    plain = _SAVEPOINT.sub("SAVEPOINT", " ".join(sql.split()))
    return _MANY.sub("(…)", plain)


def seen(env: Env, ask: Callable[[], HttpResponse]) -> Seen:
    """Ask, and tell all that an outsider sees, and all that the host does."""
    with counted(env) as work:
        answer = ask()
    headers = {k: HIDDEN.sub("…", v) for k, v in answer.headers.items() if k != "Content-Length"}
    return Seen(
        status=answer.status_code,
        text=HIDDEN.sub("…", answer.content.decode()),
        headers=tuple(sorted(headers.items())),
        cookies=tuple(sorted(answer.cookies)),
        work=tuple(work),
    )
