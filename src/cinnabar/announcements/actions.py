"""Publish an announcement and take one back: each with its journal row, in one transaction."""

from django.db import IntegrityError, transaction

from cinnabar.announcements.models import Announcement, Wording
from cinnabar.announcements.rules import Notice, digest
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue


def publish(env: Env, notice: Notice, *, by: str) -> int | None:
    """Publish `notice`; return its number, or None if the same stands published already."""
    said = digest(notice)
    try:
        with transaction.atomic():
            row = Announcement.objects.create(
                audience=notice.audience,
                important=notice.important,
                shown_from=notice.shown_from,
                shown_until=notice.shown_until,
                digest=said,
                published_at=env.clock.now(),
            )
            Wording.objects.bulk_create(
                Wording(announcement=row, language=language, title=one.title, text=one.text)
                for language, one in notice.wordings.items()
            )
            details: dict[str, JsonValue] = {"number": row.pk, "digest": said}
            _note(env, Event.ANNOUNCEMENT_PUBLISHED, by, details)
    except IntegrityError:
        # The unique constraint decides, so that two operators publish it once.
        if Announcement.objects.filter(digest=said, withdrawn_at=None).exists():
            return None
        raise
    return row.pk


def withdraw(env: Env, number: int, *, by: str) -> bool:
    """Show an announcement no more; tell whether it was published until now. The row stays."""
    with transaction.atomic():
        standing = Announcement.objects.filter(pk=number, withdrawn_at=None)
        if not standing.update(withdrawn_at=env.clock.now()):
            return False
        _note(env, Event.ANNOUNCEMENT_WITHDRAWN, by, {"number": number})
    return True


def _note(env: Env, event: Event, by: str, details: dict[str, JsonValue]) -> None:
    record(env, event, subject=None, by=by, channel="cli", details=details)
