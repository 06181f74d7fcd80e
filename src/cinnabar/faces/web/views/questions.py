"""The page of questions, and the address by which a problem document names its refusal."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from cinnabar.faces.web import questions as asked
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refusal, Refused


@require_safe
def questions(request: WebRequest) -> HttpResponse:
    """Show what people ask, and the answers."""
    return page(
        request, "questions.html", {"subjects": asked.subjects(request.env.firm, request.words)}
    )


@require_safe
def refusal(request: WebRequest, name: str) -> HttpResponse:
    """Lead from the `type` of a problem document (RFC 9457) to what is said about it."""
    del request
    if name not in list(Refusal):
        raise Refused(Refusal.NOT_FOUND)
    return HttpResponseRedirect(asked.link(Refusal(name)) or "/questions/")
