"""The tree against the definition of RFC 9162, written down a second time."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.journal.tree import Tree, leaf_hash

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
# Roots of the first n of them, published with the reference implementation of RFC 6962.
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def merkle_tree_hash(leaves: list[bytes]) -> bytes:
    """MTH(D[n]) of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    left, right = merkle_tree_hash(leaves[:k]), merkle_tree_hash(leaves[k:])
    return sha256(b"\x01" + left + right).digest()


def grown(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree.push(leaf_hash(leaf))
    return tree


@pytest.mark.parametrize("count", range(9))
def test_the_first_leaves_have_the_published_roots(count):
    assert grown(LEAVES[:count]).root().hex() == ROOTS[count]


@given(st.lists(st.binary(max_size=40), max_size=150))
def test_every_tree_has_the_root_of_the_definition(leaves):
    assert grown(leaves).root() == merkle_tree_hash(leaves)


@given(st.lists(st.binary(max_size=8), max_size=80), st.lists(st.binary(max_size=8), max_size=80))
def test_a_tree_grows_on_from_its_frontier_alone(before, after):
    tree = grown(before)
    again = Tree.grown(tree.size, tree.frontier)
    for leaf in after:
        again.push(leaf_hash(leaf))
    assert again.size == len(before) + len(after)
    assert again.root() == merkle_tree_hash(before + after)


@given(st.integers(min_value=-3, max_value=2000), st.binary(max_size=400))
def test_a_frontier_of_another_length_is_refused(size, frontier):
    if size >= 0 and len(frontier) == 32 * size.bit_count():
        assert Tree.grown(size, frontier).size == size
    else:
        with pytest.raises(ValueError, match="frontier"):
            Tree.grown(size, frontier)
