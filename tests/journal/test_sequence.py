import threading
from functools import partial

import pytest
from django.db import IntegrityError

from cinnabar.journal.models import Entry, TreeState
from cinnabar.journal.rules import leaf_data
from cinnabar.journal.sequencer import sequence
from cinnabar.journal.tree import Tree
from tests.journal.support import MEI, MING, in_parallel, sql
from tests.journal.test_tree import merkle_tree_hash


def tree_by_definition() -> bytes:
    rows = Entry.objects.exclude(leaf_index=None).order_by("leaf_index")
    return merkle_tree_hash(
        [leaf_data(r.leaf_index or 0, r.id, bytes(r.mac), r.payload.encode()) for r in rows]
    )


def kept_tree() -> Tree:
    state = TreeState.objects.get()
    return Tree.grown(state.size, bytes(state.frontier))


def places() -> list[int | None]:
    return list(Entry.objects.order_by("id").values_list("leaf_index", flat=True))


def test_entries_get_their_places_in_the_order_they_were_written(journal, db):
    journal.tell(5)
    assert sequence() == 5
    assert places() == [0, 1, 2, 3, 4]
    assert kept_tree().root() == tree_by_definition()


def test_batches_grow_the_same_tree(journal, db):
    journal.tell(23)
    assert [sequence(limit=10) for _ in range(4)] == [10, 10, 3, 0]
    assert places() == list(range(23))
    assert kept_tree().root() == tree_by_definition()


def test_nothing_new_leaves_the_tree_alone(journal, db):
    assert sequence() == 0
    assert not TreeState.objects.exists()
    journal.tell(2)
    sequence()
    before = TreeState.objects.values().get()
    assert sequence() == 0
    assert TreeState.objects.values().get() == before


def test_an_entry_that_becomes_visible_late_is_not_passed_over(journal, db):
    """Ids are drawn before the commit: a slow act shows itself after quicker ones."""
    journal.tell(1)
    late = Entry.objects.get()
    sql("UPDATE journal_entry SET id = id + 1000 WHERE id = %s", late.id)
    journal.tell(3)
    assert sequence() == 4
    sql(
        "INSERT INTO journal_entry (id, at, event, subject, payload, mac)"
        " SELECT %s, at, event, subject, payload, mac FROM journal_entry WHERE id = %s",
        late.id,
        late.id + 1000,
    )
    assert sequence() == 1
    assert Entry.objects.get(id=late.id).leaf_index == 4
    assert kept_tree().root() == tree_by_definition()


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_cannot_be_finished_changes_nothing(journal):
    journal.tell(3)
    sequence()
    journal.tell(3)
    stolen = Entry.objects.get(leaf_index=0)
    sql("UPDATE journal_entry SET leaf_index = 5 WHERE id = %s", stolen.id)
    with pytest.raises(IntegrityError):
        sequence()
    assert places()[3:] == [None, None, None]
    assert TreeState.objects.get().size == 3


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_sequencers_and_four_writers_lose_and_double_nothing(journal):
    rounds, over = 30, threading.Event()

    def write(subject: str) -> None:
        for _ in range(rounds):
            journal.tell(3, subject=subject)

    def number() -> None:
        while not over.is_set():
            sequence(limit=7)

    with in_parallel(number, number):
        try:
            with in_parallel(*(partial(write, who) for who in (MING, MEI, MING, MEI))):
                pass
        finally:
            over.set()
    while sequence():
        pass
    count = rounds * 4 * 3
    assert set(places()) == set(range(count))
    assert TreeState.objects.get().size == count == Entry.objects.count()
    assert kept_tree().root() == tree_by_definition()
