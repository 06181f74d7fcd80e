"""Password hashes and the lock on wrong tries."""

from typing import ClassVar

from django.db import models

from cinnabar.customers.models import Customer, TradingAccount
from cinnabar.passwords.kinds import PasswordKind


class StoredPassword(models.Model):
    """The peppered Argon2id hash of one password (PWD-06).

    `account` is empty for the one of the whole customer (歸戶); `expires_at` is set for one that
    was issued and not chosen (P102). `reminded_at` is when its end was told beforehand.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    account = models.ForeignKey(
        TradingAccount, on_delete=models.CASCADE, related_name="+", null=True
    )
    encoded = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        """One of each kind, for the customer or for each account."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=models.Q(account=None),
                name="password_of_customer_once",
            ),
            models.UniqueConstraint(fields=["account", "kind"], name="password_of_account_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in PasswordKind]), name="password_kind"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "kind"], name="password_of")]


class FormerPassword(models.Model):
    """A password that was replaced, kept as its hash so that it does not come back (PWD-09)."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12)
    account = models.ForeignKey(
        TradingAccount, on_delete=models.CASCADE, related_name="+", null=True
    )
    encoded = models.CharField(max_length=200)
    retired_at = models.DateTimeField()

    class Meta:
        """The latest of a customer and kind are looked at."""

        indexes: ClassVar = [
            models.Index(fields=["customer", "kind", "-id"], name="password_former"),
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
