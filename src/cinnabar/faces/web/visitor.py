"""Who is asking: the session and device cookies (SES-01)."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse, HttpResponseRedirect

from cinnabar.faces.web.centre import ENTRANCE
from cinnabar.faces.web.face import APP, Face
from cinnabar.faces.web.request import WebRequest, client_address
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login import open as login
from cinnabar.login.actions import resume
from cinnabar.login.opening import SignedIn

DEVICE = "__Host-device"

_TOKEN = 64
_LONGEST_AGENT = 200
_TEN_YEARS = 10 * 365 * 86400


class VisitorMiddleware:
    """Finds the visitor of each request."""

    def __init__(self, get_response: Callable[[WebRequest], HttpResponse]) -> None:
        """Wrap `get_response`."""
        self._get_response = get_response

    def __call__(self, request: WebRequest) -> HttpResponse:
        """Answer knowing who asks."""
        request.device_token = cookie(request, DEVICE)
        request.visitor = _found(request)
        return self._get_response(request)


def _found(request: WebRequest) -> Visitor | None:
    token = cookie(request, request.face.cookie)
    if token is None:
        return None
    face = request.face.channel
    return resume(request.env, token, request.device_token, address=address(request), channel=face)


def address(request: WebRequest) -> str:
    """Return the network address of the client (law 10)."""
    return client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        request.options.trusted_proxies,
    )


def agent(request: WebRequest) -> str:
    """Return what the browser says it is: the sender's own text, cut, for people to compare."""
    said = request.headers.get("User-Agent", "")[:_LONGEST_AGENT]
    return "".join(letter for letter in said if letter.isascii() and letter.isprintable())


def signed_in(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Refuse a view to whoever is not signed in; pass the visitor and the world to the rest.

    Whoever signed in with a password that must be changed is let in nowhere else (P101).
    """

    @wraps(view)
    def guarded(request: WebRequest, **parts: str) -> HttpResponse:
        visitor = _required(request)
        if visitor.must_change:
            raise Refused(Refusal.MUST_CHANGE)
        return view(request, request.env, visitor, **parts)

    return guarded


def may_change(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """As `signed_in`, for where a password is changed; a page leads strangers to the entrance."""

    @wraps(view)
    def guarded(request: WebRequest, **parts: str) -> HttpResponse:
        if request.visitor is None and request.method in {"GET", "HEAD"}:
            return HttpResponseRedirect(_entrance(request))
        return view(request, request.env, _required(request), **parts)

    return guarded


def _entrance(request: WebRequest) -> str:
    """Return the door to where passwords are changed: the centre's own, in the app its only one."""
    return request.face.entrance if request.face is APP else ENTRANCE


def _required(request: WebRequest) -> Visitor:
    if request.visitor is None:
        raise Refused(Refusal.SIGNED_OUT)
    return request.visitor


def remember(face: Face, response: HttpResponse, tokens: SignedIn) -> None:
    """Give the browser its session and device cookies."""
    response.set_cookie(
        face.cookie,
        tokens.session.reveal(),
        secure=True,
        httponly=True,
        samesite="Strict",
    )
    if tokens.device_stays:
        return
    response.set_cookie(
        DEVICE,
        tokens.device.reveal(),
        max_age=_TEN_YEARS,
        secure=True,
        httponly=True,
        samesite="Strict",
    )


def forget(face: Face, response: HttpResponse) -> None:
    """Take the session cookie back and what the browser kept of pages (SES-03)."""
    response.set_cookie(face.cookie, "", max_age=0, secure=True, httponly=True, samesite="Strict")
    response["Clear-Site-Data"] = '"cache"'


def why_ended(request: WebRequest) -> str:
    """Return why the session of this browser ended, in words; "" where nothing need be said."""
    token = cookie(request, request.face.cookie)
    why = login.why_ended(request.env, token) if token and request.visitor is None else None
    most = request.env.firm.login.sessions_max
    return request.words.say(f"ended.{why}", most=most) if why else ""


def cookie(request: WebRequest, name: str) -> Secret | None:
    """Return a token that the browser sent, None if it is missing or no token of ours."""
    value = request.COOKIES.get(name, "")
    return Secret(value) if len(value) == _TOKEN and value.isalnum() else None
