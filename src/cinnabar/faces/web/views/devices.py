"""認得的裝置 and 登入紀錄: where the customer is known, and when he, or somebody, signed in."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import devices
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.inputs import query_number
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views.sign_in import leave
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import own_devices, past

_DEVICES = "/account/devices/"
_HANDLE, _PAGE = 18, 4
"""Digits that the number of a device, and that of a page, can have."""


@require_safe
@signed_in
def known(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show every device that the customer is known on."""
    days = env.firm.login.second_factor.remember.days
    shown = [name for name in devices.KNOWN_COLUMNS if days or name != "second"]
    context = {
        "rows": [devices.known_row(request, one) for one in own_devices.own(env, visitor)],
        "columns": [request.words.say(f"devices.column.{name}") for name in shown],
        "done": "done" in request.GET,
        "days": days,
    }
    return page(request, "devices.html", context)


@require_POST
@signed_in
def end(request: WebRequest, env: Env, visitor: Visitor, handle: str) -> HttpResponse:
    """Make one of them a stranger; whoever ends the one he sits at is signed out."""
    if not (handle.isascii() and handle.isdigit() and len(handle) <= _HANDLE):
        raise Refused(Refusal.NOT_FOUND)
    if own_devices.end(env, visitor, int(handle)):
        return leave(request)
    return HttpResponseRedirect(f"{_DEVICES}?done")


@require_safe
@signed_in
def history(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show a page of the customer's sign-ins, newest first (`?page=`)."""
    number = query_number(request, "page", digits=_PAGE) or 1
    found = past.own_page(env, visitor, number)
    if number > 1 and not found.sign_ins:
        raise Refused(Refusal.NOT_FOUND)
    context = {
        "rows": [devices.past_row(request, one) for one in found.sign_ins],
        "columns": [request.words.say(f"past.column.{name}") for name in devices.PAST_COLUMNS],
        "number": number,
        "newer": number - 1,
        "older": number + 1 if found.has_older else None,
        "days": past.KEPT.days,
    }
    return page(request, "past.html", context)


urlpatterns = [
    path("account/devices/", known),
    path("account/devices/<slug:handle>/end", end),
    path("account/history/", history),
]
