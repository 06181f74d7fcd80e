"""Is the journal as it was written? Every entry, place and signature is looked at again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cinnabar.journal import nodes, reading
from cinnabar.journal.findings import Finding, Kind
from cinnabar.journal.judge import Row, judge, judge_waiting
from cinnabar.journal.notes import VerifierKey
from cinnabar.journal.outside import passages
from cinnabar.journal.statements import Found, Statement, Statements
from cinnabar.journal.tree import Tree
from cinnabar.kernel.vault import Vault

Progress = Callable[[int, int], None]

_AT_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was looked at, and how many things were wrong.

    `entries` have their place in the tree, `waiting` not yet; `inside` and `outside` count
    checkpoints; `behind` tells that the newest one is not in the outside file yet.
    """

    entries: int
    waiting: int
    inside: int
    outside: int
    behind: bool
    findings: int


def verify(
    vault: Vault,
    keys: Sequence[VerifierKey],
    outside: Path,
    *,
    found: Found,
    progress: Progress | None = None,
    partial: bool = False,
) -> Summary:
    """Check the whole journal against itself, its signatures and the file at `outside`.

    Calls `found` with each thing that is wrong and `progress` with the entries done and their
    number. `partial` says that the file is somebody's copy and may hold some checkpoints only;
    the firm's own must hold all. Memory does not grow with the journal, and the product may go
    on writing meanwhile: what is written after the beginning is left to the next time.
    """
    count = _Counted(found)
    # In this order: each of the three can only be ahead of the one before.
    settled = 0 if partial else reading.newest_checkpoint()
    length = outside.stat().st_size if outside.exists() else 0
    state = reading.tree_state()
    statements = Statements(
        reading.checkpoints(),
        passages(reading.lines(outside, length), keys) if length else (),
        keys=keys,
        settled=settled,
        found=count,
    )
    audit = _Audit(vault, iter(statements), state, count)
    audit.run(progress or _nobody)
    for level, place in nodes.wrong():
        leaves = place << level, ((place + 1) << level) - 1
        count(Finding(kind=Kind.NODE_WRONG, leaf=leaves[0], upto=leaves[1]))
    return Summary(
        entries=audit.seen,
        waiting=_check_waiting(vault, count),
        inside=statements.inside,
        outside=statements.outside,
        behind=statements.behind,
        findings=count.n,
    )


class _Counted:
    def __init__(self, found: Found) -> None:
        self._found = found
        self.n = 0

    def __call__(self, finding: Finding) -> None:
        self.n += 1
        self._found(finding)


class _Audit:
    """Grows the tree again, from one signed statement to the next.

    There are two trees where an entry contradicts its own leaf hash: one with the hash, one with
    the content. `trees` is empty while the tree cannot be known, after an entry that is missing.
    """

    def __init__(
        self,
        vault: Vault,
        statements: Iterator[Statement],
        state: tuple[int, bytes] | None,
        found: Found,
    ) -> None:
        self._vault = vault
        self._statements = statements
        self._next = next(statements, None)
        self._size, self._frontier = state or (0, b"")
        self._found = found
        self._trees = [Tree()]
        self._place = 0
        self._since: tuple[int, int | None] = (0, None)
        self._last: int | None = None
        self.seen = 0

    def run(self, progress: Progress) -> None:
        """Look at every entry that has a place, and at every statement."""
        for row in reading.numbered(self._size):
            self._take(row)
            if self.seen % 1000 == 0:
                progress(self.seen, self._size)
        progress(self.seen, self._size)
        if self._place < self._size:
            self._skip_to(self._size, None)
        self._check_state()
        self._check_rest()
        self._check_beyond()
        for first, last in reading.copies(_AT_MOST):
            self._found(Finding(kind=Kind.ENTRY_COPIED, entry=last, upto_entry=first))

    def _take(self, row: Row) -> None:
        self.seen += 1
        finding, leaf = judge(self._vault, row)
        if finding:
            self._found(finding)
        if row.leaf_index < self._place:
            self._found(Finding(kind=Kind.ENTRY_TWICE, entry=row.id, leaf=row.leaf_index))
            return
        if row.leaf_index > self._place:
            self._skip_to(row.leaf_index, row.id)
        self._push(row.leaf_hash, leaf)
        self._last = row.id
        if self._since[1] is None:
            self._since = (self._place, row.id)
        self._place += 1
        self._settle()

    def _push(self, stored: bytes, made: bytes) -> None:
        if stored != made and len(self._trees) == 1:
            only = self._trees[0]
            self._trees.append(Tree.grown(only.size, only.frontier))
        for tree, leaf in zip(self._trees, (stored, made), strict=False):
            tree.push(leaf)

    def _skip_to(self, place: int, entry: int | None) -> None:
        self._found(
            Finding(
                kind=Kind.ENTRY_MISSING,
                leaf=self._place,
                upto=place - 1,
                entry=self._last,
                upto_entry=entry,
            )
        )
        self._trees = []
        self._place = place
        self._settle()

    def _settle(self) -> None:
        """Hold the tree against the statements about its present size."""
        while self._next and self._next.size <= self._place:
            if self._next.size == self._place:
                self._compare(self._next)
            self._next = next(self._statements, None)

    def _compare(self, said: Statement) -> None:
        if said.root is None:
            return
        fitting = [tree for tree in self._trees if tree.root() == said.root]
        if self._trees and not fitting:
            start, first = self._since
            self._found(
                Finding(
                    kind=Kind.ENTRIES_REWRITTEN,
                    leaf=start,
                    upto=self._place - 1,
                    entry=first,
                    upto_entry=self._last,
                )
            )
        self._trees = fitting[:1] or ([said.tree] if said.tree else [])
        self._since = (self._place, None)

    def _check_state(self) -> None:
        try:
            root = Tree.grown(self._size, self._frontier).root()
        except ValueError:
            self._found(Finding(kind=Kind.TREE_CHANGED, field="its size or its frontier"))
            return
        if self._trees and all(tree.root() != root for tree in self._trees):
            field = f"its frontier, or the entries from place {self._since[0]} on"
            self._found(Finding(kind=Kind.TREE_CHANGED, field=field))

    def _check_rest(self) -> None:
        """Statements about more entries than there are: the end was cut off."""
        farthest = self._next
        for statement in self._statements:
            farthest = statement
        if farthest and farthest.size > (reading.tree_state() or (0, b""))[0]:
            self._found(
                Finding(
                    kind=Kind.TAIL_MISSING,
                    size=farthest.size,
                    where=farthest.where,
                    upto=self._size,
                )
            )

    def _check_beyond(self) -> None:
        candidates = reading.beyond(self._size, _AT_MOST)
        now, _ = reading.tree_state() or (0, b"")
        for entry, place in candidates:
            if place < 0 or place >= now:
                self._found(Finding(kind=Kind.ENTRY_BEYOND, entry=entry, leaf=place))


def _nobody(done: int, of: int) -> None:
    del done, of


def _check_waiting(vault: Vault, found: Found) -> int:
    count = 0
    for row in reading.waiting():
        count += 1
        finding = judge_waiting(vault, row)
        if finding:
            found(finding)
    return count
