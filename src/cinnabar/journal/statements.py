"""Everything that was ever signed, from inside and outside the database, smallest tree first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cinnabar.journal.findings import Finding, Kind
from cinnabar.journal.notes import Head, VerifierKey, read_note
from cinnabar.journal.outside import Passage
from cinnabar.journal.reading import Signed
from cinnabar.journal.tree import Tree

Found = Callable[[Finding], None]

OUTSIDE = "outside the database"
INSIDE = "in the database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """With `size` entries the root was `root`, or None if no genuine signature says so.

    `tree` is the tree at that moment, for going on from it, if it was kept unharmed.
    """

    size: int
    root: bytes | None
    tree: Tree | None
    where: str


class Statements:
    """Merges the two copies and reports where either is wrong. `inside`, `outside` count them."""

    def __init__(
        self,
        rows: Iterable[Signed],
        passages: Iterable[Passage],
        *,
        keys: Sequence[VerifierKey],
        settled: int,
        found: Found,
    ) -> None:
        """Merge the database's `rows` with the file's `passages`.

        Checkpoints smaller than `settled`, the database's newest one before the file was
        measured, must stand in the file too.
        """
        self.inside = self.outside = 0
        self.behind = False
        self._rows = rows
        self._passages = passages
        self._keys = keys
        self._settled = settled
        self._found = found
        self._rest: Passage | None = None

    def __iter__(self) -> Iterator[Statement]:
        """Yield one statement for each size that was signed, in growing order."""
        rows, heads = iter(self._rows), self._heads()
        row, head = next(rows, None), next(heads, None)
        while row or head:
            size = min(x.size for x in (row, head) if x)
            here = row if row and row.size == size else None
            there = head if head and head.size == size else None
            yield self._merged(size, here, there)
            row = next(rows, None) if here else row
            head = next(heads, None) if there else head
        if self._rest:
            self._unreadable(self._rest.trouble)

    def _merged(self, size: int, row: Signed | None, head: Head | None) -> Statement:
        if row is None:
            self._found(Finding(kind=Kind.CHECKPOINT_MISSING, size=size))
            return Statement(size=size, root=head.root if head else None, tree=None, where=OUTSIDE)
        self.inside += 1
        root = self._genuine_root(row)
        if head is None:
            self._lacking(row)
        elif root is not None and root != head.root:
            self._found(Finding(kind=Kind.OUTSIDE_CONTRADICTS, size=size))
        if head is not None:
            root = head.root
        return Statement(
            size=size, root=root, tree=self._tree(row, root), where=OUTSIDE if head else INSIDE
        )

    def _genuine_root(self, row: Signed) -> bytes | None:
        try:
            head = read_note(row.note.decode(), self._keys)
        except ValueError as problem:
            self._found(Finding(kind=Kind.CHECKPOINT_FORGED, size=row.size, field=str(problem)))
            return None
        changed = [n for n in ("size", "root") if getattr(head, n) != getattr(row, n)]
        if changed:
            self._changed(row, " and ".join(changed))
        return head.root if head.size == row.size else None

    def _tree(self, row: Signed, root: bytes | None) -> Tree | None:
        try:
            tree = Tree.grown(row.size, row.frontier)
        except ValueError:
            self._changed(row, "frontier")
            return None
        if tree.root() == root:
            return tree
        if root is not None:
            self._changed(row, "frontier")
        return None

    def _changed(self, row: Signed, field: str) -> None:
        self._found(Finding(kind=Kind.CHECKPOINT_CHANGED, size=row.size, field=field))

    def _lacking(self, row: Signed) -> None:
        """Report a row the file lacks; the newest may be on its way, or there in part."""
        if self._rest and self._rest.cut_short_of(row.note):
            self._rest = None
        if row.size < self._settled:
            self._found(Finding(kind=Kind.OUTSIDE_LACKS, size=row.size))
        elif row.size == self._settled:
            self.behind = True

    def _heads(self) -> Iterator[Head]:
        """Yield the genuine checkpoints of the file, growing."""
        last = Head(origin="", size=0, root=b"")
        for passage in self._passages:
            if self._rest and not self._rest.cut_short_of(passage.raw):
                self._unreadable(self._rest.trouble)
            self._rest = None if passage.head else passage
            if passage.head is None or passage.head == last:
                continue  # a piece, or a whole note of which only the end was cut short
            if passage.head.size > last.size:
                last = passage.head
                self.outside += 1
                yield last
            else:
                self._unreadable(f"out of order, the one over {passage.head.size} entries")

    def _unreadable(self, why: str) -> None:
        self._found(Finding(kind=Kind.OUTSIDE_UNREADABLE, field=why))
