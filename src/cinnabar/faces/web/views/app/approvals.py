"""The app's approvals: what waits, and the customer's answer. The device proves itself each time.

No session is needed: whoever is woken on the street answers with key and PIN alone. And a session
alone shows nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.faces.web import dates
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.app import statements
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.soft import approvals, denied
from cinnabar.login.soft.approvals import Data

_SHOWN = ("approval", "flow", "act", "site", "asked_at", "region", "browser", "system")
"""What the app has shown of an approval: signed over, and made anew here to compare."""


@require_safe
def show(request: WebRequest) -> HttpResponse:
    """Show the page; what waits is pulled by the device."""
    token = request.env.firm.token
    context = {"digits": token.approval_digits, "pin_max": token.pin_max}
    return page(request, "app/approvals.html", context)


@require_POST
def waiting(request: WebRequest) -> HttpResponse:
    """Say what waits for the device's customer."""
    signed, _ = statements.signed(request)
    found = approvals.waiting(request.env, statements.bearer(request), signed)
    return answer({"approvals": [{**one, "at": _at(request, one)} for one in found]})


@require_POST
def approve(request: WebRequest) -> HttpResponse:
    """Take the number, with the PIN's proof or what biometrics showed."""
    signed, data, shown = statements.shown(request, *_SHOWN, "number")
    asked = (_text(data, "approval"), _text(data, "number"))
    opened = approvals.opened(shown)
    approvals.approve(request.env, statements.bearer(request), signed, asked, opened)
    return answer({"done": True})


@require_POST
def cancel(request: WebRequest) -> HttpResponse:
    """End one; the page over there goes on another way."""
    signed, data = statements.signed(request, *_SHOWN)
    name = _text(data, "approval")
    approvals.cancel(request.env, statements.bearer(request), signed, name)
    return answer({"done": True})


@require_POST
def deny(request: WebRequest) -> HttpResponse:
    """這不是我: end it, and let staff look."""
    signed, data = statements.signed(request, *_SHOWN)
    denied.deny(request.env, statements.bearer(request), signed, _text(data, "approval"))
    return answer({"done": True})


def _at(request: WebRequest, one: Data) -> str:
    return dates.instant(request.env, datetime.fromisoformat(_text(one, "asked_at")))


def _text(data: Mapping[str, JsonValue], name: str) -> str:
    found = data.get(name)
    if not isinstance(found, str):
        raise Refused(Refusal.INPUT_MALFORMED, field=name)
    return found


urlpatterns = [
    path("approvals/", show),
    path("approvals/waiting", waiting),
    path("approvals/approve", approve),
    path("approvals/cancel", cancel),
    path("approvals/deny", deny),
]
