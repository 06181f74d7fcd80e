"""Announcements as they rest: one row each, and one more for each language it is said in."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from cinnabar.announcements.vocabulary import Audience

_DIGEST = 64
TITLE, TEXT = 80, 4000
"""The longest title and text, in characters."""


class Announcement(models.Model):
    """When it is shown, to whom, and whether it matters now.

    It is shown from `shown_from` until before `shown_until`, or for good if that is empty.
    `digest` is the SHA-256, in hex, of what it says (`rules.digest`): the same is published once.
    A row that was withdrawn stays.
    """

    audience = models.CharField(max_length=12)
    important = models.BooleanField()
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField(null=True)
    digest = models.CharField(max_length=_DIGEST)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """The same announcement does not stand twice; it ends after it begins."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=models.Q(withdrawn_at=None),
                name="announcement_once",
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=[a.value for a in Audience]),
                name="announcement_audience",
            ),
            models.CheckConstraint(
                condition=models.Q(shown_until=None)
                | models.Q(shown_until__gt=models.F("shown_from")),
                name="announcement_ends_later",
            ),
            models.CheckConstraint(
                condition=Exact(Length("digest"), _DIGEST), name="announcement_digest"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-shown_from", "-id"],
                condition=models.Q(withdrawn_at=None),
                name="announcement_newest",
            ),
        ]


class Wording(models.Model):
    """What an announcement says in one language: plain text, paragraphs parted by blank lines."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="wordings", db_index=False
    )
    language = models.CharField(max_length=16)
    title = models.CharField(max_length=TITLE)
    text = models.CharField(max_length=TEXT)

    class Meta:
        """Once per language, and never without words."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["announcement", "language"], name="wording_once"),
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(text=""), name="wording_not_blank"
            ),
        ]
