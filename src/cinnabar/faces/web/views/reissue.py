"""密碼補發, page by page; each step is a plain form and leads to the next page."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinnabar.centre import finish as ending
from cinnabar.centre import identify, reissue
from cinnabar.centre.certificate import CERTIFICATE
from cinnabar.env import Env
from cinnabar.faces.web import new_password, robot, visit
from cinnabar.faces.web.inputs import form_text, optional_form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.staged import lines, shown
from cinnabar.faces.web.views import reissue_mail
from cinnabar.faces.web.views.claims import claim
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Digits
from cinnabar.passwords.kinds import PasswordKind

_HOME = "/passwords/reissue/"
_TYPED = 32


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: WebRequest) -> HttpResponse:
    """輸入資料: ask who it is; any pair of the right shape leads on."""
    if request.method != "POST":
        return _first(request)
    stranger = visit.stranger(request)
    try:
        robot.require(request, "reissue")
        flow = identify.identify(
            request.env,
            stranger,
            FlowKind.REISSUE,
            form_text(request, "identifier", most=_TYPED),
            form_text(request, "birth", most=_TYPED),
        )
    except Refused as refused:
        return _first(request, refused)
    response = HttpResponseRedirect(f"{_HOME}{flow.id}/")
    visit.remember(response, request)
    return response


@require_safe
@claim
def account(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """確認帳務資料: look at the device first, then offer what the way allows."""
    view, claimant = reissue.at_step(env, stranger, flow)
    way = view.facts["way"]
    if way == CERTIFICATE:
        return _choice(request, claimant, view)
    if way == reissue.MAILED:
        return reissue_mail.choose(request, view.id)
    return shown(request, "reissue_device.html", "account", {"flow": view.id})


@require_POST
@claim
def without(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """Go on without a certificate."""
    del request
    reissue.go_without(env, stranger, flow)
    return HttpResponseRedirect(f"{_HOME}{flow}/")


@require_POST
@claim
def confirm(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """確定申請, with a certificate: the code leaves."""
    view, claimant = reissue.at_step(env, stranger, flow)
    chosen = optional_form_text(request, "account", most=_TYPED)
    try:
        channel = form_text(request, "channel", most=_TYPED)
        reissue.request(env, stranger, flow, chosen, channel)
    except Refused as refused:
        if view.facts["way"] != CERTIFICATE:
            raise
        return _choice(request, claimant, view, refused)
    return HttpResponseRedirect(f"{_HOME}{flow}/code/")


@require_safe
@claim
def code(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """帳戶驗證及設定, the code: what was sent and how long it counts."""
    if not reissue.awaits_code(env, stranger, flow):
        return HttpResponseRedirect(f"{_HOME}{flow}/password/")
    return _code(request, stranger, flow)


@require_POST
@claim
def ask_code(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """取得暫時通行碼, 重新發送."""
    try:
        reissue.ask_again(env, stranger, flow)
    except Refused as refused:
        return _code(request, stranger, flow, refused)
    return HttpResponseRedirect(f"{_HOME}{flow}/code/")


@require_POST
@claim
def try_code(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """驗證通行碼; the right one is answered with the page that shows the initial password."""
    if not reissue.awaits_code(env, stranger, flow):
        # The page was sent again: what it showed is shown only once.
        return HttpResponseRedirect(f"{_HOME}{flow}/password/")
    try:
        typed = form_text(request, "code", most=_TYPED)
        reissue.try_code(env, stranger, flow, typed)
    except Refused as refused:
        return _code(request, stranger, flow, refused)
    return _own(request, stranger, flow, initial=ending.initial(env, stranger, flow), typed=typed)


@require_http_methods(["GET", "HEAD", "POST"])
@claim
def password(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """帳戶驗證及設定, the customer's own password."""
    if request.method != "POST":
        return _own(request, stranger, flow)
    try:
        ending.finish(env, stranger, flow, new_password.typed(request))
    except Refused as refused:
        return _own(request, stranger, flow, refused)
    return HttpResponseRedirect(f"{_HOME}{flow}/done/")


@require_safe
@claim
def done(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """修改成功."""
    view = ending.finished(env, stranger, flow)
    context = {
        "heading": _heading(request, view),
        "voice": env.firm.password.voice.on_reissue,
        "portal": env.firm.identity.portal_url,
    }
    return shown(request, "reissue_done.html", "done", context)


def _first(request: WebRequest, refused: Refused | None = None) -> HttpResponse:
    typed = {name: request.POST.get(name, "")[:_TYPED] for name in ("identifier", "birth")}
    asked = robot.wanted(request, "reissue")
    context = {"typed": typed, "robot": asked, "demo": request.options.demo}
    response = shown(request, "reissue.html", "identify", context, refused)
    visit.remember(response, request)
    return response


def _choice(
    request: WebRequest, claimant: Claimant, flow: FlowView, refused: Refused | None = None
) -> HttpResponse:
    env, say = request.env, request.words.say
    offer = reissue.offer(env, claimant)
    ways = (("sms", offer.sms), ("email", offer.email))
    context = {
        "flow": flow.id,
        "masked_id": flow.facts["masked_id"],
        "lines": lines(request, offer.accounts),
        "ways": [{"name": w, "to": to, "label": say(f"reissue.{w}")} for w, to in ways if to],
        "consolidated": offer.consolidated,
    }
    return shown(request, "reissue_account.html", "account", context, refused)


def _code(
    request: WebRequest, stranger: Stranger, flow: str, refused: Refused | None = None
) -> HttpResponse:
    view, claimant = reissue.at_step(request.env, stranger, flow)
    if not view.target:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    context = {
        "flow": view.id,
        "heading": _heading(request, view),
        "sent": reissue.waiting(request.env, claimant, view),
        "minutes": round(request.env.firm.pass_code.ttl.total_seconds() / 60),
    }
    return shown(request, "reissue_code.html", "set", context, refused)


def _own(
    request: WebRequest,
    stranger: Stranger,
    flow: str,
    refused: Refused | None = None,
    *,
    initial: Digits | None = None,
    typed: str = "",
) -> HttpResponse:
    env, say = request.env, request.words.say
    view, claimant = ending.ready(env, stranger, flow)
    echo = typed and env.firm.pass_code.echo
    context = {
        "flow": view.id,
        "heading": _heading(request, view),
        "proved": say("reissue.code-echo", code=typed) if echo else say("reissue.code-proved"),
        "initial": initial.reveal() if initial else "",
        "initial_minutes": round(env.firm.password.initial.ttl.total_seconds() / 60),
        "asked": new_password.asked(request, PasswordKind.LOGIN),
        "whole": ending.is_whole(env, claimant, view),
    }
    return shown(request, "reissue_password.html", "set", context, refused)


def _heading(request: WebRequest, flow: FlowView) -> str:
    way = "with" if flow.facts["way"] == CERTIFICATE else "without"
    return request.words.say(f"reissue.{way}-title")


_FLOW = "passwords/reissue/<slug:flow>"

urlpatterns = [
    path("passwords/reissue/", begin),
    path(f"{_FLOW}/", account),
    path(f"{_FLOW}/without", without),
    path(f"{_FLOW}/account", confirm),
    path(f"{_FLOW}/code/", code),
    path(f"{_FLOW}/code/ask", ask_code),
    path(f"{_FLOW}/code/try", try_code),
    path(f"{_FLOW}/password/", password),
    path(f"{_FLOW}/done/", done),
]
