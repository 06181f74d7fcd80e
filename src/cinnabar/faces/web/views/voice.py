"""語音密碼: set the password of the order line by itself."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from cinnabar.centre import voice
from cinnabar.customers.queries import AccountView
from cinnabar.env import Env
from cinnabar.faces.web import dates, new_password
from cinnabar.faces.web.answers import page, told
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import may_change
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.kinds import PasswordKind

_DIGITS = 18


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def voice_password(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show the form; set the voice password by it. A password that is due comes first (P101)."""
    if visitor.must_change:
        raise Refused(Refusal.MUST_CHANGE)
    if request.method != "POST":
        return _shown(request, env, visitor)
    try:
        voice.set_password(
            env,
            visitor,
            Password(form_text(request, "old", most=128)),
            new_password.typed(request, "new"),
            account=_account(request),
        )
    except Refused as refused:
        return _shown(request, env, visitor, refused)
    return HttpResponseRedirect("/passwords/voice/set/")


@require_safe
@may_change
def voice_set(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Say that it is set; looking again changes nothing."""
    if voice.view(env, visitor).since is None:
        return HttpResponseRedirect("/passwords/voice/")
    return page(request, "voice_done.html", {})


def _account(request: WebRequest) -> int | None:
    """Return the number of the chosen account's row; None where there is nothing to choose."""
    if "account" not in request.POST:
        return None
    text = form_text(request, "account", most=_DIGITS)
    if not (text.isascii() and text.isdigit()):
        raise Refused(Refusal.INPUT_MALFORMED, field="account")
    return int(text)


def _shown(
    request: WebRequest, env: Env, visitor: Visitor, refused: Refused | None = None
) -> HttpResponse:
    found = voice.view(env, visitor)
    chosen = request.POST.get("account", "") if refused else ""
    context = {
        "voice": found,
        "since": found.since and dates.day(env, found.since),
        "accounts": [_option(request, one, chosen) for one in found.accounts],
        "asked": new_password.asked(request, PasswordKind.VOICE, "new"),
    }
    return told(request, "voice.html", context, refused)


def _option(request: WebRequest, one: AccountView, chosen: str) -> dict[str, str | int | bool]:
    """Return an account as one may choose it: its number is masked (P194)."""
    line = request.words.say(f"business-line.{one.line.value}")
    number = request.env.firm.masks.account(one.number)
    label = f"{line} {one.branch} {number}"
    return {"id": one.id, "label": label, "chosen": str(one.id) == chosen}


urlpatterns = [
    path("passwords/voice/", voice_password),
    path("passwords/voice/set/", voice_set),
]
