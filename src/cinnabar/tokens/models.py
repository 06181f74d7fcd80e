"""Passkeys, and challenges that were handed in."""

from typing import ClassVar

from django.db import models

from cinnabar.customers.models import Customer


class Passkey(models.Model):
    """A public key whose other half a customer's device holds for this site alone (WebAuthn).

    `mark` is the SHA-256 of `credential`, the name the device gave the key; `public_key` is a
    COSE key (RFC 9052). `count` is the highest count the device has shown, 0 for one that does
    not count. `can_sync` says that the key may be copied by its owner's password manager (BE),
    `synced` that it was (BS), `verified` that the device verified its owner when it was made
    (UV). A stopped one opens nothing any more.
    """

    id = models.CharField(primary_key=True, max_length=26)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=64, unique=True)
    credential = models.BinaryField()
    public_key = models.BinaryField()
    transports = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=40)
    count = models.BigIntegerField()
    can_sync = models.BooleanField()
    synced = models.BooleanField()
    verified = models.BooleanField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        """A count is a number of 32 bits."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(count__gte=0), name="passkey_count"),
        ]


class Spent(models.Model):
    """A challenge that was handed in, so that none counts twice; `id` is its keyed hash."""

    id = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)
