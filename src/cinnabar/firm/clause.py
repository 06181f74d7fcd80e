"""One demand of the checklist on one key of the firm file."""

from collections.abc import Callable
from dataclasses import dataclass

from cinnabar.firm.model import Firm

FACES = frozenset({"web", "helper", "mobile"})
"""Every face a customer may use for certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One demand on one key of the firm file."""

    key: str
    ids: str
    wanted: str
    short: Callable[[Firm], bool]
    conflict: str = ""
