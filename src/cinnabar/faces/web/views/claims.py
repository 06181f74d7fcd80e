"""What a browser does before anybody signed in: say who, and let a certificate here answer."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from cinnabar.centre import certificate
from cinnabar.env import Env
from cinnabar.faces.web import tables, visit
from cinnabar.faces.web.answers import answer
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal, Refused

_SIGNATURE, _TEXT = 16 * 1024, 26
_KINDS = {kind.value: kind for kind in (FlowKind.REISSUE, FlowKind.UNLOCK)}
_BEGIN_AGAIN = {Refusal.FLOW_CLOSED, Refusal.FLOW_OUT_OF_ORDER}


def claim(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pass the world and the browser to a view; say of a claim that is over how to begin again."""

    @wraps(view)
    def guarded(request: WebRequest, **parts: str) -> HttpResponse:
        try:
            return view(request, request.env, visit.stranger(request), **parts)
        except Refused as refused:
            if refused.refusal in _BEGIN_AGAIN:
                raise Refused(Refusal.CLAIM_CLOSED) from None
            raise

    return guarded


@require_POST
@claim
def challenge(
    request: WebRequest, env: Env, stranger: Stranger, kind: str, flow: str
) -> HttpResponse:
    """Give a challenge."""
    read_body(request)
    return answer({"challenge": certificate.challenge(env, stranger, _place(kind, flow))})


@require_POST
@claim
def share(request: WebRequest, env: Env, stranger: Stranger, kind: str, flow: str) -> HttpResponse:
    """Give the host's half of a key's wrapping; what nobody's claim gets opens nothing."""
    body = read_body(request, "share")
    named, device = body.text("share", most=_TEXT), request.device_token
    secret = certificate.share(env, stranger, _place(kind, flow), named, device)
    return answer({"secret": tables.b64(secret)})


@require_POST
@claim
def prove(request: WebRequest, env: Env, stranger: Stranger, kind: str, flow: str) -> HttpResponse:
    """Say whether a signed challenge shows a valid certificate of whom the claim names."""
    body = read_body(request, "challenge", "signature")
    text = body.text("challenge", most=_TEXT)
    signature = body.octets("signature", most=_SIGNATURE)
    valid = certificate.prove(env, stranger, _place(kind, flow), text, signature)
    return answer({"valid": valid})


def _place(kind: str, flow: str) -> certificate.Place:
    found = _KINDS.get(kind)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return certificate.Place(found, flow)


_CLAIM = "passwords/claims/<slug:kind>/<slug:flow>"

urlpatterns = [
    path(f"{_CLAIM}/challenge", challenge),
    path(f"{_CLAIM}/share", share),
    path(f"{_CLAIM}/certificate", prove),
]
