"""The nodes that are kept: few reads for a proof, made again from the entries if need be."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinnabar.journal import inclusion, nodes
from cinnabar.journal.models import Entry, Node, TreeState
from cinnabar.journal.tree import Tree, leaf_hash
from tests.journal.support import Journal, sql

FOUR_LEVELS = 5000
"""Leaves of a tree with nodes at the levels 4, 8 and 12."""


@pytest.fixture
def tall(db: None) -> bytes:
    """A tree of five thousand leaves, without entries that would be worth reading."""
    tree = Tree()
    entries = []
    for index in range(FOUR_LEVELS):
        leaf = leaf_hash(index.to_bytes(4, "big"))
        tree.push(leaf)
        entries.append(
            Entry(
                at="2026-11-20T02:00:00Z",
                event="code:sent",
                payload="{}",
                mac=bytes(32),
                leaf_index=index,
                leaf_hash=leaf,
            )
        )
    Entry.objects.bulk_create(entries, batch_size=500)
    TreeState.objects.create(size=tree.size, frontier=tree.frontier)
    return tree.root()


def proved(places: list[int], size: int = FOUR_LEVELS) -> dict[int, bytes]:
    from cinnabar.journal.proofs import root_with

    found = inclusion.paths(places, size)
    hashes = dict(
        Entry.objects.filter(leaf_index__in=places).values_list("leaf_index", "leaf_hash")
    )
    return {
        place: root_with(bytes(hashes[place] or b""), place, size, path)
        for place, path in found.items()
        if path is not None
    }


def test_kept_nodes_prove_every_kind_of_place(tall):
    assert nodes.grow() == 312 + 19 + 1
    assert nodes.grow() == 0
    places = [0, 1, 15, 16, 255, 256, 4095, 4096, 4607, 4991, 4992, 4999]
    assert proved(places) == dict.fromkeys(places, tall)


def test_many_proofs_are_one_statement_a_kept_level(tall):
    nodes.grow()
    with CaptureQueriesContext(connection) as few:
        inclusion.paths([2345, 4500], FOUR_LEVELS)
    with CaptureQueriesContext(connection) as many:
        inclusion.paths(list(range(0, FOUR_LEVELS, 11)), FOUR_LEVELS)
    assert len(few) == len(many) == 4  # leaves, and the levels 4, 8 and 12


def test_a_proof_reads_few_rows(tall):
    """However large the journal, 15 rows a kept level at most and the roots at its right edge."""
    nodes.grow()
    asked = 0

    def counted(execute, sql, params, many, context):
        nonlocal asked
        asked += len(params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        inclusion.paths([2345], FOUR_LEVELS)
    assert asked <= 15 * 4 + 13


def test_work_left_behind_is_made_up_in_small_steps(tall):
    steps = 0
    while nodes.grow(limit=20):
        steps += 1
    assert steps >= 312 // 20
    assert proved([4321]) == {4321: tall}


def test_until_its_nodes_are_kept_a_place_has_no_path(tall):
    nodes.grow(limit=2)
    assert inclusion.paths([4321], FOUR_LEVELS) == {}
    assert inclusion.growth(300, FOUR_LEVELS) is None


def test_a_path_whose_nodes_were_kept_and_are_gone_is_told_from_one_to_come(tall):
    nodes.grow()
    Node.objects.filter(level=4, place=3).delete()
    assert inclusion.paths([3], FOUR_LEVELS) == {3: None}


def test_nodes_that_were_lost_are_made_again(tall):
    nodes.grow()
    Node.objects.all().delete()
    nodes.grow()
    assert proved([17]) == {17: tall}


def test_a_node_that_somebody_changed_proves_nothing(tall):
    nodes.grow()
    sql("UPDATE journal_node SET digest = %s WHERE level = 4 AND place = 1", bytes(32))
    assert proved([3])[3] != tall


def test_a_leaf_that_is_gone_stops_its_nodes_and_not_the_journal(tall):
    Entry.objects.filter(leaf_index=100).delete()
    assert nodes.grow() == 6
    assert nodes.grow() == 0


def test_the_worker_keeps_them_as_the_tree_grows(journal: Journal, db):
    journal.grow(40, 8)
    assert list(Node.objects.order_by("level", "place").values_list("level", "place")) == [
        (4, 0),
        (4, 1),
        (4, 2),
    ]
