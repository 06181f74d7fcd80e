"""Not even who holds the database and every key rewrites what was signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.journal.findings import Kind
from cinnabar.journal.models import Checkpoint, Entry, TreeState
from cinnabar.journal.sequencer import sequence
from cinnabar.journal.tree import Tree
from tests.journal.support import (
    COUNT,
    SEGMENTS,
    entry,
    kinds,
    law,
    places,
    replace_as_the_key_holder_could,
    sql,
    undone,
)


@law
@given(place=places)
def test_not_even_who_holds_the_key_rewrites_what_was_signed(grown, place):
    """The second in which it was written is named; the seconds after it stay proved."""
    ends = [sum(SEGMENTS[: n + 1]) for n in range(len(SEGMENTS))]
    end = next(e for e in ends if place < e)
    start = max([0, *(e for e in ends if e <= place)])
    with undone():
        replace_as_the_key_holder_could(grown, entry(place))
        [finding] = grown.check()
        ids = entry(start).id, entry(end - 1).id
    assert (finding.kind, finding.leaf, finding.upto) == (Kind.ENTRIES_REWRITTEN, start, end - 1)
    assert (finding.entry, finding.upto_entry) == ids


def grow_again() -> None:
    """Make the tree anew over the entries there are, as who holds every key could."""
    sql("UPDATE journal_entry SET leaf_index = NULL, leaf_hash = NULL")
    TreeState.objects.all().delete()
    while sequence():
        pass


def test_who_rewrites_all_of_the_database_is_betrayed_by_the_file_outside(grown):
    """Entries, tree and checkpoints are made anew with every key; only the file is not theirs."""
    entry(5).delete()
    grow_again()
    Checkpoint.objects.all().delete()
    state = TreeState.objects.get()
    root = Tree.grown(state.size, bytes(state.frontier)).root()
    Checkpoint.objects.create(
        size=state.size,
        root=root,
        frontier=bytes(state.frontier),
        note=grown.notary.sign(state.size, root),
        at=grown.env.clock.now(),
    )
    found = grown.check()
    assert {f.size for f in found if f.kind is Kind.CHECKPOINT_MISSING} == {3, 7, 12}
    assert (3, 6) in {(f.leaf, f.upto) for f in found if f.kind is Kind.ENTRIES_REWRITTEN}


@law
@given(left=st.integers(min_value=0, max_value=COUNT - 1))
def test_an_end_cut_off_cleanly_is_betrayed_by_the_file_outside(grown, left):
    """Rows, tree and checkpoints are put back together as if the end had never been."""
    with undone():
        Entry.objects.filter(leaf_index=None).delete()
        Entry.objects.filter(leaf_index__gte=left).delete()
        Checkpoint.objects.filter(size__gt=left).delete()
        grow_again()
        found = grown.check()
    tail = [f for f in found if f.kind is Kind.TAIL_MISSING]
    assert [(f.size, f.upto, f.where) for f in tail] == [(COUNT, left, "outside the database")]
    assert {f.kind for f in found} <= {Kind.TAIL_MISSING, Kind.CHECKPOINT_MISSING}


def test_without_the_file_an_end_cut_off_is_told_by_checkpoints_left_inside(grown):
    grown.outside.unlink()
    Entry.objects.filter(leaf_index__gte=8).delete()
    frontier = Checkpoint.objects.get(size=7).frontier
    tree = Tree.grown(7, bytes(frontier))
    tree.push(bytes(entry(7).leaf_hash or b""))
    TreeState.objects.update(size=tree.size, frontier=tree.frontier)
    found = grown.check()
    [tail] = [f for f in found if f.kind is Kind.TAIL_MISSING]
    assert (tail.size, tail.upto, tail.where) == (12, 8, "in the database")
    assert {f.size for f in found if f.kind is Kind.OUTSIDE_LACKS} == {3, 7}


def test_a_tree_that_is_gone_is_found(grown):
    TreeState.objects.all().delete()
    assert kinds(grown) == {Kind.TAIL_MISSING, Kind.ENTRY_BEYOND}


@pytest.mark.parametrize("size", [0, 5, 11, 13, 4096, 10**15])
def test_a_tree_of_another_size_is_found(grown, size):
    TreeState.objects.update(size=size)
    assert Kind.TREE_CHANGED in kinds(grown)


@law
@given(at=st.integers(min_value=0, max_value=63), flip=st.integers(min_value=1, max_value=255))
def test_a_changed_frontier_is_found(grown, at, flip):
    frontier = bytearray(TreeState.objects.get().frontier)
    frontier[at % len(frontier)] ^= flip
    with undone():
        TreeState.objects.update(frontier=bytes(frontier))
        [finding] = grown.check()
    assert finding.kind is Kind.TREE_CHANGED
