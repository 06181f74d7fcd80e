"""Signing in, and confirming, with a passkey: what the browser is asked, and its answer."""

from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.urls import path
from django.views.decorators.http import require_POST

from cinnabar.env import Env
from cinnabar.faces.web import offered, visit
from cinnabar.faces.web.answers import answer
from cinnabar.faces.web.inputs import Body, read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.step_up import stepped
from cinnabar.faces.web.views.second import entered
from cinnabar.faces.web.visitor import agent, remember, signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.login import passkey_sign_in
from cinnabar.login.stages import passkey_factor, second
from cinnabar.tokens.ceremony import Assertion

_CREDENTIAL, _CLIENT_DATA, _DATA, _SIGNATURE, _HANDLE = 1023, 4096, 4096, 1024, 64
"""Octets: an id and a handle have no more (WebAuthn L3, 7.1 and 5.4.3), RSA with 8192 bits signs
with 1024; the others are generous."""


def shown(request: WebRequest) -> Assertion:
    """Return what the browser showed; raise `Refused` for what has not its shape."""
    fields = ("credential", "client_data", "authenticator_data", "signature", "handle")
    body: Body = read_body(request, *fields)
    return Assertion(
        credential=body.octets("credential", most=_CREDENTIAL),
        client_data=body.octets("client_data", most=_CLIENT_DATA),
        authenticator_data=body.octets("authenticator_data", most=_DATA),
        signature=body.octets("signature", most=_SIGNATURE),
        handle=body.optional_octets("handle", most=_HANDLE) or b"",
    )


@require_POST
def ask(request: WebRequest) -> HttpResponse:
    """Say what the browser is to show, where it says itself whose it is."""
    read_body(request)
    stranger = visit.stranger(request)
    response = answer(passkey_sign_in.ask(request.env, stranger))
    visit.remember(response, request)
    return response


@require_POST
def prove(request: WebRequest) -> HttpResponse:
    """Sign in whoever the device says it is."""
    tokens = passkey_sign_in.sign_in(
        request.env,
        visit.stranger(request),
        shown(request),
        device=request.device_token,
        agent=agent(request),
    )
    rotate_token(request)
    response = answer({"next": offered.home(request.env.firm, request.face)})
    remember(request.face, response, tokens)
    return response


@require_POST
def ask_second(request: WebRequest, flow: str) -> HttpResponse:
    """Say what the browser is to show in the second stage."""
    read_body(request)
    stranger = visit.stranger(request)
    return answer(passkey_factor.ask_at_sign_in(request.env, stranger, flow))


@require_POST
def prove_second(request: WebRequest, flow: str) -> HttpResponse:
    """Go on from the right password."""
    env, stranger, sent = request.env, visit.stranger(request), shown(request)
    home = second.home(env, stranger, flow)
    tokens = passkey_factor.sign_in(env, stranger, flow, sent, request.device_token)
    return entered(request, tokens, home, as_json=True)


@require_POST
@signed_in
def ask_step_up(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Say what the browser is to show in a step-up."""
    read_body(request)
    return answer(passkey_factor.ask_at_step_up(env, visitor, flow))


@require_POST
@signed_in
def prove_step_up(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Step up and go back to where the customer was."""
    done = passkey_factor.go_on(env, visitor, flow, shown(request))
    return stepped(request, done, as_json=True)


urlpatterns = [
    path("sign-in/passkey", ask),
    path("sign-in/passkey/prove", prove),
    path("sign-in/second/<slug:flow>/passkey", ask_second),
    path("sign-in/second/<slug:flow>/passkey/prove", prove_second),
    path("step-up/<slug:flow>/passkey", ask_step_up),
    path("step-up/<slug:flow>/passkey/prove", prove_step_up),
]
