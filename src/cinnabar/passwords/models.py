"""Password hashes and the lock on wrong tries."""

from typing import ClassVar

from django.db import models

from cinnabar.customers.models import Customer


class StoredPassword(models.Model):
    """The peppered Argon2id hash of one password (PWD-06). `kind` is login for now."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    encoded = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        """One of each kind."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "kind"], name="password_once"),
        ]


class Lock(models.Model):
    """Wrong tries at one identifier, known or not (incident 13: unknown ones are counted too).

    `wrong` leads to a lock, `total` counts the lock cycle, `unlocked_at` is its one unlock.

    `in_flight` are tries being checked right now; they hold a place so that parallel guesses
    are counted one by one, without right ones locking anybody.
    """

    id = models.CharField(primary_key=True, max_length=64)
    wrong = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0, db_default=0)
    in_flight = models.PositiveSmallIntegerField(default=0)
    reserved_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    unlocked_at = models.DateTimeField(null=True)
