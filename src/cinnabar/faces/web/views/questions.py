"""The pages of questions, and the address by which a problem document names its refusal."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from cinnabar.faces.web import questions as asked
from cinnabar.faces.web import searched
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refusal, Refused

_HOME = "/questions/"


@require_safe
def questions(request: WebRequest) -> HttpResponse:
    """Show what people ask by subject; with `?q=` the questions that fit.

    Nothing that is typed is refused: what fits nothing finds nothing.
    """
    subjects = asked.subjects(request.env.firm, request.words)
    typed = request.GET.get("q", "")[: searched.LONGEST]
    found = searched.search(subjects, typed)
    context = {
        "subjects": subjects,
        "longest": searched.LONGEST,
        "typed": typed,
        "searched": bool(searched.plain(typed)),
        "n": len(found),
        "found": found[: searched.IN_FULL],
        "more": found[searched.IN_FULL :],
    }
    return page(request, "questions.html", context)


@require_safe
def subject(request: WebRequest, name: str) -> HttpResponse:
    """Show one subject's questions in full.

    Whoever asks for one that this firm has no questions about is led to all of them.
    """
    if name not in asked.ASKED:
        raise Refused(Refusal.NOT_FOUND)
    subjects = asked.subjects(request.env.firm, request.words)
    here = next((one for one in subjects if one.name == name), None)
    if here is None:
        return HttpResponseRedirect(_HOME)
    others = [one for one in subjects if one.name != name]
    context = {"subject": here, "others": others, "longest": searched.LONGEST}
    return page(request, "questions_subject.html", context)


@require_safe
def refusal(request: WebRequest, name: str) -> HttpResponse:
    """Lead from the `type` of a problem document (RFC 9457) to what is said about it."""
    del request
    if name not in list(Refusal):
        raise Refused(Refusal.NOT_FOUND)
    return HttpResponseRedirect(asked.link(Refusal(name)) or _HOME)
