"""Whatever somebody with the database's password changes in an entry is found and named."""

from django.db import connection
from hypothesis import assume, given
from hypothesis import strategies as st

from cinnabar.journal.findings import Kind
from cinnabar.journal.models import Entry
from tests.journal.support import entry, law, places, sql, undone


@law
@given(
    place=places,
    column=st.sampled_from(["payload", "event", "subject", "mac", "leaf_hash"]),
    at=st.integers(min_value=0, max_value=10_000),
    flip=st.integers(min_value=1, max_value=127),
)
def test_a_changed_octet_is_found_and_its_entry_and_column_named(grown, place, column, at, flip):
    row = entry(place)
    value = getattr(row, column)
    octets = bytearray(value.encode() if isinstance(value, str) else value)
    octets[at % len(octets)] ^= flip
    try:
        changed = octets.decode() if isinstance(value, str) else bytes(octets)
    except UnicodeDecodeError:
        assume(False)  # noqa: FBT003 - hypothesis has it so
    assume("\x00" not in changed if isinstance(changed, str) else True)
    with undone():
        sql(f"UPDATE journal_entry SET {column} = %s WHERE id = %s", changed, row.id)  # noqa: S608
        [finding] = grown.check()
    assert (finding.kind, finding.entry) == (Kind.ENTRY_CHANGED, row.id)
    assert column.replace("_", " ") in finding.field
    assert f"entry {row.id} was changed" in finding.sentence()


def test_a_changed_instant_is_found(grown):
    row = entry(5)
    for microseconds in (1, -1, 86_400_000_000):
        with undone():
            Entry.objects.filter(id=row.id).update(at=row.at + microseconds * (row.at.resolution))
            [finding] = grown.check()
        assert (finding.entry, finding.field) == (row.id, "at")


def test_several_changed_columns_are_all_named(grown):
    row = entry(5)
    Entry.objects.filter(id=row.id).update(event="order:test-signed", subject="")
    [finding] = grown.check()
    assert (finding.entry, finding.field) == (row.id, "event and subject")


def test_a_changed_entry_that_still_waits_is_found(grown):
    row = Entry.objects.filter(leaf_index=None).latest("id")
    with undone():
        Entry.objects.filter(id=row.id).update(payload=row.payload.replace("apply", "renew"))
        [finding] = grown.check()
        assert (finding.entry, finding.field) == (row.id, "payload or mac")
    Entry.objects.filter(id=row.id).update(subject="SOMEBODYELSE0000")
    [finding] = grown.check()
    assert (finding.entry, finding.field) == (row.id, "subject")


@law
@given(pair=st.lists(places, min_size=2, max_size=2, unique=True))
def test_entries_that_changed_places_are_both_named(grown, pair):
    one, other = (entry(place) for place in pair)
    with undone():
        sql("UPDATE journal_entry SET leaf_index = 1000 WHERE id = %s", one.id)
        for row, place in ((other, pair[0]), (one, pair[1])):
            sql("UPDATE journal_entry SET leaf_index = %s WHERE id = %s", place, row.id)
        findings = grown.check()
    changed = {f.entry for f in findings if f.kind is Kind.ENTRY_CHANGED}
    assert changed == {one.id, other.id}


@law
@given(pair=st.lists(places, min_size=2, max_size=2, unique=True))
def test_entries_that_changed_contents_are_both_named(grown, pair):
    one, other = (entry(place) for place in pair)
    columns = ("at", "event", "subject", "payload", "mac")
    with undone():
        for row, source in ((one, other), (other, one)):
            Entry.objects.filter(id=row.id).update(**{c: getattr(source, c) for c in columns})
        findings = grown.check()
    assert {f.entry for f in findings} == {one.id, other.id}


@law
@given(place=places, by=st.sampled_from([1, 500, -500]))
def test_an_entry_with_another_id_is_found(grown, place, by):
    row = entry(place)
    with undone():
        taken = Entry.objects.filter(id=row.id + by)
        assume(not taken.exists())
        sql("UPDATE journal_entry SET id = id + %s WHERE id = %s", by, row.id)
        [finding] = grown.check()
    assert (finding.kind, finding.entry) == (Kind.ENTRY_CHANGED, row.id + by)


def test_values_no_database_should_hold_are_named_and_not_stumbled_over(grown):
    if connection.vendor != "sqlite":
        return  # PostgreSQL holds to the types of its columns
    rows = {place: entry(place).id for place in range(6)}
    sql("UPDATE journal_entry SET event = CAST(x'ff' AS TEXT) WHERE id = %s", rows[0])
    sql("UPDATE journal_entry SET payload = CAST(x'c3' AS TEXT) WHERE id = %s", rows[1])
    sql("UPDATE journal_entry SET at = 'yesterday' WHERE id = %s", rows[2])
    sql("UPDATE journal_entry SET at = '2026-19-39 25:61:61' WHERE id = %s", rows[3])
    sql("UPDATE journal_entry SET leaf_index = 4.5 WHERE id = %s", rows[4])
    sql("UPDATE journal_entry SET subject = x'00' WHERE id = %s", rows[5])
    named = {f.entry for f in grown.check() if f.kind is Kind.ENTRY_CHANGED}
    assert named == set(rows.values())
