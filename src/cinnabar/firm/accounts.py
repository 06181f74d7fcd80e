"""Trading accounts and their passwords: one for all (歸戶) or one each (matrix 2.7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Only, Unlike

Line: TypeAlias = Literal["securities", "futures", "overseas", "wealth", "registrar"]
Scope: TypeAlias = Literal["securities", "futures", "overseas", "wealth", "registrar", "voice"]
Mode: TypeAlias = Literal["single", "consolidated", "per-account"]
PasswordColumn: TypeAlias = Literal[
    "line", "kind", "branch", "number", "change", "state", "changed", "expires", "expiry-state"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPolicy(Part):
    """Which accounts have passwords, and how many."""

    modes: Annotated[
        tuple[Mode, ...],
        Unlike(),
        About(
            "How many passwords a customer may have; 'single', alone: one, never spoken of.",
            "P105",
        ),
    ]
    consolidated_scope: Annotated[
        tuple[Scope, ...],
        Unlike(least=0),
        About("What one password opens; 'voice': the order line too.", "P106"),
    ]
    consolidation_undone: Annotated[
        Literal["counter"],
        Only("counter", "the page says so to whoever consolidates"),
        About("Where a consolidation is undone.", "P108"),
    ]
    listed: Annotated[
        Literal["all-with-state"],
        Only("all-with-state", "a list of only the same ones would hide the others"),
        About("Which accounts the table shows.", "P109"),
    ]
    columns: Annotated[
        tuple[PasswordColumn, ...],
        Unlike(least=0),
        About("The columns of that table.", "P110"),
    ]
    lines_listed: Annotated[
        tuple[Line, ...],
        Unlike(least=0),
        About("Business lines in that table.", "P111"),
    ]
    lines_reissued: Annotated[
        tuple[Line, ...],
        Unlike(least=0),
        About("Business lines offered for a reissue; none: there is no reissue.", "P112"),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a line whose password could be lost and not be got again, and modes at odds."""
        if "single" in self.modes and len(self.modes) > 1:
            yield wrong("modes", list(self.modes), "'single' alone, or the others")
        lost = [line for line in self.lines_listed if line not in self.lines_reissued]
        if lost:
            yield wrong("lines_reissued", list(self.lines_reissued), f"{', '.join(lost)} too")
