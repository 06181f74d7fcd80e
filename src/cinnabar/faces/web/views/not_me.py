"""不是我本人: the answer to a notice."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

from cinnabar.centre import not_me
from cinnabar.faces.web import visit
from cinnabar.faces.web.answers import page, told
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import forget
from cinnabar.kernel.refusal import Refusal, Refused

_TOKEN = 128
_ON_THE_FORM = {
    Refusal.NOT_ME_DEAD,
    Refusal.TOO_MANY_TRIES,
    Refusal.INPUT_MISSING,
    Refusal.INPUT_MALFORMED,
    Refusal.INPUT_TOO_LONG,
    Refusal.INPUT_REPEATED,
}


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: WebRequest) -> HttpResponse:
    """Show the form, which changes nothing; act on what it sends (RST-03)."""
    if request.method != "POST":
        return _form(request)
    try:
        typed = form_text(request, "token", most=_TOKEN)
        done = not_me.report(request.env, visit.stranger(request), typed)
    except Refused as refused:
        if refused.refusal not in _ON_THE_FORM:
            raise
        return _form(request, refused)
    return _done(request, done)


def _form(request: WebRequest, refused: Refused | None = None) -> HttpResponse:
    return told(request, "not_me.html", {}, refused)


def _done(request: WebRequest, done: not_me.Report) -> HttpResponse:
    visitor = request.visitor
    own = visitor is not None and visitor.customer_id == done.customer_id
    if own:
        request.visitor = None
    response = page(request, "not_me_done.html", {})
    if own:
        forget(request.face, response)
    return response


urlpatterns = [path("passwords/not-me/", answer)]
