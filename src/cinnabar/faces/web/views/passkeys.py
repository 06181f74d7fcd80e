"""通行密鑰: the passkeys of somebody signed in, and where password managers find the page."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import dates
from cinnabar.faces.web.answers import answer, page, told
from cinnabar.faces.web.inputs import form_text, read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import passkeys
from cinnabar.tokens import rules
from cinnabar.tokens.ceremony import TRANSPORTS, Creation
from cinnabar.tokens.queries import PasskeyView
from cinnabar.words.devices import device_in_words

HOME = "/account/passkeys/"

_TYPED = 200
"""Characters taken of a name; how many it may have is `rules.LONGEST_NAME`."""

_CREDENTIAL, _CLIENT_DATA, _ATTESTATION = 1023, 4096, 16 * 1024
"""Octets: a credential id has no more (WebAuthn L3, 7.1); the others are generous."""


@require_safe
@signed_in
def mine(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show the customer's passkeys, and where he makes one."""
    held = passkeys.mine(env, visitor)
    most = env.firm.login.second_factor.passkeys_max
    made = request.GET.get("made", "")
    context = {
        "passkeys": [_shown(request, one) for one in held],
        "made": next((one.name for one in held if one.id == made), ""),
        "full": len(held) >= most,
        "most": most,
        "origin": rules.origin(env.base_url),
        "at_domain": rules.offered(env.firm, env.base_url),
        "alone": rules.alone(env.firm, env.base_url),
        "longest": rules.LONGEST_NAME,
        "suggested": device_in_words(request.words, request.headers.get("User-Agent", "")),
    }
    return page(request, "passkeys.html", context)


@require_POST
@signed_in
def begin(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Say what the browser is to make."""
    read_body(request)
    return answer(passkeys.begin(env, visitor))


@require_POST
@signed_in
def finish(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Store what it made."""
    body = read_body(request, "credential", "client_data", "attestation", "transports", "name")
    made = Creation(
        credential=body.octets("credential", most=_CREDENTIAL),
        client_data=body.octets("client_data", most=_CLIENT_DATA),
        attestation=body.octets("attestation", most=_ATTESTATION),
        transports=tuple(body.texts("transports", most=32, count=2 * len(TRANSPORTS))),
    )
    name = body.text("name", most=_TYPED)
    return answer({"passkey": passkeys.register(env, visitor, made, name)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rename(request: WebRequest, env: Env, visitor: Visitor, passkey: str) -> HttpResponse:
    """Show one passkey; give it another name."""
    found = passkeys.one_of(env, visitor, passkey)
    if request.method != "POST":
        return _one(request, found)
    try:
        passkeys.rename(env, visitor, passkey, form_text(request, "name", most=_TYPED))
    except Refused as refused:
        return _one(request, found, refused)
    return HttpResponseRedirect(HOME)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: WebRequest, env: Env, visitor: Visitor, passkey: str) -> HttpResponse:
    """Ask whether a passkey is to go; let it go."""
    found = passkeys.to_remove(env, visitor, passkey)
    if request.method == "POST":
        passkeys.remove(env, visitor, passkey)
        return HttpResponseRedirect(HOME)
    last = passkeys.is_last(env, visitor, passkey)
    context = {"passkey": _shown(request, found), "last": last}
    return page(request, "passkey_remove.html", context)


@require_safe
def endpoints(request: WebRequest) -> HttpResponse:
    """Tell password managers where passkeys are made and managed (WEB-05)."""
    env = request.env
    if not rules.offered(env.firm, env.base_url):
        raise Refused(Refusal.NOT_FOUND)
    here = f"{env.base_url}{HOME}"
    return answer({"enroll": here, "manage": here})


def _one(request: WebRequest, found: PasskeyView, refused: Refused | None = None) -> HttpResponse:
    context = {
        "passkey": _shown(request, found),
        "typed": request.POST.get("name", "")[: rules.LONGEST_NAME] if refused else found.name,
        "longest": rules.LONGEST_NAME,
    }
    return told(request, "passkey.html", context, refused)


def _shown(request: WebRequest, one: PasskeyView) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "made": dates.instant(request.env, one.made_at),
        "used": dates.instant(request.env, one.used_at) if one.used_at else "",
        "where": request.words.say("passkeys.synced" if one.synced else "passkeys.one-device"),
        "verified": one.verified,
        "stopped": one.stopped,
    }


urlpatterns = [
    path("account/passkeys/", mine),
    path("account/passkeys/begin", begin),
    path("account/passkeys/finish", finish),
    path("account/passkeys/<slug:passkey>/", rename),
    path("account/passkeys/<slug:passkey>/remove/", remove),
    path(".well-known/passkey-endpoints", endpoints),
]
