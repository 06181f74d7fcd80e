"""The manual: a list of its pages, and each of them."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cinnabar.faces.web import manual
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refusal, Refused


@require_safe
def contents(request: WebRequest) -> HttpResponse:
    """Show what the manual explains."""
    return page(request, "manual.html", {"topics": _topics(request)})


@require_safe
def topic(request: WebRequest, name: str) -> HttpResponse:
    """Show one page of the manual."""
    if name not in manual.offered(request.env.firm):
        raise Refused(Refusal.NOT_FOUND)
    context = {
        "topic": f"manual.{name}",
        "steps": manual.steps(request.words, name),
        "note": request.words.under(f"manual.{name}.").get("note", ""),
        "subject": manual.PAGES[name],
        "topics": [other for other in _topics(request) if other["name"] != name],
    }
    return page(request, "manual_page.html", context)


def _topics(request: WebRequest) -> list[dict[str, str]]:
    said = request.words.say
    return [
        {"name": name, "title": said(f"manual.{name}.title"), "lead": said(f"manual.{name}.lead")}
        for name in manual.offered(request.env.firm)
    ]
