"""Proving once more that it is you: choose a way, type a code, let the certificate sign."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import factor_pages, tables
from cinnabar.faces.web.answers import answer, told
from cinnabar.faces.web.face import APP
from cinnabar.faces.web.inputs import form_text, read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.step_up import at, back_from, stepped
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.actions import steps
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.soft import bound_factor
from cinnabar.login.stages import factor_certificate, factor_codes, step_up

_PATH, _TYPED, _TEXT, _SIGNATURE = 200, 32, 26, 16 * 1024

_NOT_HERE = {Refusal.FLOW_CLOSED, Refusal.SIGNED_OUT}
"""Refusals after which there is nothing to show of this step-up any more."""


@require_POST
@signed_in
def begin(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Begin one, from the page on which something was refused."""
    back = back_from(request.face, form_text(request, "back", most=_PATH))
    return HttpResponseRedirect(at(request, step_up.begin(env, visitor, back).id))


@require_safe
@signed_in
def choose(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Show what the firm accepts and what the customer has of it."""
    step_up.at_step(env, visitor, flow)
    return _choice(request, visitor, flow)


@require_POST
@signed_in
def ask(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Send a code, or another."""
    try:
        step_up.ask_code(env, visitor, flow, form_text(request, "method", most=_TYPED))
    except Refused as refused:
        return _refused(request, visitor, flow, refused)
    return HttpResponseRedirect(f"{at(request, flow)}code/")


@require_safe
@signed_in
def code(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Say where the code went and how long it counts."""
    view = step_up.at_step(env, visitor, flow)
    if factor_codes.waiting(env, visitor, view) is None:
        return HttpResponseRedirect(at(request, flow))
    return _code(request, visitor, flow)


@require_POST
@signed_in
def try_code(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Try the code; the right one leads back."""
    try:
        done = step_up.try_code(env, visitor, flow, form_text(request, "code", most=_TYPED))
    except Refused as refused:
        return _refused(request, visitor, flow, refused)
    return stepped(request, done)


@require_POST
@signed_in
def challenge(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Give the certificate something to sign."""
    read_body(request)
    step_up.at_step(env, visitor, flow)
    return answer({"challenge": factor_certificate.challenge(env, visitor, flow)})


@require_POST
@signed_in
def share(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Give the host's half of a key's wrapping; any other device gets what opens nothing."""
    named = read_body(request, "share").text("share", most=_TEXT)
    view = step_up.at_step(env, visitor, flow)
    secret = factor_certificate.share(env, visitor, view, named, request.device_token)
    return answer({"secret": tables.b64(secret)})


@require_POST
@signed_in
def certificate(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Take what it signed; this customer's own leads back."""
    body = read_body(request, "challenge", "signature")
    signed = (body.text("challenge", most=_TEXT), body.octets("signature", most=_SIGNATURE))
    done = step_up.by_certificate(env, visitor, flow, signed)
    return stepped(request, done, as_json=True) if done else answer({"valid": False})


@require_POST
@signed_in
def leave(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Give it up and go back."""
    del request
    back = step_up.at_step(env, visitor, flow).facts[step_up.BACK]
    steps.abandon(env, visitor, flow)
    return HttpResponseRedirect(back)


def _refused(request: WebRequest, visitor: Visitor, flow: str, refused: Refused) -> HttpResponse:
    """Say what was refused where the customer is: at the code, before the first at the choice."""
    if refused.refusal in _NOT_HERE:
        raise refused
    view = step_up.at_step(request.env, visitor, flow)
    if factor_codes.waiting(request.env, visitor, view) is None:
        return _choice(request, visitor, flow, refused)
    return _code(request, visitor, flow, refused)


def _choice(
    request: WebRequest, visitor: Visitor, flow: str, refused: Refused | None = None
) -> HttpResponse:
    offered = step_up.offered(request.env, visitor)
    context = {
        "ways": factor_pages.ways(request, offered),
        "usable": any(not one.why for one in offered),
        "bound": _bound(request, visitor),
        "stepping": True,
        "place": at(request, flow),
    }
    return told(request, "step_up.html", context, refused)


def _bound(request: WebRequest, visitor: Visitor) -> str:
    """Return the key of this device's own token, in the app; "" where there is none."""
    if request.face is not APP:
        return ""
    return bound_factor.here(request.env, visitor, request.device_token)


def _code(
    request: WebRequest, visitor: Visitor, flow: str, refused: Refused | None = None
) -> HttpResponse:
    view = step_up.at_step(request.env, visitor, flow)
    context = {
        "sent": factor_codes.waiting(request.env, visitor, view),
        "minutes": round(request.env.firm.sign_in_code.ttl.total_seconds() / 60),
        "place": at(request, flow),
        "stepping": True,
    }
    return told(request, "step_up_code.html", context, refused)


_FLOW = "step-up/<slug:flow>"

urlpatterns = [
    path("step-up/", begin),
    path(f"{_FLOW}/", choose),
    path(f"{_FLOW}/ask", ask),
    path(f"{_FLOW}/code/", code),
    path(f"{_FLOW}/try", try_code),
    path(f"{_FLOW}/challenge", challenge),
    path(f"{_FLOW}/share", share),
    path(f"{_FLOW}/certificate", certificate),
    path(f"{_FLOW}/leave", leave),
]
