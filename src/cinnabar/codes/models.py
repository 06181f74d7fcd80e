"""Codes that were sent, and runs of wrong tries."""

from typing import ClassVar

from django.db import models

from cinnabar.customers.models import Customer


class Code(models.Model):
    """A code that was sent for one act of one customer. Only its keyed hash rests (COD-11)."""

    OPEN, USED, DEAD = "open", "used", "dead"

    id = models.CharField(primary_key=True, max_length=26)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=16)
    flow = models.CharField(max_length=26)
    target = models.CharField(max_length=64)
    mac = models.BinaryField()
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=4)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        """One open code per customer and purpose: a new one kills the one before (P35)."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=models.Q(state="open"),
                name="code_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "used", "dead"]), name="code_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "purpose", "-asked_at"], name="code_latest"),
        ]


class Streak(models.Model):
    """How many wrong tries a customer made in a row, over all codes and days (COD-08)."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    wrong = models.PositiveIntegerField()


class Link(models.Model):
    """A secret that was mailed, as its keyed hash, and what it goes on with (RST-01)."""

    OPEN, USED, DEAD = "open", "used", "dead"

    id = models.CharField(primary_key=True, max_length=64)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=16)
    flow = models.CharField(max_length=26, blank=True)
    state = models.CharField(max_length=4)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """One live reissue mail and reset mail per customer; notices' answers live on."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=models.Q(state="open", purpose="reissue"),
                name="link_open_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=models.Q(state="open", purpose="reset"),
                name="link_reset_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "used", "dead"]), name="link_state"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "purpose"], name="link_of")]
