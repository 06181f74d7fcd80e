"""The app as a device: what it is to sign, another PIN, offline codes, and its end."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import visit
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.app import statements
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.fresh import require
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.soft import owner, proving, queries


@require_POST
def challenge(request: WebRequest) -> HttpResponse:
    """Give the device something to sign, for this session or before anybody signed in."""
    read_body(request)
    response = answer({"challenge": proving.challenge(request.env, statements.bearer(request))})
    if request.visitor is None:
        visit.remember(response, request)
    return response


@require_safe
def code(request: WebRequest) -> HttpResponse:
    """離線編碼: shown by the device alone; the page is the same for everybody."""
    return page(request, "app/code.html", {})


@require_safe
@signed_in
def change(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """變更 PIN: ask for the present one and another."""
    del env
    return page(request, "app/pin.html", _mine(visitor))


@require_POST
@signed_in
def put(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Take another PIN's secret, signed by the device and proved by the present PIN."""
    signed, data = statements.signed(request, "secret")
    secret = data.get("secret")
    if not isinstance(secret, str):
        raise Refused(Refusal.INPUT_MISSING, field="secret")
    owner.change_pin(env, visitor, statements.bearer(request), signed, secret)
    return answer({"changed": True})


@require_safe
@signed_in
def clearing(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """清除: say what is lost, after a step-up where the firm wants one."""
    if env.firm.token.clear_asks_step_up:
        require(env, visitor, Assurance.TWO)
    return page(request, "app/clear.html", _mine(visitor))


@require_POST
@signed_in
def clear(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """End the token of this device; the device forgets it after the answer."""
    read_body(request)
    owner.clear(env, visitor)
    return answer({"cleared": True})


def _mine(visitor: Visitor) -> dict[str, object]:
    mine = queries.on_device(visitor.customer_id, visitor.device)
    return {"token": mine, "key": mine.key_id if mine else ""}


urlpatterns = [
    path("device/challenge", challenge),
    path("device/pin/", change),
    path("device/pin/change", put),
    path("device/clear/", clearing),
    path("device/clear/now", clear),
    path("code/", code),
]
