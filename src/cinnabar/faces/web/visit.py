"""The browser before anybody signed in: a cookie that claims are bound to (incident 2)."""

import hashlib

from django.http import HttpResponse

from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import address, cookie
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.secrets import Secret

VISIT = "__Host-visit"


def stranger(request: WebRequest) -> Stranger:
    """Return the browser, known again by its cookie or given one with the answer (`remember`)."""
    named = _name(_token(request))
    return Stranger(visit=named, address=address(request), channel=request.face.channel)


def remember(response: HttpResponse, request: WebRequest) -> None:
    """Give the browser the cookie by which `stranger` named it; it ends with the browser."""
    response.set_cookie(
        VISIT, _token(request).reveal(), secure=True, httponly=True, samesite="Strict"
    )


def _token(request: WebRequest) -> Secret:
    found = getattr(request, "visit_token", None) or cookie(request, VISIT)
    request.visit_token = found or Secret(request.env.dice.octets(32).hex())
    return request.visit_token


def _name(token: Secret) -> str:
    return hashlib.sha256(b"visit " + token.reveal().encode()).hexdigest()
