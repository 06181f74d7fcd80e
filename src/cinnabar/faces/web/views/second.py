"""The second stage of a sign-in: choose a way, type a code, let the certificate sign."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import centre, factor_pages, tables, visit
from cinnabar.faces.web.answers import answer, told
from cinnabar.faces.web.face import APP
from cinnabar.faces.web.inputs import form_text, read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import remember
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.opening import SignedIn
from cinnabar.login.soft import bound_factor
from cinnabar.login.stages import factor_certificate, factor_codes, second
from cinnabar.tokens.soft.approvals import METHOD

PLACE = "/sign-in/second/"
_TYPED, _TEXT, _SIGNATURE = 32, 26, 16 * 1024
_HERE = {Refusal.SIGN_IN_OVER, Refusal.SIGN_IN_FAILED}
"""Refusals after which there is nothing to show of this sign-in any more."""


def at(request: WebRequest, flow: str) -> str:
    """Return the address of a sign-in's second stage, at the face where it began."""
    return request.face.at(f"{PLACE}{flow}/")


def staged(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pass the world and the browser to a view."""

    @wraps(view)
    def guarded(request: WebRequest, **parts: str) -> HttpResponse:
        return view(request, request.env, visit.stranger(request), **parts)

    return guarded


def begin(request: WebRequest, flow: str, home: str) -> HttpResponse:
    """Lead from a right password to the second stage; it ends where `home` leads."""
    env, stranger = request.env, visit.stranger(request)
    second.remember_home(env, stranger, flow, home)
    place = at(request, flow)
    chooses = env.firm.login.second_factor.customer_chooses or _bound(request, stranger, flow)
    if not chooses:
        place = f"{place}{_first(env, stranger, flow)}"
    response = HttpResponseRedirect(place)
    visit.remember(response, request)
    return response


def _first(env: Env, stranger: Stranger, flow: str) -> str:
    """Take the firm's first way that can be used; return its page, "" for the choice.

    A code leaves at once; the app is asked by a button on its own page.
    """
    usable = next((one for one in second.offered(env, stranger, flow) if not one.why), None)
    if usable is not None and usable.name == METHOD:
        return "token/"
    if usable is None or usable.name not in factor_codes.AMR:
        return ""
    try:
        second.ask_code(env, stranger, flow, usable.name)
    except Refused:
        return ""  # the choice says why, when it is asked for again
    return "code/"


@require_safe
@staged
def choose(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """選取方式: what the firm accepts and what the customer has of it."""
    del env
    return _choice(request, stranger, flow)


@require_safe
@staged
def methods(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Say the same to a program: what can be used, and why the rest cannot."""
    offered = second.offered(env, stranger, flow)
    return answer({"methods": factor_pages.ways(request, offered)})


@require_POST
@staged
def ask(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Send a code, or another."""
    try:
        method = form_text(request, "method", most=_TYPED)
        second.ask_code(env, stranger, flow, method)
    except Refused as refused:
        return _refused(request, stranger, flow, refused)
    return HttpResponseRedirect(f"{at(request, flow)}code/")


@require_safe
@staged
def code(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """輸入驗證碼: where it went, how long it counts."""
    view, claimant = second.at_step(env, stranger, flow)
    if factor_codes.waiting(env, claimant, view) is None:
        return HttpResponseRedirect(at(request, flow))
    return _code(request, stranger, flow)


@require_POST
@staged
def try_code(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """登入: try the code; the right one opens the session."""
    try:
        typed = form_text(request, "code", most=_TYPED)
        home = second.home(env, stranger, flow)
        if env.firm.login.second_factor.remember:
            wanted = request.POST.get("remember") == "yes"
            second.remember_device(env, stranger, flow, wanted=wanted)
        tokens = second.try_code(env, stranger, flow, typed, request.device_token)
    except Refused as refused:
        return _refused(request, stranger, flow, refused)
    return entered(request, tokens, home)


@require_POST
@staged
def keep(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Note the box "remember this device" before a way is taken; a code's page has its own."""
    wanted = read_body(request, "remember").text("remember", most=_TYPED) == "yes"
    if env.firm.login.second_factor.remember:
        second.remember_device(env, stranger, flow, wanted=wanted)
    return answer({})


@require_POST
@staged
def challenge(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Give the certificate something to sign."""
    read_body(request)
    _, claimant = second.at_step(env, stranger, flow)
    return answer({"challenge": factor_certificate.challenge(env, claimant, flow)})


@require_POST
@staged
def share(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Give the host's half of a key's wrapping; any other device gets what opens nothing."""
    named = read_body(request, "share").text("share", most=_TEXT)
    view, claimant = second.at_step(env, stranger, flow)
    secret = factor_certificate.share(env, claimant, view, named, request.device_token)
    return answer({"secret": tables.b64(secret)})


@require_POST
@staged
def certificate(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Take what it signed; the right customer's opens the session."""
    body = read_body(request, "challenge", "signature")
    signed = (body.text("challenge", most=_TEXT), body.octets("signature", most=_SIGNATURE))
    home = second.home(env, stranger, flow)
    tokens = second.by_certificate(env, stranger, flow, signed, request.device_token)
    if tokens is None:
        return answer({"valid": False})
    return entered(request, tokens, home, as_json=True)


@require_POST
@staged
def leave(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """重新登入: give this sign-in up."""
    home = second.home(env, stranger, flow)
    second.leave(env, stranger, flow)
    door = centre.ENTRANCE if home == centre.HOME else request.face.entrance
    return HttpResponseRedirect(door)


def entered(
    request: WebRequest, tokens: SignedIn, home: str, *, as_json: bool = False
) -> HttpResponse:
    """Give the browser its new session and lead it on: home, or where the password is changed."""
    rotate_token(request)
    place = request.face.at(centre.HOME) if tokens.must_change else home
    response = answer({"valid": True, "next": place}) if as_json else HttpResponseRedirect(place)
    remember(request.face, response, tokens)
    return response


def _refused(request: WebRequest, stranger: Stranger, flow: str, refused: Refused) -> HttpResponse:
    """Say what was refused where the customer is: at the code, before the first at the choice."""
    if refused.refusal in _HERE:
        raise refused
    view, claimant = second.at_step(request.env, stranger, flow)
    if factor_codes.waiting(request.env, claimant, view) is None:
        return _choice(request, stranger, flow, refused)
    return _code(request, stranger, flow, refused)


def _choice(
    request: WebRequest, stranger: Stranger, flow: str, refused: Refused | None = None
) -> HttpResponse:
    offered = second.offered(request.env, stranger, flow)
    view, _ = second.at_step(request.env, stranger, flow)
    context = {
        **_remembering(request, view),
        "ways": factor_pages.ways(request, offered),
        "usable": any(not one.why for one in offered),
        "bound": _bound(request, stranger, flow),
        "place": at(request, flow),
    }
    return told(request, "second.html", context, refused)


def _bound(request: WebRequest, stranger: Stranger, flow: str) -> str:
    """Return the key of this device's own token, in the app; "" where there is none."""
    if request.face is not APP:
        return ""
    _, claimant = second.at_step(request.env, stranger, flow)
    return bound_factor.here(request.env, claimant, request.device_token)


def _code(
    request: WebRequest, stranger: Stranger, flow: str, refused: Refused | None = None
) -> HttpResponse:
    view, claimant = second.at_step(request.env, stranger, flow)
    context = {
        "sent": factor_codes.waiting(request.env, claimant, view),
        "minutes": round(request.env.firm.sign_in_code.ttl.total_seconds() / 60),
        **_remembering(request, view),
        "place": at(request, flow),
        "here": f"{at(request, flow)}code/",
    }
    return told(request, "second_code.html", context, refused)


def _remembering(request: WebRequest, view: FlowView) -> dict[str, object]:
    """Return what the box shows: for how long, and whether it is ticked."""
    return {
        "remember_days": request.env.firm.login.second_factor.remember.days,
        "remembering": view.facts.get("remember") == "yes",
    }


_FLOW = "sign-in/second/<slug:flow>"

urlpatterns = [
    path(f"{_FLOW}/", choose),
    path(f"{_FLOW}/methods.json", methods),
    path(f"{_FLOW}/ask", ask),
    path(f"{_FLOW}/code/", code),
    path(f"{_FLOW}/try", try_code),
    path(f"{_FLOW}/remember", keep),
    path(f"{_FLOW}/challenge", challenge),
    path(f"{_FLOW}/share", share),
    path(f"{_FLOW}/certificate", certificate),
    path(f"{_FLOW}/leave", leave),
]
