"""Own certificates: every one ever issued to the visitor, and what the journal proves of it."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from cinnabar.certificates import history
from cinnabar.certificates.proved import Standing
from cinnabar.certificates.rules import displayed_serial
from cinnabar.env import Env
from cinnabar.faces.web import past
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.inputs import query_number
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused

_PAGE, _SIZE = 4, 18
"""Digits that the number of a page, and that of a journal's entries, can have."""


@require_safe
@signed_in
def certificates(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show a page of the visitor's certificates, newest first (`?page=`)."""
    number = query_number(request, "page", digits=_PAGE) or 1
    found = history.own_page(env, visitor, request.options.journal_keys, number)
    if number > 1 and not found.certificates:
        raise Refused(Refusal.NOT_FOUND)
    return page(request, "history.html", {"page": past.table(request, found)})


@require_safe
@signed_in
def certificate(request: WebRequest, env: Env, visitor: Visitor, serial: str) -> HttpResponse:
    """Show one certificate of the visitor with all that happened to it."""
    found, checkpoint = history.own(env, visitor, request.options.journal_keys, serial)
    context = {
        "one": past.whole(request, found),
        "columns": past.event_columns(request),
        "proof": past.proof(request, found.standing, checkpoint),
        "has_receipt": any(e.standing is Standing.INCLUDED for e in found.events),
    }
    return page(request, "history_one.html", context)


@require_safe
@signed_in
def receipt(request: WebRequest, env: Env, visitor: Visitor, serial: str) -> HttpResponse:
    """Hand out the receipt, to be kept; `?since=` is the size of an earlier checkpoint."""
    since = query_number(request, "since", digits=_SIZE)
    keys = request.options.journal_keys
    response = HttpResponse(
        history.receipt(env, visitor, keys, serial, since=since),
        content_type="application/json; charset=utf-8",
    )
    name = f"receipt-{displayed_serial(serial)}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_ONE = "certificates/history/<slug:serial>/"

urlpatterns = [
    path("certificates/history/", certificates),
    path(_ONE, certificate),
    path(f"{_ONE}receipt", receipt),
]
