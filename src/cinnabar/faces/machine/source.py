"""Where the board learns what it answers: the database, seen through four questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cinnabar.pki.ocsp_answer import Status


class SourceUnavailable(Exception):  # noqa: N818 - a state
    """The records cannot be read now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a serial; `presigned` is a whole OCSPResponse (SHA-1 CertID), if kept.

    `generation` is that of the CA which issued it.
    """

    status: Status
    presigned: bytes | None = None
    generation: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Serials whose status may have changed, and the mark to ask from the next time."""

    mark: str
    serials: Sequence[int]


class StatusSource(Protocol):
    """Reads the records.

    Called from several threads; each method may raise `SourceUnavailable` and nothing else.
    """

    def lookup(self, serial: int) -> Known:
        """Return what is committed about `serial`; unknown if this CA never signed it."""
        ...

    def changes_since(self, mark: str | None) -> Changes:
        """Return what changed since `mark` was given out; from None, nothing and a first mark.

        A change may be told twice but never be left out: marks must allow for transactions that
        began earlier and commit later. Issuing counts as a change (unknown becomes good).
        """
        ...

    def lists(self) -> Mapping[str, int]:
        """Return the number of the newest published list of each name."""
        ...

    def list(self, name: str) -> bytes | None:
        """Return the newest list of that name, DER, or None if it is gone again."""
        ...
