"""Give entries their places in the tree, in batches, behind the acts that wrote them.

The row of the tree decides: its lock lets one sequencer at a time through, and the numbers and
the grown tree are one transaction, so that a kill at any point leaves all of a batch or none.
"""

from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from cinnabar.env import Env
from cinnabar.journal import nodes
from cinnabar.journal.checkpoints import checkpoint
from cinnabar.journal.models import Entry, TreeState
from cinnabar.journal.notary import Notary
from cinnabar.journal.rules import leaf_data
from cinnabar.journal.tree import Tree, leaf_hash

BATCH = 2000
"""Entries numbered in one transaction: about 30 ms, for which SQLite's writers wait."""

_ROUNDS = 20
_NUMBER = (
    "UPDATE journal_entry SET leaf_index = %s, leaf_hash = %s WHERE id = %s AND leaf_index IS NULL"
)


class SequenceError(Exception):
    """Somebody else numbered entries or moved the tree in between; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What a tick did: entries numbered, and the size of the checkpoint it signed, if any."""

    sequenced: int
    checkpoint: int | None


def tick(env: Env, notary: Notary, outside: Path, *, limit: int = BATCH) -> Ticked:
    """Give what waits its place, keep nodes, sign if the tree grew: a duty of each second.

    Works on at most 20 batches of `limit`, so that checkpoints keep coming in a flood. Raises
    what `checkpoint` raises.
    """
    sequenced = 0
    for _ in range(_ROUNDS):
        batch = sequence(limit=limit)
        sequenced += batch
        if batch < limit:
            break
    nodes.grow()
    return Ticked(sequenced=sequenced, checkpoint=checkpoint(env, notary, outside))


def sequence(*, limit: int = BATCH) -> int:
    """Give at most `limit` waiting entries their places, all or none; return how many.

    Entries become visible in another order than that of their ids; those that are visible and
    waiting are taken, oldest id first, and none is passed over for good.
    """
    if not Entry.objects.filter(leaf_index__isnull=True).exists():
        return 0  # without a turn at writing
    with transaction.atomic(durable=True):
        TreeState.objects.bulk_create([TreeState(size=0, frontier=b"")], ignore_conflicts=True)
        state = TreeState.objects.select_for_update().get()
        tree = Tree.grown(state.size, bytes(state.frontier))
        numbered = _grow(tree, limit)
        _number(numbered)
        moved = TreeState.objects.filter(size=state.size).update(
            size=tree.size, frontier=tree.frontier
        )
        if moved != 1:
            msg = f"the tree is no longer of size {state.size}"
            raise SequenceError(msg)
    return len(numbered)


def _grow(tree: Tree, limit: int) -> list[tuple[int, bytes, int]]:
    """Append the waiting entries to `tree`; return leaf index, leaf hash and id of each."""
    waiting = Entry.objects.filter(leaf_index__isnull=True).order_by("id")
    numbered = []
    for entry, keyed, text in waiting.values_list("id", "mac", "payload")[:limit]:
        leaf = leaf_hash(leaf_data(tree.size, entry, bytes(keyed), text.encode()))
        numbered.append((tree.size, leaf, entry))
        tree.push(leaf)
    return numbered


def _number(numbered: list[tuple[int, bytes, int]]) -> None:
    if not numbered:
        return
    with connection.cursor() as cursor:
        cursor.executemany(_NUMBER, numbered)
        if cursor.rowcount != len(numbered):
            msg = f"{cursor.rowcount} of {len(numbered)} entries were still waiting"
            raise SequenceError(msg)
