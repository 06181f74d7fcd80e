"""An entry that is gone, elsewhere, or there once too often is found and named."""

import json

from hypothesis import given
from hypothesis import strategies as st

from cinnabar.journal.findings import Kind
from cinnabar.journal.models import Entry, TreeState
from cinnabar.journal.sequencer import sequence
from tests.journal.support import COUNT, entry, kinds, law, places, sql, undone


@law
@given(place=places)
def test_a_missing_entry_is_found_and_its_neighbours_named(grown, place):
    with undone():
        row = entry(place)
        row_id = row.id
        row.delete()
        findings = grown.check()
        before = Entry.objects.filter(leaf_index=place - 1).first()
        after = Entry.objects.filter(leaf_index=place + 1).first()
    [finding] = findings
    assert (finding.kind, finding.leaf, finding.upto) == (Kind.ENTRY_MISSING, place, place)
    assert finding.entry == (before.id if before else None)
    assert finding.upto_entry == (after.id if after else None)
    assert row_id not in {finding.entry, finding.upto_entry}


@law
@given(first=places, length=st.integers(min_value=1, max_value=COUNT))
def test_many_missing_entries_are_found_with_their_extent(grown, first, length):
    last = min(first + length, COUNT) - 1
    with undone():
        Entry.objects.filter(leaf_index__range=(first, last)).delete()
        [finding] = grown.check()
    assert (finding.kind, finding.leaf, finding.upto) == (Kind.ENTRY_MISSING, first, last)


def test_an_entry_moved_beyond_the_tree_is_missed_and_found(grown):
    row = entry(5)
    sql("UPDATE journal_entry SET leaf_index = 700 WHERE id = %s", row.id)
    missing, beyond = grown.check()
    assert (missing.kind, missing.leaf) == (Kind.ENTRY_MISSING, 5)
    assert (beyond.kind, beyond.entry, beyond.leaf) == (Kind.ENTRY_BEYOND, row.id, 700)


def test_a_great_gap_is_stepped_over_and_every_entry_behind_it_looked_at(grown):
    moved = set(Entry.objects.filter(leaf_index__gte=6).values_list("id", flat=True))
    sql("UPDATE journal_entry SET leaf_index = leaf_index + 1000000 WHERE leaf_index >= 6")
    TreeState.objects.update(size=COUNT + 1_000_000)
    found = grown.check()
    assert {f.entry for f in found if f.kind is Kind.ENTRY_CHANGED} == moved
    assert [(f.leaf, f.upto) for f in found if f.kind is Kind.ENTRY_MISSING] == [(6, 1_000_005)]


def test_an_entry_whose_place_was_wiped_is_missed(grown):
    row = entry(5)
    sql("UPDATE journal_entry SET leaf_index = NULL, leaf_hash = NULL WHERE id = %s", row.id)
    assert kinds(grown) == {Kind.ENTRY_MISSING}
    sequence()
    assert kinds(grown) == {Kind.ENTRY_MISSING}


def test_two_entries_at_one_place_are_found(grown):
    sql("DROP INDEX entry_leaf_once")
    row = entry(5)
    sql(
        "INSERT INTO journal_entry (at, event, subject, payload, mac, leaf_index, leaf_hash)"
        " SELECT at, event, subject, payload, mac, leaf_index, leaf_hash FROM journal_entry"
        " WHERE id = %s",
        row.id,
    )
    copy = Entry.objects.latest("id").id
    found = {(f.kind, f.entry) for f in grown.check()}
    assert (Kind.ENTRY_TWICE, copy) in found
    assert (Kind.ENTRY_COPIED, copy) in found
    assert row.id not in {entry for _, entry in found}


def test_an_old_entry_told_once_more_is_found_even_when_it_is_signed(grown):
    sql(
        "INSERT INTO journal_entry (at, event, subject, payload, mac)"
        " SELECT at, event, subject, payload, mac FROM journal_entry WHERE id = %s",
        entry(5).id,
    )
    copy = Entry.objects.latest("id").id
    for _ in ("waiting", "in the tree"):
        [finding] = grown.check()
        assert (finding.kind, finding.entry, finding.upto_entry) == (
            Kind.ENTRY_COPIED,
            copy,
            entry(5).id,
        )
        grown.tick()


def test_an_entry_slipped_in_without_the_key_is_found_even_when_it_is_signed(grown):
    source = entry(5)
    said = json.loads(source.payload) | {"event": "certificate:revoked"}
    forged = json.dumps(said, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    row = Entry.objects.create(
        at=source.at, event=said["event"], subject=source.subject, payload=forged, mac=source.mac
    )
    assert kinds(grown) == {Kind.ENTRY_CHANGED, Kind.ENTRY_COPIED}
    grown.tick()
    found = {(f.kind, f.entry) for f in grown.check()}
    assert (Kind.ENTRY_FORGED, row.id) in found
