"""Proofs of the tree against RFC 9162, its definitions written down a second time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.journal import proofs
from cinnabar.journal.tree import leaf_hash
from tests.journal.test_tree import merkle_tree_hash

MOST = 300
LEAVES = [number.to_bytes(2, "big") for number in range(MOST)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def root(span):
    start, end = span
    return merkle_tree_hash(LEAVES[start:end])


ROOTS = [root((0, size)) for size in range(MOST + 1)]


def audit_path(index, leaves):
    """PATH(m, D[n]) of RFC 9162, section 2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return [*audit_path(index, leaves[:k]), merkle_tree_hash(leaves[k:])]
    return [*audit_path(index - k, leaves[k:]), merkle_tree_hash(leaves[:k])]


def subproof(old, leaves, *, whole):
    """SUBPROOF(m, D[n], b) of RFC 9162, section 2.1.4.1, word for word."""
    if old == len(leaves):
        return [] if whole else [merkle_tree_hash(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if old <= k:
        return [*subproof(old, leaves[:k], whole=whole), merkle_tree_hash(leaves[k:])]
    return [*subproof(old - k, leaves[k:], whole=False), merkle_tree_hash(leaves[:k])]


@st.composite
def leaf_of_a_tree(draw):
    size = draw(st.integers(1, MOST))
    return draw(st.integers(0, size - 1)), size


@st.composite
def tree_that_grew(draw):
    new = draw(st.integers(1, MOST))
    return draw(st.integers(1, new)), new


def test_every_leaf_of_every_tree_leads_to_its_root():
    known: dict[proofs.Span, bytes] = {}
    for size in range(1, MOST + 1):
        for index in range(size):
            spans = proofs.inclusion(index, size)
            known.update({span: root(span) for span in spans if span not in known})
            path = [known[span] for span in spans]
            assert proofs.root_with(HASHES[index], index, size, path) == ROOTS[size]


@given(leaf_of_a_tree())
def test_the_path_is_the_one_of_the_rfc(leaf):
    index, size = leaf
    assert [root(span) for span in proofs.inclusion(index, size)] == audit_path(
        index, LEAVES[:size]
    )


@given(tree_that_grew())
def test_the_growth_is_the_one_of_the_rfc_and_holds(sizes):
    old, new = sizes
    path = [root(span) for span in proofs.consistency(old, new)]
    assert path == subproof(old, LEAVES[:new], whole=True)
    assert proofs.grew(old, ROOTS[old], new, ROOTS[new], path)


@given(leaf_of_a_tree(), st.data())
def test_a_span_falls_into_full_subtrees_that_cover_it(leaf, data):
    span = data.draw(st.sampled_from([(0, leaf[1]), *proofs.inclusion(*leaf)]))
    covered = [
        number
        for level, place in proofs.full(span)
        for number in range(place << level, (place + 1) << level)
    ]
    assert covered == list(range(*span))


@given(leaf_of_a_tree(), st.data())
def test_a_changed_leaf_place_size_or_path_leads_elsewhere(leaf, data):
    index, size = leaf
    path = [root(span) for span in proofs.inclusion(index, size)]

    def leads(hash_, at, of, along):
        try:
            return proofs.root_with(hash_, at, of, along) == ROOTS[size]
        except proofs.ProofError:
            return False

    assert leads(HASHES[index], index, size, path)
    assert not leads(leaf_hash(b"another"), index, size, path)
    assert not leads(HASHES[index], index, size, [*path, bytes(32)])
    for number, node in enumerate(path):
        assert not leads(HASHES[index], index, size, path[:number] + path[number + 1 :])
        bent = bytes([node[0] ^ 1]) + node[1:]
        assert not leads(HASHES[index], index, size, [*path[:number], bent, *path[number + 1 :]])
    other = data.draw(st.integers(0, MOST))
    if other != index:
        assert not leads(HASHES[index], other, size, path)


@given(tree_that_grew(), st.data())
def test_growth_that_was_not_is_not_shown(sizes, data):
    old, new = sizes
    path = [root(span) for span in proofs.consistency(old, new)]
    assert not proofs.grew(old, leaf_hash(b"another"), new, ROOTS[new], path)
    assert not proofs.grew(old, ROOTS[old], new, leaf_hash(b"another"), path)
    assert not proofs.grew(old, ROOTS[old], new, ROOTS[new], [*path, bytes(32)])
    for number in range(len(path)):
        assert not proofs.grew(old, ROOTS[old], new, ROOTS[new], path[:number] + path[number + 1 :])
    smaller = data.draw(st.integers(0, MOST))
    if smaller != old:
        assert not proofs.grew(smaller, ROOTS[old], new, ROOTS[new], path)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 4), (4, 4)])
def test_a_leaf_that_a_tree_has_not_is_a_mistake(index, size):
    with pytest.raises(ValueError, match="has no leaf"):
        proofs.inclusion(index, size)
    with pytest.raises(proofs.ProofError, match="has no leaf"):
        proofs.root_with(bytes(32), index, size, [])


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 1)])
def test_a_tree_that_has_not_grown_from_there_is_a_mistake(old, new):
    with pytest.raises(ValueError, match="has not grown"):
        proofs.consistency(old, new)
    assert not proofs.grew(old, bytes(32), new, bytes(32), [])
