"""Rows of the journal. Only the sequencer ever touches a row again, and only to number it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

_DIGEST = 32
_THE_TREE = 1


class Entry(models.Model):
    """One thing that happened, written in the transaction in which it happened.

    `payload` is the canonical JSON of all of it (rules.Told); `at`, `event` and `subject` repeat
    what it says, to be found by. `mac` is the keyed hash of the payload. `leaf_index` and
    `leaf_hash` are empty until the sequencer has given the entry its place in the tree.
    """

    at = models.DateTimeField()
    event = models.CharField(max_length=40)
    subject = models.CharField(max_length=64, blank=True)
    payload = models.TextField()
    mac = models.BinaryField(max_length=_DIGEST)
    leaf_index = models.BigIntegerField(null=True)
    leaf_hash = models.BinaryField(max_length=_DIGEST, null=True)

    class Meta:
        """One entry per place in the tree; waiting entries are found without looking far."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["leaf_index"], condition=Q(leaf_index__isnull=False), name="entry_leaf_once"
            ),
            models.CheckConstraint(
                condition=Q(leaf_index__isnull=True, leaf_hash__isnull=True)
                | Q(leaf_index__gte=0, leaf_hash__isnull=False),
                name="entry_leaf_whole",
            ),
            models.CheckConstraint(condition=Exact(Length("mac"), _DIGEST), name="entry_mac"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(leaf_index__isnull=True), name="entry_waiting"),
            # What one customer is told of; an act's entries lie together in it.
            models.Index(fields=["subject", "event"], name="entry_of_subject"),
        ]


class TreeState(models.Model):
    """The one row that says how far the tree has grown.

    `frontier` holds the roots of the full subtrees that `size` leaves fall into, largest first,
    32 octets each: all that is needed to grow on and to tell the root.
    """

    id = models.SmallIntegerField(primary_key=True, default=_THE_TREE)
    size = models.BigIntegerField()
    frontier = models.BinaryField()

    class Meta:
        """There is one tree."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=_THE_TREE), name="tree_is_one"),
            models.CheckConstraint(condition=Q(size__gte=0), name="tree_size_not_negative"),
        ]


class Node(models.Model):
    """An inner node of the tree, at every fourth level, so that proofs need few reads.

    The root over the 2**level leaves from `place` * 2**level on. Nothing rests on these rows:
    they follow from the entries, and a wrong one only makes a proof that does not verify.
    """

    level = models.SmallIntegerField()
    place = models.BigIntegerField()
    digest = models.BinaryField(max_length=_DIGEST)

    class Meta:
        """One hash a node."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "place"], name="node_once"),
            models.CheckConstraint(condition=Q(level__gte=1, place__gte=0), name="node_not_a_leaf"),
        ]


class Checkpoint(models.Model):
    """A signed statement: with `size` leaves the root is `root`.

    `note` is the statement as signed (C2SP tlog-checkpoint); the same text stands in the file
    outside the database. `frontier` is the tree's at that moment: it yields the signed root, so
    that verification can go on from here when something before is damaged. `at` is when it was
    signed, for the eye; the signature does not cover it.
    """

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=_DIGEST)
    frontier = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """Nothing is signed about nothing."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gte=1), name="checkpoint_size"),
            models.CheckConstraint(
                condition=Exact(Length("root"), _DIGEST), name="checkpoint_root"
            ),
        ]
