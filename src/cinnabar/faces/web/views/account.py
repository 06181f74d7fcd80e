"""帳戶安全: the overview, and where the customer is signed in."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import account, dates, devices
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views.sign_in import leave
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import open as sessions
from cinnabar.login.ending import end_everywhere, end_one, end_others

_SESSIONS = "/account/sessions/"
_SCOPES = ("others", "everywhere")


@require_safe
@signed_in
def overview(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Say how this session was opened and how long it lasts; lead to the rest."""
    this = sessions.open_sessions(env, visitor)[0]
    context = {
        "this": devices.row(request, this),
        "ends": _ends(request, visitor),
        "topics": account.topics(request),
    }
    return page(request, "account.html", context)


@require_safe
@signed_in
def own_sessions(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show every open session of the customer."""
    found = sessions.open_sessions(env, visitor)
    done = request.GET.get("done", "")
    context = {
        "rows": [devices.row(request, one) for one in found],
        "columns": [request.words.say(f"sessions.column.{name}") for name in devices.COLUMNS],
        "done": done if done in {"one", "others"} else "",
        "most": env.firm.login.sessions_max,
    }
    return page(request, "sessions.html", context)


@require_POST
@signed_in
def end(request: WebRequest, env: Env, visitor: Visitor, handle: str) -> HttpResponse:
    """End one of the customer's other sessions."""
    end_one(env, visitor, handle)
    return HttpResponseRedirect(request.face.at(f"{_SESSIONS}?done=one"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def end_many(request: WebRequest, env: Env, visitor: Visitor, scope: str) -> HttpResponse:
    """Ask first, then end all others, or all."""
    if scope not in _SCOPES:
        raise Refused(Refusal.NOT_FOUND)
    if request.method != "POST":
        return page(request, "sessions_end.html", {"scope": scope})
    if scope == "others":
        end_others(env, visitor)
        return HttpResponseRedirect(request.face.at(f"{_SESSIONS}?done=others"))
    end_everywhere(env, visitor)
    return leave(request)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def stay(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Say until when the session lasts. That somebody asked is a use of it, as every request is."""
    if request.content_type == "application/json" and request.method == "POST":
        read_body(request)
        ends, now = sessions.this_ends(env, visitor), env.clock.now()
        left = {"idle": ends.idle - now, "absolute": ends.absolute - now}
        return answer({name: int(span.total_seconds()) for name, span in left.items()})
    context = {"ends": _ends(request, visitor), "done": request.method == "POST"}
    return page(request, "stay.html", context)


def _ends(request: WebRequest, visitor: Visitor) -> dict[str, Any]:
    ends = sessions.this_ends(request.env, visitor)
    return {
        "idle": dates.instant(request.env, ends.idle),
        "absolute": dates.instant(request.env, ends.absolute),
    }


urlpatterns = [
    path("account/", overview),
    path("account/stay/", stay),
    path("account/sessions/", own_sessions),
    path("account/sessions/end-<slug:scope>/", end_many),
    path("account/sessions/<slug:handle>/end", end),
]
