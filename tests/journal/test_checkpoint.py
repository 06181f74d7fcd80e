import threading

import pytest

from cinnabar.journal.checkpoints import Forked, checkpoint
from cinnabar.journal.models import Checkpoint, Entry, TreeState
from cinnabar.journal.notes import read_note
from cinnabar.journal.outside import passages
from cinnabar.journal.sequencer import sequence, tick
from tests.journal.support import in_parallel, sql
from tests.journal.test_sequence import tree_by_definition


def outside(journal) -> list[int]:
    lines = journal.outside.read_bytes().splitlines(keepends=True)
    return [p.head.size for p in passages(lines, journal.notary.keys) if p.head]


def test_each_second_in_which_something_happened_is_signed(journal, db):
    journal.tell(3)
    assert journal.tick() == 3
    journal.tell(4)
    assert journal.tick() == 7
    head = read_note(Checkpoint.objects.get(size=7).note, journal.notary.keys)
    assert head.root == tree_by_definition()
    assert outside(journal) == [3, 7]
    assert journal.outside.read_text() == "".join(
        f"{note}\n" for note in Checkpoint.objects.order_by("size").values_list("note", flat=True)
    )


def test_a_quiet_second_signs_nothing(journal, db):
    assert journal.tick() is None
    journal.tell()
    journal.tick()
    before = journal.outside.read_bytes()
    assert journal.tick() is None
    assert Checkpoint.objects.count() == 1
    assert journal.outside.read_bytes() == before


def test_a_flood_is_numbered_in_batches_and_signed_once(journal, db):
    journal.tell(25)
    done = tick(journal.env, journal.notary, journal.outside, limit=10)
    assert (done.sequenced, done.checkpoint) == (25, 25)


def test_a_flood_that_never_ends_does_not_put_the_signature_off(journal, db):
    journal.tell(25)
    done = tick(journal.env, journal.notary, journal.outside, limit=1)
    assert (done.sequenced, done.checkpoint) == (20, 20)
    assert journal.tick() == 25


def test_what_a_crash_kept_from_the_file_is_made_good(journal, db):
    journal.grow(3, 3)
    whole = journal.outside.read_bytes()
    journal.outside.write_bytes(whole[: len(whole) // 2])  # the second note never got there
    assert outside(journal) == [3]
    assert journal.tick() is None
    assert journal.outside.read_bytes() == whole
    assert journal.check() == []


def test_a_note_cut_short_by_a_crash_is_written_again_in_whole(journal, db):
    """Wherever the crash cut it: after every single octet."""
    journal.grow(3, 3)
    whole = journal.outside.read_bytes()
    half = len(whole) // 2
    for kept in range(half, len(whole)):
        journal.outside.write_bytes(whole[:kept])
        assert journal.check() == []  # not yet repaired, and no cause for alarm
        assert journal.tick() is None
        assert journal.outside.read_bytes().startswith(whole[:kept])
        assert set(outside(journal)) == {3, 6}
        assert journal.check() == []
    journal.grow(2)
    assert journal.check() == []


def test_the_file_is_only_ever_appended_to(journal, db):
    before = b""
    for size in (1, 2, 3):
        journal.grow(size)
        after = journal.outside.read_bytes()
        assert after.startswith(before)
        assert after != before
        before = after


@pytest.mark.parametrize("seen", [True, False], ids=["rows written since", "nothing written since"])
def test_a_database_that_lost_entries_is_not_signed_for(journal, db, seen):
    journal.grow(3, 3)
    before = journal.outside.read_bytes()
    frontier = Checkpoint.objects.get(size=3).frontier
    Checkpoint.objects.filter(size=6).delete()
    Entry.objects.filter(leaf_index__gte=3).delete()
    TreeState.objects.update(size=3, frontier=bytes(frontier))
    if seen:
        journal.tell(4)
    with pytest.raises(Forked, match="over 6 entries"):
        journal.tick()
    assert Checkpoint.objects.count() == 1
    assert journal.outside.read_bytes() == before


def test_a_database_with_another_past_is_not_signed_for(journal, db):
    journal.grow(3)
    sql("UPDATE journal_checkpoint SET root = %s", bytes(32))
    journal.tell()
    with pytest.raises(Forked, match="over 3 entries"):
        journal.tick()


def test_a_file_whose_end_is_no_checkpoint_is_not_continued(journal, db):
    journal.grow(3)
    with journal.outside.open("ab") as file:
        file.write(b"x" * 70_000)
    journal.tell()
    with pytest.raises(Forked, match="cannot be continued"):
        journal.tick()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_workers_sign_each_size_once(journal):
    gate = threading.Barrier(2, timeout=60)

    def work() -> None:
        for _ in range(25):
            gate.wait()
            journal.tell(2)
            sequence()
            checkpoint(journal.env, journal.notary, journal.outside)

    with in_parallel(work, work):
        pass
    journal.tick()
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    assert outside(journal) == sizes
    assert sizes[-1] == 100
    assert journal.check() == []
