"""Where strangers give passwords: who cannot be taken in is told so before anything is done.

Stands before the pages, so that turning somebody away costs a small part of what taking him in
does: nothing is read of what he sent, no robot check is used up, no row is written. The act
itself asks again (`login.actions`).
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.template.loader import render_to_string

from cinnabar.env import Env
from cinnabar.faces.web import answers, centre
from cinnabar.faces.web.face import APP, WEB, face_of
from cinnabar.faces.web.guards import HEADERS
from cinnabar.faces.web.language import find_language
from cinnabar.faces.web.request import WebOptions, WebRequest
from cinnabar.faces.web.views.style import firm_sheet
from cinnabar.kernel.gate import Standing
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.words import Words

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

DOORS = frozenset({WEB.entrance, APP.entrance, centre.ENTRANCE})
"""Addresses that take a stranger's password."""


class Threshold:
    """A WSGI application: the pages, behind the gate of the passwords.

    The page that turns away is made once for each door, language and number of seconds.
    """

    def __init__(self, pages: Application, env: Env, options: WebOptions) -> None:
        """Stand before `pages`."""
        self._pages, self._env, self._options = pages, env, options
        self._made: dict[tuple[str, str, int], bytes] = {}

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Let in, or turn away whoever would have to wait too long."""
        if environ["REQUEST_METHOD"] != "POST" or environ.get("PATH_INFO") not in DOORS:
            return self._pages(environ, start)
        wait = self._env.hasher.turned_away(Standing.STRANGER)
        if wait is None:
            return self._pages(environ, start)
        response = self._answer(self._request(environ), wait)
        headers = [*response.items(), ("Content-Length", str(len(response.content)))]
        start(f"{response.status_code} {response.reason_phrase}", headers)
        return [response.content]

    def _request(self, environ: dict[str, Any]) -> WebRequest:
        request: WebRequest = WSGIRequest(environ)  # type: ignore[assignment]  # the rest follows
        request.env, request.options, request.visitor = self._env, self._options, None
        request.face = face_of(request.path)
        request.language = find_language(request)
        request.words = Words(self._env.firm, request.language)
        return request

    def _answer(self, request: WebRequest, wait: int) -> HttpResponse:
        if answers.wants_json(request):
            response = answers.refuse(request, Refused(Refusal.BUSY, retry_after=wait))
        else:
            page = self._page(request, wait)
            response = HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = str(wait)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _page(self, request: WebRequest, wait: int) -> bytes:
        key = (request.path, request.language, wait)
        if key not in self._made:
            self._made[key] = render_to_string("turned_away.html", _said(request, wait)).encode()
        return self._made[key]


def _said(request: WebRequest, wait: int) -> dict[str, object]:
    identity = request.env.firm.identity
    return {
        "words": request.words,
        "lang": request.language,
        "firm": {
            "name": identity.names[request.language],
            "seal": identity.seal,
            "style": firm_sheet(request.env)[1],
        },
        "refusal": request.words.refusal(Refused(Refusal.BUSY, retry_after=wait)),
        "entrance": request.path,
    }
