"""檢查憑證 and 憑證修復: what a device holds, against what the host knows."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.certificates import challenges, queries
from cinnabar.certificates.actions import check as action
from cinnabar.env import Env
from cinnabar.faces.web import tables
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor

_SIGNATURE, _TEXT, _SHARES = 16 * 1024, 26, 100


@require_safe
@signed_in
def check(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show where the certificates of this computer are checked."""
    del env, visitor
    return page(request, "check.html", {})


@require_POST
@signed_in
def challenge(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Give a challenge."""
    read_body(request)
    return answer({"challenge": challenges.make(env, visitor)})


@require_POST
@signed_in
def verify(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Say what the host sees of a signed challenge."""
    body = read_body(request, "challenge", "signature")
    found = action.check(
        env,
        visitor,
        body.text("challenge", most=_TEXT),
        body.octets("signature", most=_SIGNATURE),
    )
    lines = [{"says": line.value, "tone": line.tone.value} for line in found.lines]
    return answer({"serial": found.serial, "days_left": found.days_left, "lines": lines})


@require_safe
@signed_in
def repair(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show where what is left of interrupted work is put right."""
    del env, visitor
    return page(request, "repair.html", {})


@require_POST
@signed_in
def look(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Answer what the host has of the key shares that a device knows."""
    body = read_body(request, "shares")
    named = body.texts("shares", most=_TEXT, count=_SHARES)
    return answer(
        {
            "host": tables.host(env, visitor, queries.host_facts(visitor)),
            "shares": {
                share: {
                    "usable": fact.usable,
                    "state": fact.state.value if fact.state else None,
                    "certificate": tables.b64(fact.der) if fact.der else None,
                    "chain": tables.chain(env, fact.generation),
                }
                for share, fact in queries.share_facts(visitor, named).items()
            },
        }
    )


urlpatterns = [
    path("certificates/check/", check),
    path("certificates/check/challenge", challenge),
    path("certificates/check/verify", verify),
    path("certificates/repair/", repair),
    path("certificates/repair/look", look),
]
