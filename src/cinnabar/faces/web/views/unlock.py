"""密碼解鎖: who it is, a certificate of this browser, and the lock is lifted (G24)."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.centre import unlock as action
from cinnabar.centre.identify import identify
from cinnabar.env import Env
from cinnabar.faces.web import robot, visit
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views.claims import claim
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal, Refused

_TYPED = 32


@require_safe
def unlock(request: WebRequest) -> HttpResponse:
    """Show where a lock is lifted."""
    _insist_it_is_offered(request.env)
    firm = request.env.firm
    context: dict[str, Any] = {
        "typed": {},
        "demo": request.options.demo,
        "first": firm.login.max_wrong,
        "final": firm.lock.final_wrong,
        "more": firm.lock.final_wrong - firm.login.max_wrong,
    }
    return page(request, "unlock.html", context)


@require_POST
def begin(request: WebRequest) -> HttpResponse:
    """Take identifier and birth date; any pair of the right shape leads on."""
    _insist_it_is_offered(request.env)
    robot.require(request, "unlock")
    body = read_body(request, "identifier", "birth")
    typed = (body.text("identifier", most=_TYPED), body.text("birth", most=_TYPED))
    flow = identify(request.env, visit.stranger(request), FlowKind.UNLOCK, *typed)
    response = answer({"flow": flow.id})
    visit.remember(response, request)
    return response


@require_POST
@claim
def lift(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """立即解鎖: lift the lock if a certificate was proved."""
    read_body(request)
    action.on_page(env, stranger, flow)
    return answer({"unlocked": True})


def _insist_it_is_offered(env: Env) -> None:
    if not env.firm.lock.unlock_online:
        raise Refused(Refusal.NOT_FOUND)


urlpatterns = [
    path("passwords/unlock/", unlock),
    path("passwords/unlock/begin", begin),
    path("passwords/unlock/<slug:flow>/lift", lift),
]
