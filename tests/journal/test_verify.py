"""A journal left alone is as it was written; damage is told apart by the second."""

import threading

import pytest

from cinnabar.journal.findings import Kind
from cinnabar.journal.models import Entry
from cinnabar.journal.sequencer import sequence
from tests.journal.support import (
    COUNT,
    entry,
    in_parallel,
    replace_as_the_key_holder_could,
    sql,
)


def test_a_journal_left_alone_is_as_it_was_written(grown):
    findings, summary = grown.look()
    assert findings == []
    assert (summary.entries, summary.waiting) == (COUNT, 2)
    assert (summary.inside, summary.outside, summary.behind) == (3, 3, False)


def test_an_empty_journal_is_as_it_was_written(journal, db):
    findings, summary = journal.look()
    assert findings == []
    assert (summary.entries, summary.inside, summary.outside) == (0, 0, 0)


def test_entries_after_the_last_checkpoint_are_checked_too(grown):
    sequence()
    assert grown.check() == []
    last = entry(COUNT + 1)
    Entry.objects.filter(id=last.id).delete()
    [finding] = grown.check()
    assert (finding.kind, finding.leaf) == (Kind.ENTRY_MISSING, COUNT + 1)


def test_damage_in_one_second_does_not_hide_damage_in_another(grown):
    entry(1).delete()
    changed, beside = entry(4), entry(10)
    Entry.objects.filter(id=changed.id).update(subject="SOMEBODYELSE0000")
    replace_as_the_key_holder_could(grown, beside)
    found = grown.check()
    assert [(f.kind, f.leaf) for f in found] == [
        (Kind.ENTRY_MISSING, 1),
        (Kind.ENTRY_CHANGED, None),
        (Kind.ENTRIES_REWRITTEN, 7),
    ]
    assert (found[1].entry, found[2].upto) == (changed.id, COUNT - 1)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_journal_that_grows_meanwhile_raises_no_false_alarm(journal):
    journal.grow(5)
    over = threading.Event()

    def work() -> None:
        try:
            for _ in range(40):
                journal.tell(3)
                journal.tick()
        finally:
            over.set()

    alarms = []
    with in_parallel(work):
        while not over.is_set():
            alarms += journal.check()
    assert alarms == []
    findings, summary = journal.look()
    assert findings == []
    assert (summary.entries, summary.inside, summary.outside) == (125, 41, 41)


@pytest.mark.parametrize(
    "harm", ["UPDATE journal_node SET digest = mac", "DELETE FROM journal_node WHERE place = 1"]
)
def test_a_kept_node_that_is_not_of_its_entries_is_named(journal, db, harm):
    journal.grow(50)
    assert journal.check() == []
    sql(harm.replace("mac", "%s"), *([bytes(32)] if "mac" in harm else []))
    found = journal.check()
    assert {finding.kind for finding in found} == {Kind.NODE_WRONG}
    assert (16, 31) in [(finding.leaf, finding.upto) for finding in found]
    sql("DELETE FROM journal_node")
    journal.grow(1)
    assert journal.check() == []
