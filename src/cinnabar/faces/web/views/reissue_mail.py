"""密碼補發 without a certificate: choose the account, ask for the mail, go on from it."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinnabar.centre import mailed, opening
from cinnabar.centre.offer import Shown, shown
from cinnabar.env import Env
from cinnabar.faces.web import staged, visit
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views.claims import claim
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal, Refused

_CHOICE, _TOKEN = 32, 128
_HOUR = timedelta(hours=1)
_ON_THE_FORM = {
    Refusal.LINK_DEAD,
    Refusal.TOO_MANY_TRIES,
    Refusal.INPUT_MISSING,
    Refusal.INPUT_MALFORMED,
    Refusal.INPUT_TOO_LONG,
}


def choose(request: WebRequest, flow: str, refused: Refused | None = None) -> HttpResponse:
    """確認帳務資料: what can be chosen and where the mail would go, all masked."""
    offer = shown(request.env, visit.stranger(request), flow)
    context = {
        "flow": flow,
        "masked_id": offer.masked_id,
        "mobile": offer.mobile,
        "email": offer.email,
        "lines": _lines(request, offer),
    }
    return staged.shown(request, "reissue_mailed.html", "account", context, refused)


@require_POST
@claim
def ask_for_mail(request: WebRequest, env: Env, stranger: Stranger, flow: str) -> HttpResponse:
    """確定申請: the answer is the same for everybody."""
    try:
        mailed.request(env, stranger, flow, form_text(request, "account", most=_CHOICE))
    except Refused as refused:
        return choose(request, flow, refused)
    return HttpResponseRedirect("/passwords/mailed/")


@require_safe
def sent(request: WebRequest) -> HttpResponse:
    """Say that a mail is on its way if everything was right; here the page's part ends (P72)."""
    life = request.env.firm.link.reissue // _HOUR
    return staged.shown(request, "reissue_sent.html", "account", {"life": life})


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: WebRequest) -> HttpResponse:
    """Show the form, which changes nothing; spend what it sends (RST-03)."""
    if request.method != "POST":
        return staged.shown(request, "link.html", "set", {})
    try:
        text = form_text(request, "token", most=_TOKEN)
        flow = opening.open_link(request.env, visit.stranger(request), text)
    except Refused as refused:
        if refused.refusal not in _ON_THE_FORM:
            raise
        return staged.shown(request, "link.html", "set", {}, refused)
    response = HttpResponseRedirect(f"/passwords/reissue/{flow.id}/code/")
    visit.remember(response, request)
    return response


def _lines(request: WebRequest, offer: Shown) -> list[dict[str, Any]]:
    """Return the lines with their accounts; the first is chosen until another was."""
    typed = request.POST.get("account", "")
    chosen = next((c.line for c in offer.choices if c.value == typed), offer.lines[0])
    return [
        {
            "name": line.value,
            "label": request.words.say(f"business-line.{line.value}"),
            "chosen": line is chosen,
            "accounts": [
                {"value": c.value, "number": c.number, "chosen": c.value == typed}
                for c in offer.choices
                if c.line is line
            ],
        }
        for line in offer.lines
    ]


urlpatterns = [
    path("passwords/reissue/<slug:flow>/mail", ask_for_mail),
    path("passwords/mailed/", sent),
    path("passwords/link/", link),
]
