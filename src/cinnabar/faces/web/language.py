"""Which language a visitor reads."""

from django.http import HttpResponse

from cinnabar.faces.web.request import WebRequest

COOKIE = "__Host-language"


def find_language(request: WebRequest) -> str:
    """Return the language chosen before, else the best the browser asks for, else the firm's."""
    known = request.env.firm.identity.languages
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in known:
        return chosen
    for wanted in request.headers.get("Accept-Language", "")[:200].split(","):
        tag = wanted.partition(";")[0].strip().lower()
        for language in known:
            if tag and language.lower().startswith(tag.partition("-")[0]):
                return language
    return known[0]


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the choice for a year."""
    response.set_cookie(
        COOKIE, language, max_age=31536000, secure=True, httponly=True, samesite="Lax"
    )
