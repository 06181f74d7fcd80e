"""保安編碼器: the customer's soft tokens, on both faces, and the code for a new one."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import dates, pictures
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel import qr
from cinnabar.login.soft import own_tokens
from cinnabar.login.soft.own_tokens import OwnToken
from cinnabar.messages.letters import grouped
from cinnabar.tokens.soft import words
from cinnabar.words.devices import device_in_words

HOME = "/account/token/"
_DONE = frozenset({"suspended", "removed"})


@require_safe
@signed_in
def mine(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show the customer's tokens, and what can be done with each."""
    return page(request, "tokens.html", listed(request, env, visitor))


def listed(request: WebRequest, env: Env, visitor: Visitor) -> dict[str, Any]:
    """Return what the list shows; those that wait for their code stand apart."""
    held = own_tokens.own(env, visitor)
    done = request.GET.get("done", "")
    return {
        "tokens": [shown(request, one) for one in held if not one.waits],
        "here": any(one.is_this and one.state == "active" for one in held),
        "waiting": [shown(request, one) for one in held if one.waits],
        "done": done in _DONE,
        "done_said": f"token.done-{done}",
        "most": env.firm.token.devices_max,
        "in_mail": env.firm.token.code_in_mail,
        "name": env.firm.token.name[request.language],
        "home": request.face.at(HOME),
    }


def shown(request: WebRequest, one: OwnToken) -> dict[str, Any]:
    """Return one token as the pages show it."""
    at = dates.instant
    return {
        "id": one.id,
        "device": device_in_words(request.words, one.agent),
        "pair": pair(request, one.key_id),
        "state": one.state,
        "suspended_said": "token.copied-detail" if one.was_copied else "token.suspended-detail",
        "bound": at(request.env, one.bound_at) if one.bound_at else "",
        "used": at(request.env, one.used_at) if one.used_at else "",
        "asked": at(request.env, one.made_at),
        "is_this": one.is_this,
    }


def pair(request: WebRequest, key_id: str) -> str:
    """Return what people compare of a key: the same on the phone and here."""
    return words.pair(request.language, key_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def code(request: WebRequest, env: Env, visitor: Visitor, token: str) -> HttpResponse:
    """Ask whether this is the phone in the customer's hand; show it the registration code."""
    waits = own_tokens.waiting(env, visitor, token)
    context = {"token": shown(request, waits), "home": request.face.at(HOME)}
    if request.method == "POST":
        made = own_tokens.show_code(env, visitor, token)
        context |= {
            "picture": pictures.inline(qr.png(made.scanned.reveal())),
            "typed": grouped(made.typed.reveal()),
            "until": dates.instant(env, made.expires_at),
        }
    return page(request, "token_code.html", context)


@require_POST
@signed_in
def suspend(request: WebRequest, env: Env, visitor: Visitor, token: str) -> HttpResponse:
    """Suspend a lost one, at once."""
    own_tokens.suspend(env, visitor, token)
    return HttpResponseRedirect(f"{request.face.at(HOME)}?done=suspended")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: WebRequest, env: Env, visitor: Visitor, token: str) -> HttpResponse:
    """Ask whether one is to go; let it go."""
    found = own_tokens.to_remove(env, visitor, token)
    if request.method == "POST":
        own_tokens.remove(env, visitor, token)
        return HttpResponseRedirect(f"{request.face.at(HOME)}?done=removed")
    context = {"token": shown(request, found), "home": request.face.at(HOME)}
    return page(request, "token_remove.html", context)


urlpatterns = [
    path("account/token/", mine),
    path("account/token/<slug:token>/code/", code),
    path("account/token/<slug:token>/suspend", suspend),
    path("account/token/<slug:token>/remove/", remove),
]

app_urlpatterns = [
    path("account/token/", mine),
    path("account/token/<slug:token>/suspend", suspend),
    path("account/token/<slug:token>/remove/", remove),
]
"""In the app there is no code to show: the phone that would scan it is the one that shows it."""
