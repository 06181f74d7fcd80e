"""Which language a visitor reads."""

from collections.abc import Sequence

from django.http import HttpResponse

from cinnabar.faces.web.request import WebRequest

COOKIE = "__Host-language"


def find_language(request: WebRequest) -> str:
    """Return the language chosen before, else the best the browser asks for, else the firm's."""
    identity = request.env.firm.identity
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in identity.languages:
        return chosen
    asked = request.headers.get("Accept-Language", "")
    return best(asked, identity.languages) or identity.locale


def best(asked: str, known: Sequence[str]) -> str | None:
    """Return which of the `known` languages an Accept-Language header asks for first.

    A language as its region writes it comes before the same language as another region does,
    and that before the next wish (RFC 4647, 3.4: looked up from the longest tag).
    """
    for wanted in asked[:200].split(","):
        primary, _, rest = wanted.partition(";")[0].strip().lower().partition("-")
        same = [one for one in known if one.lower().partition("-")[0] == primary]
        region = rest.rpartition("-")[2]
        there = [one for one in same if one.lower().rpartition("-")[2] == region]
        if found := there + same:
            return found[0]
    return None


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the choice for a year."""
    response.set_cookie(
        COOKIE, language, max_age=31536000, secure=True, httponly=True, samesite="Lax"
    )
