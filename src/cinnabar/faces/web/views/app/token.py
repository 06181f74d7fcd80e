"""啟用保安編碼器: the app becomes the customer's token, step by step (docs/flows/token.md)."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.app import statements
from cinnabar.faces.web.inputs import Body, Json, read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views import flows
from cinnabar.faces.web.views import token as own
from cinnabar.faces.web.visitor import agent, signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.soft import binding, binding_finish
from cinnabar.login.soft.binding import Stage

_KEY, _OTP, _SCANNED, _TYPED, _NAME = 256, 64, 128, 64, 64
_CAMERA = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


@require_safe
@signed_in
def token(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show the steps; the script finds out which of them this device is at."""
    who = customers.view(env, visitor.customer_id)
    policy = env.firm.token
    context = {
        **own.listed(request, env, visitor),
        "binding": {"subject": who.subject, "label": who.masked_identifier},
        "ways": policy.binding,
        "portal": f"{env.base_url}{own.HOME}",
        "id_label": env.firm.login.id_label[request.language],
    }
    response = page(request, "app/token.html", context)
    # The one page that reads a picture; everywhere else the camera stays forbidden.
    response["Permissions-Policy"] = _CAMERA
    return response


@require_POST
@signed_in
def begin(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Take the app's key; say which step is next."""
    signed, data = statements.signed(request, "public_key")
    key = Body(cast("Mapping[str, Json]", data)).octets("public_key", most=_KEY)
    stage = binding.begin(env, visitor, signed, key, agent=agent(request))
    return _staged(request, stage, signed.token)


@require_POST
@signed_in
def ask_code(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Send the SMS code."""
    read_body(request)
    sent = binding.ask_code(env, visitor, flow)
    return answer(
        {
            "sms": sent.sms,
            "email": sent.email,
            "resend_after": sent.resend_after,
            "expires_in": sent.expires_in,
            "length": sent.length,
            "alphabet": "digits",
        }
    )


@require_POST
@signed_in
def try_code(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Try it; the verdict was committed before it is said."""
    body = read_body(request, "code")
    return flows.tried(binding.try_code(env, visitor, flow, body.text("code", most=32)))


@require_POST
@signed_in
def put_pin(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Take what a new PIN gives, or the proof of the one that there is."""
    signed, data = statements.signed(request, "flow", "otp")
    body = _of_flow(data, flow)
    if body.fields.get("otp") is None:
        stage = binding.prove_pin(env, visitor, flow, signed)
    else:
        stage = binding.put_pin(env, visitor, flow, signed, body.octets("otp", most=_OTP))
    return _staged(request, stage, signed.token)


@require_POST
@signed_in
def mail_again(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Send another registration mail."""
    read_body(request)
    return _staged(request, binding.mail_again(env, visitor, flow), "")


@require_POST
@signed_in
def register(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Take the registration code, scanned or typed, and bind."""
    signed, data = statements.signed(request, "flow", "scanned", "identifier", "code")
    body = _of_flow(data, flow)
    scanned = body.optional("scanned", most=_SCANNED)
    if scanned is not None:
        binding_finish.by_scan(env, visitor, flow, signed, scanned)
    else:
        typed = (body.text("identifier", most=_NAME), body.text("code", most=_TYPED))
        binding_finish.by_typing(env, visitor, flow, signed, typed)
    return answer({"step": binding.DONE})


def _of_flow(data: Mapping[str, JsonValue], flow: str) -> Body:
    """Return the signed fields; refuse what was signed for another flow than it is sent to."""
    body = Body(cast("Mapping[str, Json]", data))
    if body.text("flow", most=26) != flow:
        raise Refused(Refusal.INPUT_MALFORMED, field="flow")
    return body


def _staged(request: WebRequest, stage: Stage, key: str) -> HttpResponse:
    said: dict[str, Any] = {"flow": stage.flow, "step": stage.step, "has_pin": stage.has_pin}
    if key:
        said["pair"] = own.pair(request, key)
    if stage.mailed:
        said |= {"mailed": stage.mailed.to, "resend_after": stage.mailed.resend_in}
    return answer(said)


_FLOW = "token/flows/<slug:flow>"

urlpatterns = [
    path("token/", token),
    path("token/begin", begin),
    path(f"{_FLOW}/code", ask_code),
    path(f"{_FLOW}/code/try", try_code),
    path(f"{_FLOW}/pin", put_pin),
    path(f"{_FLOW}/mail", mail_again),
    path(f"{_FLOW}/register", register),
]
