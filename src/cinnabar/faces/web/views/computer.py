"""電腦檢測: what the page needs from the host to judge a computer. Anybody may ask."""

from functools import cache
from importlib.metadata import version

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.request import WebRequest

_COOKIE = "__Host-probe"
_LONGEST, _SECONDS = 32, 60


@require_safe
def computer(request: WebRequest) -> HttpResponse:
    """Show the check of this computer, signed in or not."""
    firm = request.env.firm
    needs = {
        "backdate": firm.certificate.backdate.total_seconds(),
        "languages": list(firm.identity.languages),
        "time_zone": str(firm.identity.timezone),
        "version": _version(),
    }
    return page(request, "computer.html", {"needs": needs})


@require_safe
def probe(request: WebRequest) -> HttpResponse:
    """Answer the host's time and the cookie that came; give the browser the one it names.

    A script calls twice, with `?n=` of its own choice: cookies work if the first one's comes
    back with the second. The value is the caller's, so it says nothing about anybody.
    """
    response = answer(
        {"now": request.env.clock.now().isoformat(), "cookie": _plain(request.COOKIES.get(_COOKIE))}
    )
    response.set_cookie(
        _COOKIE,
        _plain(request.GET.get("n")),
        max_age=_SECONDS,
        secure=True,
        httponly=True,
        samesite="Strict",
    )
    return response


def _plain(text: str | None) -> str:
    """Return `text` if it is short and plain, else nothing."""
    return text if text and len(text) <= _LONGEST and text.isascii() and text.isalnum() else ""


@cache
def _version() -> str:
    return version("cinnabar")


urlpatterns = [path("computer/", computer), path("computer/probe.json", probe)]
