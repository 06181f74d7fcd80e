"""Inner nodes of the tree: kept at every fourth level, the others made from those below them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import transaction

from cinnabar.journal import proofs
from cinnabar.journal.models import Node, TreeState
from cinnabar.journal.tree import node_hash
from cinnabar.statements import one, rows

STEP = 4
"""Levels from one kept node to the next: 16 children each, one row for 15 entries."""

GROWN = 4096
"""Nodes of a level that one call makes at most: 65,536 leaves are read, in about 0.3 s."""

_AT_ONCE, _PAGE = 5000, 512
_BETWEEN = "BETWEEN %s AND %s"
_LEAVES = "SELECT leaf_index, leaf_hash FROM journal_entry WHERE leaf_index "
_NODES = "SELECT place, digest FROM journal_node WHERE level = %s AND place "
_UNTIL = "SELECT MAX(place) FROM journal_node WHERE level = %s"


def read(wanted: Iterable[proofs.Node]) -> Mapping[proofs.Node, bytes]:
    """Return the hashes of `wanted`, without those that are not there (yet).

    One statement for each kept level that is touched, and at most 15 rows a node.
    """
    levels: dict[int, list[proofs.Node]] = defaultdict(list)
    for node in set(wanted):
        levels[node[0] - node[0] % STEP].append(node)
    found = {}
    for level, nodes in levels.items():
        kept = _kept(level, sorted({place for node in nodes for place in _below(node)}))
        for node in nodes:
            if (digest := _root([kept.get(place) for place in _below(node)])) is not None:
                found[node] = digest
    return found


def grow(*, limit: int = GROWN) -> int:
    """Keep the nodes the tree has grown since, at most `limit` a level; return how many."""
    below = TreeState.objects.values_list("size", flat=True).first() or 0
    level, made = STEP, 0
    while below >> STEP:
        begin = _until(level)
        end = min(below >> STEP, begin + limit)
        if begin < end:
            made += _keep(level, begin, end)
        below, level = _until(level), level + STEP
    return made


def are_kept(size: int) -> bool:
    """Tell whether every node of a tree of `size` leaves that should be kept was."""
    level = STEP
    while size >> level:
        if _until(level) < size >> level:
            return False
        level += STEP
    return True


def wrong() -> Iterator[proofs.Node]:
    """Yield the kept nodes that are gone or not the root over those below them.

    Where one of those below is gone nothing is said: that is told of by itself.
    """
    level = STEP
    while upto := _until(level):
        for begin in range(0, upto, _PAGE):
            end = min(begin + _PAGE, upto)
            below = dict(_read(level - STEP, _BETWEEN, [begin << STEP, (end << STEP) - 1]))
            kept = dict(_read(level, _BETWEEN, [begin, end - 1]))
            for place in range(begin, end):
                made = _root([below.get(child) for child in _children(place)])
                if made is not None and made != kept.get(place):
                    yield level, place
        level += STEP


def _keep(level: int, begin: int, end: int) -> int:
    """Make the nodes from `begin` to `end`; none if a leaf is missing: verification names it."""
    below = dict(_read(level - STEP, _BETWEEN, [begin << STEP, (end << STEP) - 1]))
    made = []
    for place in range(begin, end):
        if (digest := _root([below.get(child) for child in _children(place)])) is None:
            break
        made.append(Node(level=level, place=place, digest=digest))
    with transaction.atomic(durable=True):
        Node.objects.bulk_create(made, ignore_conflicts=True, batch_size=_AT_ONCE)
    return len(made)


def _children(place: int) -> range:
    return range(place << STEP, (place + 1) << STEP)


def _until(level: int) -> int:
    row = one(_UNTIL, level)
    return row[0] + 1 if row and row[0] is not None else 0


def _below(node: proofs.Node) -> range:
    """Return the places of the kept nodes that `node` is made from."""
    level, place = node
    count = 1 << level % STEP
    return range(place * count, (place + 1) * count)


def _kept(level: int, places: Sequence[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        holes = ",".join(["%s"] * len(some))
        found.update(_read(level, f"IN ({holes})", some))
    return found


def _read(level: int, which: str, values: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    found = rows(_NODES + which, level, *values) if level else rows(_LEAVES + which, *values)
    return ((place, bytes(digest)) for place, digest in found)


def _root(children: Sequence[bytes | None]) -> bytes | None:
    """Return the root over a full row of nodes, None if one is not there."""
    row = [child for child in children if child is not None]
    if len(row) < len(children):
        return None
    while len(row) > 1:
        row = [node_hash(a, b) for a, b in zip(row[::2], row[1::2], strict=True)]
    return row[0]
