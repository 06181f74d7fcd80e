"""What an operator may want to know of the journal: is it sealed, and up to when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from cinnabar.journal.models import Checkpoint, Entry, TreeState


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFact:
    """How far the journal is sealed.

    `checkpoint_at` is when the newest checkpoint was signed, `unsigned` how many entries have a
    place that no checkpoint covers, `waiting` how many have no place yet, the oldest of them
    written at `since`; `newest_at` is the time of the newest entry.
    """

    checkpoint_at: datetime | None
    unsigned: int
    waiting: int
    since: datetime | None
    newest_at: datetime | None


def journal_fact() -> JournalFact:
    """Return how far the journal is sealed now."""
    newest = Checkpoint.objects.order_by("-size").values_list("size", "at").first()
    size, at = newest or (0, None)
    grown = TreeState.objects.values_list("size", flat=True).first() or 0
    waiting = Entry.objects.filter(leaf_index__isnull=True)
    found = waiting.aggregate(count=Count("id"), since=Min("at"))
    last = Entry.objects.order_by("-id").values_list("at", flat=True).first()
    return JournalFact(
        checkpoint_at=at,
        unsigned=max(grown - size, 0),
        waiting=found["count"],
        since=found["since"],
        newest_at=last,
    )
