"""忘記密碼 and the first password of a new account: the mail asked for, opened, and what follows.

Each step is a plain form; opening a page changes nothing (RST-03).
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinnabar.centre import reissue, reset, reset_code, reset_finish, reset_open
from cinnabar.env import Env
from cinnabar.faces.web import new_password, robot, visit
from cinnabar.faces.web.answers import told
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.rules import asks_second
from cinnabar.passwords.kinds import PasswordKind

_HOME = "/reset/"
_TYPED, _TOKEN = 32, 128
_HOUR = timedelta(hours=1)
_BEGIN_AGAIN = {Refusal.FLOW_CLOSED, Refusal.FLOW_OUT_OF_ORDER}
_ON_THE_FORM = {
    Refusal.LINK_DEAD,
    Refusal.TOO_MANY_TRIES,
    Refusal.INPUT_MISSING,
    Refusal.INPUT_MALFORMED,
    Refusal.INPUT_TOO_LONG,
    Refusal.INPUT_REPEATED,
}


def claim(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pass the world and the browser to a view; say of a reset that is over how to begin again."""

    @wraps(view)
    def guarded(request: WebRequest, **parts: str) -> HttpResponse:
        try:
            return view(request, request.env, visit.stranger(request), **parts)
        except Refused as refused:
            if refused.refusal in _BEGIN_AGAIN:
                raise Refused(Refusal.RESET_CLOSED) from None
            raise

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: WebRequest) -> HttpResponse:
    """Ask who it is; any identifier of the right shape leads on."""
    if request.method != "POST":
        return _ask(request)
    try:
        robot.require(request, "reissue")
        typed = form_text(request, "identifier", most=_TYPED)
        reset.request(request.env, visit.stranger(request), typed)
    except Refused as refused:
        return _ask(request, refused)
    return HttpResponseRedirect("/forgotten/sent/")


@require_safe
def sent(request: WebRequest) -> HttpResponse:
    """Say that a mail is on its way if everything was right; here the page's part ends."""
    return told(request, "reset_sent.html", {"life": request.env.firm.link.reset // _HOUR})


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: WebRequest) -> HttpResponse:
    """Show the form, which changes nothing; spend what it sends."""
    if request.method != "POST":
        return told(request, "reset_link.html", {})
    try:
        text = form_text(request, "token", most=_TOKEN)
        flow = reset_open.open_link(request.env, visit.stranger(request), text)
    except Refused as refused:
        if refused.refusal not in _ON_THE_FORM:
            raise
        return told(request, "reset_link.html", {}, refused)
    where = "code" if request.env.firm.reset.needs_second_factor else "password"
    response = HttpResponseRedirect(f"{_HOME}{flow.id}/{where}/")
    visit.remember(response, request)
    return response


@require_safe
@claim
def code(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Show what code was sent and how long it counts."""
    if not reset_open.lacks_code(env, stranger, flow):
        return HttpResponseRedirect(f"{_HOME}{flow}/password/")
    return _code(request, stranger, flow)


@require_POST
@claim
def ask_code(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Send a code to the phone."""
    try:
        reset_code.ask(env, stranger, flow)
    except Refused as refused:
        return _code(request, stranger, flow, refused)
    return HttpResponseRedirect(f"{_HOME}{flow}/code/")


@require_POST
@claim
def try_code(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Try the code; the right one leads on."""
    try:
        reset_code.try_code(env, stranger, flow, form_text(request, "code", most=_TYPED))
    except Refused as refused:
        return _code(request, stranger, flow, refused)
    return HttpResponseRedirect(f"{_HOME}{flow}/password/")


@require_http_methods(["GET", "HEAD", "POST"])
@claim
def password(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Ask for the customer's own password, and set it."""
    if request.method != "POST":
        return _own(request, stranger, flow)
    try:
        reset_finish.finish(env, stranger, flow, new_password.typed(request))
    except Refused as refused:
        return _own(request, stranger, flow, refused)
    return HttpResponseRedirect(f"{_HOME}{flow}/done/")


@require_safe
@claim
def done(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Say when it happened (P103), and what to do now."""
    at = reset_finish.finished_at(env, stranger, flow)
    when = request.words.moment(env.firm.formats.change_time, at)
    second = asks_second(env.firm)
    return told(request, "reset_done.html", {"when": when, "second": second})


def _ask(request: WebRequest, refused: Refused | None = None) -> HttpResponse:
    context = {
        "typed": request.POST.get("identifier", "")[:_TYPED],
        "robot": robot.wanted(request, "reissue"),
        "demo": request.options.demo,
    }
    response = told(request, "forgotten.html", context, refused)
    visit.remember(response, request)
    return response


def _code(
    request: WebRequest, stranger: Stranger, flow: str, refused: Refused | None = None
) -> HttpResponse:
    view, claimant = reset_open.at_step(request.env, stranger, flow)
    context = {
        "flow": view.id,
        "sent": reissue.waiting(request.env, claimant, view),
        "minutes": request.env.firm.pass_code.ttl // timedelta(minutes=1),
    }
    return told(request, "reset_code.html", context, refused)


def _own(
    request: WebRequest, stranger: Stranger, flow: str, refused: Refused | None = None
) -> HttpResponse:
    view, _ = reset_open.ready(request.env, stranger, flow)
    context = {
        "flow": view.id,
        "masked_id": view.facts["masked_id"],
        "asked": new_password.asked(request, PasswordKind.LOGIN),
    }
    return told(request, "reset_password.html", context, refused)


_FLOW = "reset/<slug:flow>"

urlpatterns = [
    path("forgotten/", forgotten),
    path("forgotten/sent/", sent),
    path("reset/", link),
    path(f"{_FLOW}/code/", code),
    path(f"{_FLOW}/code/ask", ask_code),
    path(f"{_FLOW}/code/try", try_code),
    path(f"{_FLOW}/password/", password),
    path(f"{_FLOW}/done/", done),
]
