"""How long the answers to relying parties hold (REV-02, REV-03)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, Lasting

_SPARE = 4
"""A list outlives so many missed publications before it expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPolicy(Part):
    """Lives of OCSP answers and revocation lists."""

    ocsp_validity: Annotated[
        timedelta, Lasting("minutes", 5, 7 * 24 * 60), About("How long an answer holds.", "REV-03")
    ]
    crl_validity: Annotated[
        timedelta, Lasting("minutes", 20, 10 * 24 * 60), About("How long a list holds.", "REV-02")
    ]
    crl_cadence: Annotated[
        timedelta, Lasting("minutes", 1, 24 * 60), About("How often one is published.", "REV-02")
    ]

    crl_shard_days: Annotated[
        int,
        Between(0, 366),
        About("Days whose certificates share a list of their own; 0: one list.", "REV-02"),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a list that a worker stopped for four cadences would let expire."""
        least = _SPARE * self.crl_cadence
        if self.crl_validity < least:
            minutes = int(self.crl_validity.total_seconds()) // 60
            accepted = (
                f"four times crl_cadence_minutes or more ({int(least.total_seconds()) // 60})"
            )
            yield wrong("crl_validity_minutes", minutes, accepted)
