"""The roles that docs/operations/journal.md advises on PostgreSQL can do their work and no more."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import ProgrammingError, connection, transaction

from cinnabar.journal import inclusion
from cinnabar.journal.models import Checkpoint, Entry
from tests.journal.support import Journal, sql, undone
from tests.support.tree import TOP

WEB, WORKER = "cinnabar_web", "cinnabar_worker"

REWRITING = [
    "DELETE FROM journal_entry",
    "UPDATE journal_entry SET payload = ''",
    "UPDATE journal_entry SET id = id + 1",
    "TRUNCATE journal_entry",
    "UPDATE journal_checkpoint SET note = ''",
    "DELETE FROM journal_checkpoint",
    "DELETE FROM journal_treestate",
]


def advised() -> list[str]:
    page = (TOP / "docs" / "operations" / "journal.md").read_text()
    return re.findall(r"^GRANT .*;$", page, re.MULTILINE)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    sql(f"SET LOCAL ROLE {role}")
    yield
    sql("RESET ROLE")


def act_as(role: str, statement: str) -> None:
    with transaction.atomic(), acting_as(role):
        sql(statement)


@pytest.fixture
def guarded(journal: Journal, db: None) -> Journal:
    journal.grow(2)
    if connection.vendor == "postgresql":
        for role in (WEB, WORKER):
            sql(f"CREATE ROLE {role}")
        for statement in advised():
            sql(statement)
    return journal


def test_the_page_advises_something():
    assert len(advised()) == 7


def test_web_records_and_the_worker_numbers_and_signs(guarded):
    if connection.vendor != "postgresql":
        return  # SQLite has no roles
    with acting_as(WEB):
        guarded.tell(3)
    with acting_as(WORKER):
        guarded.tell(15)
        assert guarded.tick() == 20
    with acting_as(WEB):
        assert inclusion.newest(guarded.notary.keys) is not None
        assert list(inclusion.paths([3], 20)) == [3]
    assert Checkpoint.objects.count() == 2
    assert guarded.check() == []


@pytest.mark.parametrize("statement", REWRITING)
@pytest.mark.parametrize("role", [WEB, WORKER])
def test_neither_can_rewrite_what_was_written(guarded, role, statement):
    if connection.vendor != "postgresql":
        return  # SQLite has no roles
    with undone(), pytest.raises(ProgrammingError, match="permission denied"):
        act_as(role, statement)
    assert Entry.objects.count() == 2
