"""Whether a browser has been through the app's first run (P229), and what it was asked there."""

from collections.abc import Sequence
from hashlib import sha256

from django.http import HttpResponse

from cinnabar.faces.web.request import WebRequest
from cinnabar.firm.model import Firm
from cinnabar.words import Words

COOKIE, LATER = "__Host-app-begun", "__Host-app-later"

_PREFIX = "app.disclaimer."
_A_YEAR, _TWO_WEEKS = 31536000, 1209600
"""Seconds."""
_NAME = 16


def disclaimer(words: Words) -> Sequence[str]:
    """Return the paragraphs of the disclaimer, in the order they are read."""
    return [words.say(f"{_PREFIX}{key}") for key in words.under(_PREFIX)]


def name(firm: Firm) -> str:
    """Return the name of the disclaimer as it is worded now, the same in every language.

    The firm's usual language stands for all: who changes the text in one changes it in each.
    """
    usual = disclaimer(Words(firm, firm.identity.locale))
    return sha256("\n".join(usual).encode()).hexdigest()[:_NAME]


def has_begun(request: WebRequest) -> bool:
    """Tell whether somebody at this browser has read the disclaimer as it is now."""
    return request.COOKIES.get(COOKIE, "") == name(request.env.firm)


def remember(response: HttpResponse, request: WebRequest) -> None:
    """Note that it was read; anew each time, for browsers keep no cookie longer than a year."""
    response.set_cookie(
        COOKIE, name(request.env.firm), max_age=_A_YEAR, secure=True, httponly=True, samesite="Lax"
    )


def rest(response: HttpResponse) -> None:
    """Ask for nothing more for two weeks: the installation was put off."""
    response.set_cookie(LATER, "1", max_age=_TWO_WEEKS, secure=True, httponly=True, samesite="Lax")
