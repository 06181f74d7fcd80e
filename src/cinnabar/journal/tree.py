"""The Merkle tree of RFC 9162, section 2.1.1 (the same as RFC 6962), kept as its frontier.

The frontier is the list of roots of the full subtrees, largest first: as many as the size has
one-bits. Growing by a leaf costs two hashes on average; nothing else of the tree is kept.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Self

DIGEST = 32
"""Octets of a hash."""

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-octet hash of a leaf holding `data`."""
    return sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-octet hash of the node over two others."""
    return sha256(_NODE + left + right).digest()


def joined(roots: Sequence[bytes]) -> bytes:
    """Return the root over full subtrees that stand side by side, largest first."""
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(left, root)
    return root


class Tree:
    """A tree that grows at its end."""

    __slots__ = ("_frontier", "size")

    def __init__(self) -> None:
        """Begin without leaves."""
        self.size = 0
        self._frontier: list[bytes] = []

    @classmethod
    def grown(cls, size: int, frontier: bytes) -> Self:
        """Return the tree of `size` leaves whose `frontier` was kept.

        Raises `ValueError` if it is not the frontier of a tree of that size.
        """
        if size < 0 or len(frontier) != DIGEST * size.bit_count():
            msg = f"{len(frontier)} octets are not the frontier of a tree of {size} leaves"
            raise ValueError(msg)
        tree = cls()
        tree.size = size
        tree._frontier = [frontier[i : i + DIGEST] for i in range(0, len(frontier), DIGEST)]
        return tree

    @property
    def frontier(self) -> bytes:
        """Return the frontier, to be kept."""
        return b"".join(self._frontier)

    def push(self, leaf: bytes) -> None:
        """Append a leaf by its hash."""
        full = self.size
        while full & 1:
            leaf = node_hash(self._frontier.pop(), leaf)
            full >>= 1
        self._frontier.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the 32-octet root hash; of no leaves it is the hash of nothing."""
        return joined(self._frontier) if self._frontier else sha256(b"").digest()
