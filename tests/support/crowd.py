"""Many at once: real threads, each with its own connection, let go at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection

from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.hashing import Hasher
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret

T = TypeVar("T")


def at_once(*acts: Callable[[], T]) -> list[T | Refusal]:
    """Run `acts` at the same moment; return what each gave, or what it was refused for."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Refusal:
        try:
            gate.wait()
            return act()
        except Refused as refused:
            return refused.refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class Interrupting(LoadedDice):
    """Dice at whose next throw for a token something else happens first."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__(5)
        self._happens: Callable[[], object] | None = happens

    def octets(self, n: int) -> bytes:
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        return super().octets(n)


class Comparing:
    """A hasher; once it has compared something for the first time, something else happens."""

    def __init__(self, hasher: Hasher, happens: Callable[[], object]) -> None:
        self._hasher = hasher
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hasher, name)

    def matching(self, encoded: Sequence[str], secret: Secret) -> list[bool]:
        found = self._hasher.matching(encoded, secret)
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        return found
