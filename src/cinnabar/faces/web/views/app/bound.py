"""The bound device at the app's doors: alone by its PIN, after the password by its key."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from cinnabar.env import Env
from cinnabar.faces.web import offered, visit
from cinnabar.faces.web.app import statements
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.step_up import stepped
from cinnabar.faces.web.views.second import entered
from cinnabar.faces.web.visitor import agent, signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.login.soft import bound_device, bound_factor
from cinnabar.login.soft.bound_device import Browser
from cinnabar.login.stages import second


@require_POST
def alone(request: WebRequest) -> HttpResponse:
    """登入: the PIN of this device's token, or biometrics, instead of the password."""
    signed, _, shown = statements.shown(request)
    browser = Browser(
        stranger=visit.stranger(request), device=request.device_token, agent=agent(request)
    )
    if shown is None:
        tokens = bound_device.by_pin(request.env, browser, signed)
    else:
        tokens = bound_device.by_biometrics(request.env, browser, signed, shown)
    return entered(request, tokens, offered.home(request.env.firm, request.face), as_json=True)


@require_POST
def after_password(request: WebRequest, flow: str) -> HttpResponse:
    """按登入即完成: the key of this device after the right password, nothing typed."""
    env, stranger = request.env, visit.stranger(request)
    signed, _ = statements.signed(request, "flow")
    home = second.home(env, stranger, flow)
    tokens = bound_factor.sign_in(env, stranger, flow, signed, request.device_token)
    return entered(request, tokens, home, as_json=True)


@require_POST
@signed_in
def anew(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Step up by the PIN of this device's token, or by biometrics."""
    signed, _, shown = statements.shown(request, "flow")
    done = bound_factor.go_on(env, visitor, flow, (signed, shown), request.device_token)
    return stepped(request, done, as_json=True)


urlpatterns = [
    path("sign-in/device", alone),
    path("sign-in/second/<slug:flow>/device", after_password),
    path("step-up/<slug:flow>/device", anew),
]
