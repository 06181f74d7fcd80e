"""What an operator may want to know of certificates: what ends when, and what lies open.

Each answer costs the same however many certificates there are.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from cinnabar.certificates.models import Certificate, PublishedCrl, StatusAnswer
from cinnabar.certificates.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFact:
    """A published list. `seen_at` is when it was fetched back and found right."""

    name: str
    delta: bool
    entries: int
    this_update: datetime
    next_update: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Certificates that were intended and have no result yet; `since` is the oldest's time."""

    count: int
    since: datetime | None


def list_facts() -> tuple[ListFact, ...]:
    """Return the newest list of each name."""
    rows = PublishedCrl.objects.filter(der__isnull=False).defer("der").order_by("name")
    return tuple(
        ListFact(
            name=row.name,
            delta=row.delta,
            entries=row.entries,
            this_update=row.this_update,
            next_update=row.next_update,
            seen_at=row.seen_at,
        )
        for row in rows
    )


def oldest_answer(now: datetime) -> datetime | None:
    """Return when the first of the answers signed beforehand ends; None without any."""
    kept = StatusAnswer.objects.filter(certificate__not_after__gte=now)
    return kept.order_by("next_update").values_list("next_update", flat=True).first()


def open_intentions() -> Open:
    """Return what is being issued just now, or was left open by a crash."""
    being = Certificate.objects.filter(state=State.ISSUING)
    found = being.aggregate(count=Count("id"), since=Min("intended_at"))
    return Open(count=found["count"], since=found["since"])
