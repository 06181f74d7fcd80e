"""Trying a batch again when somebody else was quicker."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError

_TRIES = 20
_MAY_BE_REPEATED = {"40001", "40P01"}
"""SQLSTATE of a serialisation failure and of a deadlock."""

_T = TypeVar("_T")


class Overtaken(Exception):  # noqa: N818 - not an error: the batch is planned again
    """Somebody else wrote one of the customers since the plan was made."""


def until_settled(attempt: Callable[[], _T]) -> _T:
    """Return what `attempt` returns, calling it again when another writer came between.

    Each failure means that the other one got on, so this ends; should it not, the last problem
    is raised after twenty tries.
    """
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except (Overtaken, IntegrityError):
            continue
        except OperationalError as problem:
            if getattr(problem.__cause__, "sqlstate", None) not in _MAY_BE_REPEATED:
                raise
    return attempt()
