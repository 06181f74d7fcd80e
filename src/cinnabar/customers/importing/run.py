"""One import from its first line to its last.

Every batch stands by itself: after a kill the same file again does what is left.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from django.db import transaction

from cinnabar.customers import sealing
from cinnabar.customers.faults import Fault, LineFault
from cinnabar.customers.importing.again import until_settled
from cinnabar.customers.importing.checking import Checker
from cinnabar.customers.importing.planning import Change, Newcomer, Plan, plan
from cinnabar.customers.importing.reading import Reader, Record
from cinnabar.customers.importing.seen import Seen
from cinnabar.customers.importing.writing import write
from cinnabar.customers.row import Row
from cinnabar.customers.vocabulary import CustomerEvent, Tell
from cinnabar.env import Env
from cinnabar.kernel.canonical import JsonValue

BATCH = 2000
"""Lines in one transaction: enough to make its commit cheap, few enough that nobody waits."""


@dataclass(slots=True)
class Summary:
    """What became of the lines of a file. Each line is counted once."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def read(self) -> int:
        """Return how many lines there were, without the header and blank ones."""
        return self.created + self.changed + self.unchanged + self.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    env: Env
    tell: Tell
    name: str
    checker: Checker
    seen: Seen
    summary: Summary = field(default_factory=Summary)

    def take(self, lines: Sequence[Record | LineFault]) -> list[LineFault]:
        """Take over what is good of `lines`; return what is wrong with the rest."""
        rows, faults = self._judge(lines)
        done = until_settled(lambda: self._store(rows))
        faults += done.faults
        faults.sort(key=lambda fault: fault.line)
        changed = sum(1 for one in done.changes if one.columns)
        self.summary.created += len(done.newcomers)
        self.summary.changed += changed
        self.summary.unchanged += done.unchanged + len(done.changes) - changed
        self.summary.refused += len({fault.line for fault in faults})
        return faults

    def _judge(
        self, lines: Iterable[Record | LineFault]
    ) -> tuple[list[tuple[Row, bytes]], list[LineFault]]:
        rows: list[tuple[Row, bytes]] = []
        faults: list[LineFault] = []
        for line in lines:
            if isinstance(line, LineFault):
                faults.append(line)
                continue
            judged = self.checker.check(line)
            if isinstance(judged, list):
                faults += judged
                continue
            index = sealing.identifier_index(self.env.vault, judged.identifier)
            first = self.seen.first(index, judged.line)
            if first == judged.line:
                rows.append((judged, index))
            else:
                faults.append(self._twice(judged, first))
        return rows, faults

    def _twice(self, row: Row, first: int) -> LineFault:
        masked = self.env.firm.masks.identifier(row.identifier.value)
        return LineFault(
            line=row.line,
            column="identifier",
            fault=Fault.IDENTIFIER_TWICE,
            facts={"identifier": masked, "first": str(first)},
        )

    def _store(self, rows: Sequence[tuple[Row, bytes]]) -> Plan:
        planned = plan(self.env, rows)
        if planned.newcomers or planned.changes:
            with transaction.atomic(durable=True):
                write(planned, now=self.env.clock.now())
                self._tell_imported(planned.newcomers)
                for change in planned.changes:
                    self._tell_changed(change)
        return planned

    def _tell_imported(self, newcomers: Sequence[Newcomer]) -> None:
        if not newcomers:
            return
        lines = [one.row.line for one in newcomers]
        parts = (part for one in newcomers for part in (one.salt, one.fingerprint))
        details: dict[str, JsonValue] = {
            "run": self.name,
            "lines": [min(lines), max(lines)],
            "subjects": [one.subject for one in newcomers],
            "commitment": self.env.vault.mac("journal import", *parts).hex(),
        }
        self.tell(CustomerEvent.IMPORTED, None, details)

    def _tell_changed(self, change: Change) -> None:
        if change.columns:
            details: dict[str, JsonValue] = {
                "run": self.name,
                "columns": list(change.columns),
                "contacts": change.contacts,
            }
            self.tell(CustomerEvent.CHANGED, change.known.subject, details)

    def finish(self, digest: bytes) -> None:
        """Put down that the run came to its end, with a commitment to the file."""
        details: dict[str, JsonValue] = {
            "run": self.name,
            "file": self.env.vault.mac("journal import file", digest).hex(),
            "created": self.summary.created,
            "changed": self.summary.changed,
            "unchanged": self.summary.unchanged,
            "refused": self.summary.refused,
        }
        with transaction.atomic(durable=True):
            self.tell(CustomerEvent.IMPORT_FINISHED, None, details)


def import_file(
    env: Env,
    source: BinaryIO,
    *,
    tell: Tell,
    refuse: Callable[[LineFault], None],
    progress: Callable[[int], None] = lambda _octets: None,
    batch: int = BATCH,
) -> Summary:
    """Take over the customers in `source`, a seekable stream of CSV (docs/operations/customers.md).

    Good lines go in, `batch` of them in a transaction; `refuse` is called for everything wrong
    with the others, in the order of the lines, once the batch is stored. `progress` is told how
    many octets each batch was. `tell` journals. The same file again changes nothing.

    Raises `Unreadable` before anything is taken if the file is not one of customers.
    """
    reader = Reader(source)
    today = env.firm.local(env.clock.now()).date()
    with Seen() as seen:
        run = _Run(
            env=env,
            tell=tell,
            name=env.dice.octets(8).hex(),
            checker=Checker(today=today, firm=env.firm),
            seen=seen,
        )
        lines = iter(reader)
        counted = 0
        while taken := list(islice(lines, batch)):
            for fault in run.take(taken):
                refuse(fault)
            progress(reader.octets - counted)
            counted = reader.octets
        run.finish(reader.digest)
    return run.summary
