"""A journal to look after: entries, a notary, a file outside, and somebody who tampers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.journal.findings import Finding, Kind
from cinnabar.journal.judge import Row
from cinnabar.journal.models import Entry
from cinnabar.journal.notary import Notary
from cinnabar.journal.rules import mac
from cinnabar.journal.sequencer import tick
from cinnabar.journal.verify import Summary, verify

SEGMENTS = (3, 4, 5)
COUNT = sum(SEGMENTS)
"""Entries of the journal that tests tamper with, and how many under each of its checkpoints."""

places = st.integers(min_value=0, max_value=COUNT - 1)
law = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

MING, MEI = "MNG0123456789ABC", "ME10123456789ABC"


@dataclass(frozen=True, kw_only=True)
class Journal:
    env: Env = field(repr=False)
    notary: Notary
    outside: Path

    def tell(self, count: int = 1, *, subject: str = MING, event: Event = Event.CODE_SENT) -> None:
        for n in range(count):
            with transaction.atomic():
                record(
                    self.env,
                    event,
                    subject=subject,
                    by=subject,
                    channel="web",
                    details={"purpose": "apply", "n": n, "said": "朱砂"},
                )

    def tick(self) -> int | None:
        return tick(self.env, self.notary, self.outside).checkpoint

    def grow(self, *segments: int) -> None:
        """Tell so many entries, segment by segment, with a signed checkpoint after each."""
        for count in segments:
            self.env.clock.move(seconds=1)  # type: ignore[attr-defined]  # it is the frozen one
            self.tell(count)
            assert self.tick() == Entry.objects.count()

    def check(self) -> list[Finding]:
        return self.look()[0]

    def look(self) -> tuple[list[Finding], Summary]:
        findings: list[Finding] = []
        summary = verify(self.env.vault, self.notary.keys, self.outside, found=findings.append)
        assert summary.findings == len(findings)
        for finding in findings:
            assert "{" not in finding.sentence()
        return findings, summary


@contextmanager
def undone() -> Iterator[None]:
    """Do it and take it back: the next example finds the journal as it was."""
    here = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(here)


def sql(statement: str, *values: object) -> None:
    """Do what a person with the database's password could do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)  # type: ignore[arg-type]  # any value of a column


@contextmanager
def in_parallel(*works: Callable[[], None]) -> Iterator[None]:
    """Do all of `works` at once, each on a thread; at the end raise what one of them raised."""

    def do(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        done = [threads.submit(do, work) for work in works]
        yield
        for each in done:
            each.result()


def entry(place: int) -> Entry:
    return Entry.objects.get(leaf_index=place)


def kinds(journal: Journal) -> set[Kind]:
    return {finding.kind for finding in journal.check()}


def replace_as_the_key_holder_could(journal: Journal, old: Entry) -> None:
    """Write another entry in the place of `old`, MAC and leaf hash and all."""
    text = old.payload.replace("apply", "renew").encode()
    assert old.leaf_index is not None
    row = Row(
        id=old.id,
        at=old.at,
        event=b"",
        subject=b"",
        payload=text,
        mac=mac(journal.env.vault, text),
        leaf_index=old.leaf_index,
        leaf_hash=b"",
    )
    Entry.objects.filter(id=old.id).update(payload=text.decode(), mac=row.mac, leaf_hash=row.leaf())
