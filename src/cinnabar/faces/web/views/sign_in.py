"""Signing in and out, and the language."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import offered, reader, robot, visit
from cinnabar.faces.web.answers import page, told
from cinnabar.faces.web.face import APP, WEB
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.language import remember_language
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views import second
from cinnabar.faces.web.visitor import agent, forget, may_change, why_ended
from cinnabar.firm.login import CaptchaPage
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.gate import Standing
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login import actions as login
from cinnabar.login.opening import SignedIn
from cinnabar.login.soft import bound_device
from cinnabar.tokens import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A page where one signs in: its template, its name to the robot check, where it leads.

    No `home`: to where the firm's customers begin.
    """

    template: str
    robot: CaptchaPage
    home: str = ""


SIGN_IN = {
    WEB: Door(template="sign_in.html", robot="sign-in"),
    APP: Door(template="app/sign_in.html", robot="sign-in"),
}


@require_safe
def home(request: WebRequest) -> HttpResponse:
    """Lead to where customers begin, or to the sign-in."""
    return HttpResponseRedirect(offered.home(request.env.firm) if request.visitor else "/sign-in/")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: WebRequest) -> HttpResponse:
    """Show the form; sign in by it."""
    return enter(request, SIGN_IN[request.face])


def enter(request: WebRequest, door: Door) -> HttpResponse:
    """Show the form of a door; sign in by it and go where it leads."""
    inside = door.home or offered.home(request.env.firm, request.face)
    if request.method != "POST":
        return HttpResponseRedirect(inside) if request.visitor else _form(request, door)
    try:
        come = _sign_in(request, door)
    except Refused as refused:
        return _form(request, door, refused)
    if isinstance(come, login.Half):
        return second.begin(request, come.flow, inside)
    return second.entered(request, come, inside)


def _sign_in(request: WebRequest, door: Door) -> SignedIn | login.Half:
    # In before the check against robots, whose answer counts once: nobody solves one for nothing.
    with request.env.hasher.enter(Standing.STRANGER):
        robot.require(request, door.robot)
        return login.sign_in(
            request.env,
            visit.stranger(request),
            form_text(request, "identifier", most=32),
            Password(form_text(request, "password", most=128)),
            device=request.device_token,
            agent=agent(request),
        )


@require_POST
@may_change
def sign_out(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """End the session."""
    login.sign_out(env, visitor)
    return leave(request)


def leave(request: WebRequest) -> HttpResponse:
    """Say that the customer is signed out, and take back what the browser has of him."""
    request.visitor = None
    response = page(request, "signed_out.html", {})
    forget(request.face, response)
    return response


@require_POST
def choose_language(request: WebRequest) -> HttpResponse:
    """Keep the language and go back to the page."""
    language = form_text(request, "language", most=16)
    if language not in request.env.firm.identity.languages:
        raise Refused(Refusal.INPUT_MALFORMED, field="language")
    back = form_text(request, "next", most=200)
    # Only a path of our own: two slashes or a backslash would lead elsewhere (incident 20).
    ours = back.startswith("/") and not back.startswith("//") and "\\" not in back
    response = HttpResponseRedirect(back if ours and back.isprintable() else "/")
    remember_language(response, language)
    return response


def _form(request: WebRequest, door: Door, refused: Refused | None = None) -> HttpResponse:
    context = {
        "typed": request.POST.get("identifier", "")[:32] if refused else "",
        "demo": request.options.demo,
        "important": reader.important(request),
        "ended": why_ended(request),
        "robot": robot.wanted(request, door.robot),
        "bound": request.face is APP and bound_device.offered(request.env.firm),
        "passkey_alone": rules.alone(request.env.firm, request.env.base_url),
    }
    return told(request, door.template, context, refused)
