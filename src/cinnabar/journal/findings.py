"""What verification can find, and how it is said to an operator."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong with the journal."""

    ENTRY_CHANGED = "entry-changed"
    ENTRY_FORGED = "entry-forged"
    ENTRY_MISSING = "entry-missing"
    ENTRY_TWICE = "entry-twice"
    ENTRY_COPIED = "entry-copied"
    ENTRY_BEYOND = "entry-beyond"
    ENTRIES_REWRITTEN = "entries-rewritten"
    TAIL_MISSING = "tail-missing"
    TREE_CHANGED = "tree-changed"
    NODE_WRONG = "node-wrong"
    CHECKPOINT_CHANGED = "checkpoint-changed"
    CHECKPOINT_FORGED = "checkpoint-forged"
    CHECKPOINT_MISSING = "checkpoint-missing"
    OUTSIDE_UNREADABLE = "outside-unreadable"
    OUTSIDE_CONTRADICTS = "outside-contradicts"
    OUTSIDE_LACKS = "outside-lacks"


_SENTENCES = {
    Kind.ENTRY_CHANGED: "entry {entry} was changed after it was written: {field}",
    Kind.ENTRY_FORGED: "entry {entry} was not written with the key of this installation",
    Kind.ENTRY_MISSING: "{missing} missing, after entry {entry} and before entry {upto_entry}",
    Kind.ENTRY_TWICE: "entry {entry} claims place {leaf}, which another entry has",
    Kind.ENTRY_COPIED: "entry {entry} is a copy of entry {upto_entry}",
    Kind.ENTRY_BEYOND: "entry {entry} claims place {leaf}, which the tree has not reached",
    Kind.ENTRIES_REWRITTEN: (
        "the entries at places {leaf} to {upto} (entries {entry} to {upto_entry}) are not those "
        "that were signed: changed, replaced or in another order"
    ),
    Kind.TAIL_MISSING: (
        "the end of the journal is missing: {size} entries were signed {where}, "
        "and the database holds {upto}"
    ),
    Kind.TREE_CHANGED: "the row of the tree was changed: {field}",
    Kind.NODE_WRONG: (
        "the node that is kept over the places {leaf} to {upto} is not theirs, so that proofs of "
        "them fail: delete all rows of journal_node, and the worker makes them again"
    ),
    Kind.CHECKPOINT_CHANGED: "the checkpoint over {size} entries was changed: {field}",
    Kind.CHECKPOINT_FORGED: "the checkpoint over {size} entries is not genuine: {field}",
    Kind.CHECKPOINT_MISSING: (
        "the checkpoint over {size} entries stands outside the database, but not in it"
    ),
    Kind.OUTSIDE_UNREADABLE: "the outside file holds what is no genuine checkpoint: {field}",
    Kind.OUTSIDE_CONTRADICTS: (
        "the checkpoint over {size} entries says another thing outside the database than in it"
    ),
    Kind.OUTSIDE_LACKS: "the outside file lacks the checkpoint over {size} entries",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    `entry` is a row's id and `leaf` a place in the tree (the first is 0); `upto_entry` and
    `upto` are the last of several, or the other of two. `size` is a checkpoint's count of
    entries. `field` says as closely as can be told what was changed, `where` which copy speaks.
    """

    kind: Kind
    entry: int | None = None
    upto_entry: int | None = None
    leaf: int | None = None
    upto: int | None = None
    size: int | None = None
    field: str = ""
    where: str = ""

    def sentence(self) -> str:
        """Return the finding as a sentence without its full stop."""
        return _SENTENCES[self.kind].format(
            missing=_missing(self.leaf, self.upto),
            entry="(none)" if self.entry is None else self.entry,
            upto_entry="(none)" if self.upto_entry is None else self.upto_entry,
            leaf=self.leaf,
            upto=self.upto,
            size=self.size,
            field=self.field,
            where=self.where,
        )


def _missing(first: int | None, last: int | None) -> str:
    if first == last:
        return f"the entry at place {first} is"
    return f"the entries at places {first} to {last} are"
