"""生物認證服務 in the app: how it stands, the terms, switching it on and off (P224 to P228)."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import dates
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.app import statements
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.login.soft import biometrics
from cinnabar.login.soft.biometrics import Wish
from cinnabar.tokens.ceremony import TRANSPORTS, Creation
from cinnabar.tokens.soft.platform import BiometricsView
from cinnabar.tokens.soft.terms import terms

_TONES = {"on": " good", "suspended": " bad"}

_HASH = 64
_CREDENTIAL, _CLIENT_DATA, _ATTESTATION = 1023, 4096, 16 * 1024
"""Octets, as of every passkey (views/passkeys.py)."""


@require_safe
@signed_in
def mine(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show how biometrics stand on this device, and what they are."""
    found = biometrics.here(env, visitor)
    say = request.words.say
    state = found.standing.state if found else ""
    context = {
        "token_name": env.firm.token.name[request.words.language],
        "at_domain": biometrics.has_domain(env),
        "state_name": state,
        "state": say(f"biometrics.{state or 'off'}"),
        "tone": _TONES.get(state, ""),
        "switched_off": "off" in request.GET and not state,
        "causes": [f"biometrics.cause-{one}" for one in env.firm.token.suspend_biometrics],
        "terms": terms(env, request.words.language),
        **(_of(request, found) if found else {}),
    }
    return page(request, "app/biometrics.html", context)


@require_POST
@signed_in
def begin(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Take the terms and the PIN; say what the device is to make."""
    signed, data = statements.signed(request, "terms")
    return answer(
        biometrics.begin(env, visitor, signed, _wish(request, str(data.get("terms", ""))))
    )


@require_POST
@signed_in
def finish(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Store what it made."""
    fields = ("terms", "credential", "client_data", "attestation", "transports")
    body = read_body(request, *fields)
    made = Creation(
        credential=body.octets("credential", most=_CREDENTIAL),
        client_data=body.octets("client_data", most=_CLIENT_DATA),
        attestation=body.octets("attestation", most=_ATTESTATION),
        transports=tuple(body.texts("transports", most=32, count=2 * len(TRANSPORTS))),
    )
    biometrics.finish(env, visitor, made, _wish(request, body.text("terms", most=_HASH)))
    return answer({})


@require_POST
@signed_in
def switch_off(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Switch biometrics off, with the PIN."""
    signed, _ = statements.signed(request)
    biometrics.switch_off(env, visitor, signed)
    return answer({})


def _wish(request: WebRequest, agreed: str) -> Wish:
    return Wish(terms=agreed, language=request.words.language)


def _of(request: WebRequest, found: BiometricsView) -> dict[str, Any]:
    env, stands = request.env, found.standing
    return {
        "token": found.key_id,
        "agreed": found.terms,
        "why": f"biometrics.why-{stands.why}" if stands.why else "",
        "since": dates.instant(env, found.since) if found.since and stands.state else "",
        "used": dates.instant(env, found.used_at) if found.used_at and stands.state else "",
    }


urlpatterns = [
    path("biometrics/", mine),
    path("biometrics/begin", begin),
    path("biometrics/finish", finish),
    path("biometrics/off", switch_off),
]
