"""Sign how far the tree has grown, and put the statement out of the database's reach.

Order matters: the row first, then the file. So the file never knows what the database does not,
and the database is at most one checkpoint ahead, which the next call makes good. A file that is
ahead means that the database lost entries.
"""

from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from cinnabar.env import Env
from cinnabar.journal.models import Checkpoint, TreeState
from cinnabar.journal.notary import Notary
from cinnabar.journal.notes import Head, NoteError
from cinnabar.journal.outside import OutsideFile, opened
from cinnabar.journal.tree import Tree


class Forked(Exception):  # noqa: N818 - it names what happened to the journal
    """The outside file holds a checkpoint the database does not know: entries were lost.

    Nothing more is signed until an operator has looked (docs/operations/journal.md); a log never
    signs what contradicts an earlier statement of its own (C2SP tlog-checkpoint).
    """


def checkpoint(env: Env, notary: Notary, outside: Path) -> int | None:
    """Sign the tree's present size if it grew, keep the note and append it to `outside`.

    Returns the size signed, or None if nothing was new. Call it outside a transaction; several
    callers at once take turns. Raises `Forked`.
    """
    with opened(outside, notary.keys) as file:
        _catch_up(file)
        size = _sign(env, notary)
        if size is not None:
            _catch_up(file)
    return size


def _sign(env: Env, notary: Notary) -> int | None:
    state = TreeState.objects.first()
    newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
    if state is None or state.size <= (newest or 0):
        return None
    root = Tree.grown(state.size, bytes(state.frontier)).root()
    with transaction.atomic(durable=True):
        Checkpoint.objects.create(
            size=state.size,
            root=root,
            frontier=bytes(state.frontier),
            note=notary.sign(state.size, root),
            at=env.clock.now(),
        )
    return state.size


def _catch_up(file: OutsideFile) -> None:
    """Append what the database signed and the file lacks."""
    try:
        last = file.last()
    except NoteError as problem:
        msg = f"the file of checkpoints outside the database cannot be continued: {problem}"
        raise Forked(msg) from problem
    if last is not None:
        _refuse_a_fork(last)
    file.append(_after(last.size if last else 0))


def _after(size: int) -> Iterator[str]:
    newer = Checkpoint.objects.filter(size__gt=size).order_by("size")
    return newer.values_list("note", flat=True).iterator()


def _refuse_a_fork(last: Head) -> None:
    known = Checkpoint.objects.filter(size=last.size).values_list("root", flat=True).first()
    if known is None or bytes(known) != last.root:
        msg = (
            f"the checkpoint over {last.size} entries that stands outside the database "
            "is not in it: the database lost entries, or was put back to an earlier state"
        )
        raise Forked(msg)
