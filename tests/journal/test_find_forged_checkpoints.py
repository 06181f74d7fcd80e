"""A checkpoint that was changed, forged, added or taken away is found, here and outside."""

from hypothesis import assume, given
from hypothesis import strategies as st

from cinnabar.journal.findings import Kind
from cinnabar.journal.models import Checkpoint
from cinnabar.journal.notary import create_notary
from cinnabar.kernel.dice import LoadedDice
from tests.journal.support import law, undone


@law
@given(
    size=st.sampled_from([3, 7, 12]),
    column=st.sampled_from(["root", "frontier", "note"]),
    at=st.integers(min_value=0, max_value=1000),
    flip=st.integers(min_value=1, max_value=127),
)
def test_a_changed_checkpoint_is_found_and_named(grown, size, column, at, flip):
    value = getattr(Checkpoint.objects.get(size=size), column)
    octets = bytearray(value.encode() if isinstance(value, str) else value)
    octets[at % len(octets)] ^= flip
    try:
        changed = octets.decode() if isinstance(value, str) else bytes(octets)
    except UnicodeDecodeError:
        assume(False)  # noqa: FBT003 - hypothesis has it so
    assume("\x00" not in changed if isinstance(changed, str) else True)
    with undone():
        Checkpoint.objects.filter(size=size).update(**{column: changed})
        [finding] = grown.check()
    expected = Kind.CHECKPOINT_FORGED if column == "note" else Kind.CHECKPOINT_CHANGED
    assert (finding.kind, finding.size) == (expected, size)
    assert column in {"note", finding.field}


def test_a_checkpoint_of_another_size_is_found(grown):
    Checkpoint.objects.filter(size=7).update(size=8)
    found = {(f.kind, f.size) for f in grown.check()}
    assert (Kind.CHECKPOINT_CHANGED, 8) in found
    assert (Kind.CHECKPOINT_MISSING, 7) in found


def test_a_checkpoint_taken_from_the_database_is_found(grown):
    Checkpoint.objects.filter(size=7).delete()
    [finding] = grown.check()
    assert (finding.kind, finding.size) == (Kind.CHECKPOINT_MISSING, 7)


def test_a_checkpoint_signed_by_a_stranger_is_found_inside_and_outside(grown, tmp_path):
    stranger = create_notary(
        tmp_path / "stranger.key", name="cinnabar.example/journal", dice=LoadedDice(5)
    )
    ours = Checkpoint.objects.get(size=7)
    theirs = stranger.sign(7, bytes(ours.root))
    Checkpoint.objects.filter(size=7).update(note=theirs)
    text = grown.outside.read_text()
    grown.outside.write_text(text.replace(ours.note, theirs))
    assert {(f.kind, f.size) for f in grown.check()} == {
        (Kind.CHECKPOINT_FORGED, 7),
        (Kind.OUTSIDE_UNREADABLE, None),
        (Kind.OUTSIDE_LACKS, 7),
    }


def test_a_checkpoint_over_another_past_is_found(grown):
    """Somebody signed twice: the file and the database disagree."""
    ours = Checkpoint.objects.get(size=7)
    other = grown.notary.sign(7, bytes(32))
    grown.outside.write_text(grown.outside.read_text().replace(ours.note, other))
    found = {(f.kind, f.size, f.leaf) for f in grown.check()}
    assert (Kind.OUTSIDE_CONTRADICTS, 7, None) in found
    assert (Kind.ENTRIES_REWRITTEN, None, 3) in found


@law
@given(at=st.integers(min_value=0, max_value=10_000), flip=st.integers(min_value=1, max_value=255))
def test_a_changed_octet_of_the_file_is_found(grown, at, flip):
    whole = grown.outside.read_bytes()
    octets = bytearray(whole)
    at %= len(whole)
    octets[at] ^= flip
    grown.outside.write_bytes(bytes(octets))
    try:
        found = grown.check()
    finally:
        grown.outside.write_bytes(whole)
    assert found


def test_a_checkpoint_taken_from_the_file_is_found(grown):
    ours = Checkpoint.objects.get(size=7)
    grown.outside.write_text(grown.outside.read_text().replace(f"{ours.note}\n", ""))
    [finding] = grown.check()
    assert (finding.kind, finding.size) == (Kind.OUTSIDE_LACKS, 7)


def test_checkpoints_in_another_order_in_the_file_are_found(grown):
    three, seven, twelve = Checkpoint.objects.order_by("size").values_list("note", flat=True)
    grown.outside.write_text(f"{seven}\n{three}\n{twelve}\n")
    assert {(f.kind, f.size) for f in grown.check()} == {
        (Kind.OUTSIDE_UNREADABLE, None),
        (Kind.OUTSIDE_LACKS, 3),
    }


def test_a_file_that_is_gone_is_found(grown):
    grown.outside.unlink()
    findings, summary = grown.look()
    assert {(f.kind, f.size) for f in findings} == {(Kind.OUTSIDE_LACKS, n) for n in (3, 7)}
    assert summary.behind


def test_the_newest_checkpoint_may_still_be_on_its_way_into_the_file(grown):
    newest = Checkpoint.objects.get(size=12)
    grown.outside.write_text(grown.outside.read_text().replace(f"{newest.note}\n", ""))
    findings, summary = grown.look()
    assert findings == []
    assert summary.behind


def test_words_between_the_checkpoints_are_found(grown):
    with grown.outside.open("a") as file:
        file.write("trust me\n\n")
    [finding] = grown.check()
    assert finding.kind is Kind.OUTSIDE_UNREADABLE
