"""Sessions and devices. Their tokens rest as hashes only (SES-01)."""

from typing import ClassVar

from django.db import models

from cinnabar.customers.models import Customer


class Device(models.Model):
    """A browser that has signed in at least once; named by the hash of its cookie's series.

    The cookie's other half is a secret that changes at every sign-in: `secret` and `former` are
    the hashes of the present one and of the one before, "" for a cookie older than that. `seen`:
    a browser has come back with the present one.
    """

    id = models.CharField(primary_key=True, max_length=64)
    first_seen_at = models.DateTimeField()
    secret = models.CharField(max_length=64, blank=True, db_default="")
    former = models.CharField(max_length=64, blank=True, db_default="")
    rotated_at = models.DateTimeField(null=True)
    seen = models.BooleanField(db_default=False)
    root = models.CharField(max_length=64, blank=True, db_default="")
    ended_at = models.DateTimeField(null=True)


class KnownDevice(models.Model):
    """A device on which this customer has signed in (incident 18: bound to the customer).

    `remembered_until`: no second factor is asked there before, where the firm's policy allows;
    `ended_at`: he, or a sign of theft, has put an end to it.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    agent = models.CharField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    remembered_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Each customer knows a device once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "device"], name="known_device_once"),
        ]


class MailBar(models.Model):
    """Whose password was set by mail: no code by mail at the next sign-in (CONFLICT-2)."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    since = models.DateTimeField()


class Session(models.Model):
    """A signed-in customer on a device, until it ends.

    `password` names the stored password it began with, by which 相同 and 不同 are told (P114);
    `must_change`: it leads to the page where that is changed and nowhere else (P101). `amr` are
    its factors (RFC 8176), the latest proved at `proved_at`, or when it began. `agent` is what
    the browser says it is, cut; `address` where it signed in from. `ended_why` is a value of
    `sessions.Ending`, "" for sessions that an older version ended.
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
    address = models.CharField(max_length=64, blank=True, db_default="")
    agent = models.CharField(max_length=200, blank=True, db_default="")
    proved_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=16, blank=True, db_default="")

    class Meta:
        """A customer's open sessions are looked up together."""

        indexes: ClassVar = [
            models.Index(
                fields=["customer"], condition=models.Q(ended_at=None), name="session_open"
            ),
        ]
