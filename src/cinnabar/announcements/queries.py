"""Announcements as faces and operators see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from cinnabar.announcements.models import Announcement, Wording
from cinnabar.announcements.rules import Piece, Reader, audiences, paragraphs
from cinnabar.announcements.vocabulary import Audience
from cinnabar.env import Env

PAGE = 10
"""Announcements on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An announcement in a reader's language. `language` is another one where it lacks that."""

    number: int
    language: str
    title: str
    paragraphs: tuple[tuple[Piece, ...], ...]
    since: datetime
    important: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of announcements, newest first; pages count from 1, and there is always one."""

    items: tuple[Shown, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An announcement as operators list it; `state` is waiting, shown, over or withdrawn."""

    number: int
    state: str
    audience: Audience
    important: bool
    shown_from: datetime
    shown_until: datetime | None
    title: str


def shown_to(env: Env, reader: Reader, language: str, *, page: int = 1) -> Listing | None:
    """Return a page of what `reader` is told now; None if there are fewer pages."""
    rows = _current(env, reader)
    pages = max(1, -(-rows.count() // PAGE))
    if not 1 <= page <= pages:
        return None
    found = rows.prefetch_related("wordings")[(page - 1) * PAGE : page * PAGE]
    items = tuple(_shown(env, row, language) for row in found)
    return Listing(items=items, page=page, pages=pages)


def newest_important(env: Env, reader: Reader, language: str) -> Shown | None:
    """Return the important announcement that came last, if `reader` is told any now."""
    row = _current(env, reader).filter(important=True).prefetch_related("wordings").first()
    return _shown(env, row, language) if row else None


def every(env: Env, language: str) -> Iterator[Standing]:
    """Yield all announcements there ever were, newest first."""
    for row in Announcement.objects.order_by("-id").prefetch_related("wordings"):
        yield Standing(
            number=row.pk,
            state=_state(row, env.clock.now()),
            audience=Audience(row.audience),
            important=row.important,
            shown_from=row.shown_from,
            shown_until=row.shown_until,
            title=_wording(env, row, language).title,
        )


def _current(env: Env, reader: Reader) -> QuerySet[Announcement]:
    now = env.clock.now()
    return Announcement.objects.filter(
        Q(shown_until=None) | Q(shown_until__gt=now),
        withdrawn_at=None,
        shown_from__lte=now,
        audience__in=audiences(reader),
    ).order_by("-shown_from", "-id")


def _state(row: Announcement, now: datetime) -> str:
    if row.withdrawn_at:
        return "withdrawn"
    if row.shown_from > now:
        return "waiting"
    return "over" if row.shown_until and row.shown_until <= now else "shown"


def _shown(env: Env, row: Announcement, language: str) -> Shown:
    wording = _wording(env, row, language)
    return Shown(
        number=row.pk,
        language=wording.language,
        title=wording.title,
        paragraphs=paragraphs(wording.text),
        since=row.shown_from,
        important=row.important,
    )


def _wording(env: Env, row: Announcement, language: str) -> Wording:
    """Return what `row` says in `language`; a firm that speaks more now said less before."""
    said = {one.language: one for one in row.wordings.all()}
    usual = said.get(env.firm.identity.locale) or next(iter(said.values()))
    return said.get(language, usual)
