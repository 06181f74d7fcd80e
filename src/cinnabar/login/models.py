"""Sessions and devices. Their tokens rest as hashes only (SES-01)."""

from typing import ClassVar

from django.db import models

from cinnabar.customers.models import Customer


class Device(models.Model):
    """A browser that has signed in at least once; named by the hash of its cookie."""

    id = models.CharField(primary_key=True, max_length=64)
    first_seen_at = models.DateTimeField()


class Session(models.Model):
    """A signed-in customer on a device, until it ends.

    `password` names the stored password it began with, by which 相同 and 不同 are told (P114);
    `must_change`: it leads to the page where that is changed and nowhere else (P101).
    """

    id = models.CharField(primary_key=True, max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=16)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    amr = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    before_at = models.DateTimeField(null=True)
    password = models.BigIntegerField(null=True)
    must_change = models.BooleanField(db_default=False)

    class Meta:
        """A customer's open sessions are looked up together."""

        indexes: ClassVar = [
            models.Index(
                fields=["customer"], condition=models.Q(ended_at=None), name="session_open"
            ),
        ]
