"""The page of announcements: for whoever comes, and more for whoever is signed in."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cinnabar.announcements import queries
from cinnabar.faces.web import dates, reader
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refusal, Refused

_FAR = 9
"""Digits of a page number; longer ones name no page."""


@require_safe
def announcements(request: WebRequest) -> HttpResponse:
    """Show what the visitor is told now, newest first, `?page=` by page."""
    wanted = request.GET.get("page", "1")
    if not (wanted.isascii() and wanted.isdigit()):
        raise Refused(Refusal.INPUT_MALFORMED, field="page")
    who = reader.of(request)
    found = (
        queries.shown_to(request.env, who, request.language, page=int(wanted))
        if len(wanted) <= _FAR
        else None
    )
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    items = [{"said": one, "since": dates.day(request.env, one.since)} for one in found.items]
    context = {
        "items": items,
        "newer": found.page - 1,
        "older": found.page + 1 if found.page < found.pages else 0,
        "here": found.page,
        "pages": found.pages,
    }
    return page(request, "announcements.html", context)
