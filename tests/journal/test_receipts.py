"""A receipt shows what is in it to whoever holds the key, and nothing else to anybody."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.journal import inclusion, receipts
from cinnabar.journal.events import Event
from cinnabar.journal.models import Checkpoint
from cinnabar.journal.notary import create_notary
from cinnabar.kernel.dice import LoadedDice
from tests.journal.support import MEI, MING, Journal, law

SIZES = (5, 9, 20)


@pytest.fixture
def mixed(journal: Journal, db) -> Journal:
    """Ming's entries among Mei's, under three checkpoints."""
    for size in SIZES:
        journal.env.clock.move(seconds=1)  # type: ignore[attr-defined]  # it is the frozen one
        journal.tell(size // 2, subject=MEI)
        journal.tell(size - size // 2, subject=MING)
        journal.tick()
    return journal


def receipt_of(journal: Journal, *, since: int | None = None) -> bytes:
    sealed = inclusion.newest(journal.notary.keys)
    assert sealed is not None
    told = inclusion.told_of(MING, [Event.CODE_SENT])
    paths = inclusion.paths({t.index for t in told if t.index is not None}, sealed.head.size)
    entries = [(t, paths[t.index] or ()) for t in told if t.index is not None]
    grown = None
    if since is not None:
        path = inclusion.growth(since, sealed.head.size)
        assert path is not None
        grown = since, path
    return receipts.write(sealed.note, entries, grown=grown)


def test_a_receipt_shows_its_entries_under_the_newest_checkpoint(mixed):
    good = receipts.check(receipt_of(mixed), mixed.notary.keys)
    assert good.head.size == sum(SIZES)
    assert [entry.event for entry in good.entries] == ["code:sent"] * 18
    assert good.grew_from is None


def test_a_receipt_is_canonical_and_names_its_key(mixed):
    text = receipt_of(mixed)
    read = json.loads(text)
    again = json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert text.decode() == again + "\n"
    assert read["key"] == f"{mixed.notary.key.name}+{mixed.notary.key.id.hex()}"


def test_nothing_of_anybody_else_is_in_it(mixed):
    text = receipt_of(mixed).decode()
    assert MEI not in text
    assert all(MING in entry["payload"] for entry in json.loads(text)["entries"])


def test_a_saved_checkpoint_shows_that_the_journal_only_grew(mixed):
    for size in Checkpoint.objects.values_list("size", flat=True):
        saved = Checkpoint.objects.get(size=size).note
        text = receipt_of(mixed, since=size)
        assert receipts.check(text, mixed.notary.keys, saved=saved).grew_from == size


def test_without_the_growth_in_it_a_saved_checkpoint_needs_another_receipt(mixed):
    saved = Checkpoint.objects.get(size=SIZES[0]).note
    for text in (receipt_of(mixed), receipt_of(mixed, since=7)):
        with pytest.raises(receipts.ReceiptError, match=rf"\?since={SIZES[0]} "):
            receipts.check(text, mixed.notary.keys, saved=saved)


def test_a_newer_saved_checkpoint_needs_a_newer_receipt(mixed):
    text = receipt_of(mixed)
    mixed.grow(1)
    newer = Checkpoint.objects.latest("size").note
    with pytest.raises(receipts.ReceiptError, match="newer"):
        receipts.check(text, mixed.notary.keys, saved=newer)


def test_a_journal_that_was_written_anew_did_not_grow_from_the_saved_one(mixed):
    """The firm's own key on another history: only who kept a checkpoint finds out."""
    root = bytes(32)
    saved = mixed.notary.sign(SIZES[0], root)
    text = receipt_of(mixed, since=SIZES[0])
    with pytest.raises(receipts.ReceiptError, match="did not grow"):
        receipts.check(text, mixed.notary.keys, saved=saved)


def test_another_key_is_not_believed(mixed, tmp_path):
    stranger = create_notary(
        tmp_path / "stranger.key", name=mixed.notary.key.name, dice=LoadedDice(9)
    )
    with pytest.raises(receipts.ReceiptError, match="not genuine"):
        receipts.check(receipt_of(mixed), stranger.keys)


@law
@given(st.data())
def test_whatever_is_changed_in_it_is_noticed(mixed, data):
    read = json.loads(receipt_of(mixed))
    entry = data.draw(st.sampled_from(read["entries"]))
    what = data.draw(st.sampled_from(["index", "id", "mac", "payload", "path", "checkpoint"]))
    if what == "checkpoint":
        place = data.draw(st.integers(0, len(read[what]) - 1))
        read[what] = read[what][:place] + "A" + read[what][place + 1 :]
    elif what == "path":
        place = data.draw(st.integers(0, len(entry[what]) - 1))
        entry[what][place] = "00" * 32
    elif what == "mac":
        entry[what] = "11" * 32
    elif what == "payload":
        entry[what] = entry[what].replace("apply", "renew")
    else:
        entry[what] += 1
    changed = json.dumps(read).encode()
    if json.loads(changed) == json.loads(receipt_of(mixed)):
        return  # the letter that was put in stood there already
    with pytest.raises(receipts.ReceiptError):
        receipts.check(changed, mixed.notary.keys)


@given(
    st.binary(max_size=60) | st.from_regex(r'\{"format":"cinnabar-receipt/1".*\}').map(str.encode)
)
def test_nonsense_is_no_receipt(text):
    with pytest.raises(receipts.ReceiptError):
        receipts.check(text, ())


@pytest.mark.parametrize(
    "part", ["format", "checkpoint", "entries", "index", "id", "mac", "payload", "path"]
)
@pytest.mark.parametrize("value", [None, [], {}, "", -1, "x", [1], True, 10**30])
def test_parts_of_another_kind_are_no_receipt(mixed, part, value):
    read = json.loads(receipt_of(mixed))
    holder = read if part in read else read["entries"][0]
    holder[part] = value
    with pytest.raises(receipts.ReceiptError):
        receipts.check(json.dumps(read).encode(), mixed.notary.keys)
