"""Counts per day, and waits."""

from typing import ClassVar

from django.db import models


class Tally(models.Model):
    """How often `what` happened to `whom` on `day`, the firm's calendar day."""

    what = models.CharField(max_length=32)
    whom = models.CharField(max_length=64, blank=True)
    day = models.DateField()
    n = models.PositiveIntegerField()

    class Meta:
        """One row per count, never below nothing."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["what", "whom", "day"], name="tally_once"),
            models.CheckConstraint(condition=models.Q(n__gte=0), name="tally_not_negative"),
        ]


class Pause(models.Model):
    """Until when `whom` waits before his next try at `what`."""

    what = models.CharField(max_length=32)
    whom = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    class Meta:
        """One wait of each."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["what", "whom"], name="pause_once"),
        ]
