"""Proofs about the tree, RFC 9162, section 2.1: which nodes they take, and whether they hold. Pure.

A span `(start, end)` is the leaves from `start` up to and without `end`; a node `(level, place)`
is the root over the 2**level leaves from `place * 2**level` on.
"""

from collections.abc import Sequence
from typing import TypeAlias

from cinnabar.journal.tree import node_hash

Span: TypeAlias = tuple[int, int]
Node: TypeAlias = tuple[int, int]


class ProofError(ValueError):
    """A path does not fit the tree it is said to be of."""


def inclusion(index: int, size: int) -> list[Span]:
    """Return the spans whose roots lead from leaf `index` to the root (2.1.3.1), lowest first.

    Raises `ValueError` if a tree of `size` leaves has no such leaf.
    """
    if not 0 <= index < size:
        msg = f"a tree of {size} leaves has no leaf {index}"
        raise ValueError(msg)
    start, end, path = 0, size, []
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Span]:
    """Return the spans whose roots show that `new` leaves begin with the `old` (2.1.4.1).

    Raises `ValueError` unless 0 < old <= new.
    """
    if not 0 < old <= new:
        msg = f"a tree of {new} leaves has not grown from {old}"
        raise ValueError(msg)
    start, end, path = 0, new, []
    while old < end:
        middle = _middle(start, end)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    if start:  # else the old root is what the asker has already
        path.append((start, end))
    return path[::-1]


def full(span: Span) -> list[Node]:
    """Return the full subtrees that a span of one of the proofs above falls into, in order."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def root_with(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root of a tree of `size` leaves that has `leaf` at `index` (2.1.3.2).

    The caller compares it with a root that he believes. Raises `ProofError` for a path of
    another length.
    """
    here, last, root = index, size - 1, leaf
    if not 0 <= here <= last:
        msg = f"a tree of {size} leaves has no leaf {index}"
        raise ProofError(msg)
    for other in path:
        if last == 0:
            break
        if here & 1 or here == last:
            root = node_hash(other, root)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            root = node_hash(root, other)
        here, last = here >> 1, last >> 1
    if last or len(path) != len(inclusion(index, size)):
        msg = "the path is not as long as the tree is high"
        raise ProofError(msg)
    return root


def grew(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether the tree of `new` leaves begins with the one of `old` (2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    rest = list(path) if old & (old - 1) else [old_root, *path]
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    if not rest:
        return False
    before = after = rest[0]
    for other in rest[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, other)
        here, last = here >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _middle(start: int, end: int) -> int:
    """Return where RFC 9162 parts a span: after the largest power of two below its length."""
    return start + (1 << ((end - start - 1).bit_length() - 1))
