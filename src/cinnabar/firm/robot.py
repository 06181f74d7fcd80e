"""The check against robots (matrix 2.2, P21 and P22)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, Lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotPolicy(Part):
    """How much a browser has to reckon to show that it is not one of a million."""

    work: Annotated[
        int,
        Between(1_000, 10_000_000),
        About("Up to which number a browser counts, half of it on average.", "P21 A11-01"),
    ]
    work_at_risk: Annotated[
        int,
        Between(1_000, 10_000_000),
        About("The same for an address that was wrong often, and during an alarm.", "P22 LCK-04"),
    ]
    life: Annotated[
        timedelta,
        Lasting("seconds", 60, 3600),
        About("How long a check that was begun may be handed in.", "P21 WCAG-2.2.1"),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse to make it easier for those who look like a risk."""
        if self.work_at_risk < self.work:
            yield wrong("work_at_risk", self.work_at_risk, "work or more")
