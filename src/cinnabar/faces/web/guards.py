"""What holds for every answer: headers, refusals, requests from other sites (WEB-01 to WEB-04)."""

from collections.abc import Callable

import structlog
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.multipartparser import MultiPartParserError

from cinnabar.faces.web.answers import refuse
from cinnabar.faces.web.face import face_of
from cinnabar.faces.web.language import find_language
from cinnabar.faces.web.offered import is_offered
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.words import Words

Answer = Callable[[WebRequest], HttpResponse]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types app-sw"
    ),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    # Nothing leaves the site; "no-referrer" would make our own forms come without an origin.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

_log = structlog.get_logger("web")


class HeadersMiddleware:
    """Sets the security headers; an answer may only add to them."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap `get_response`."""
        self._get_response = get_response

    def __call__(self, request: WebRequest) -> HttpResponse:
        """Answer with the headers."""
        response = self._get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class RefusalMiddleware:
    """Turns refusals and surprises into answers; a customer never sees a stack trace."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap `get_response`."""
        self._get_response = get_response

    def __call__(self, request: WebRequest) -> HttpResponse:
        """Find the language first, since every answer needs words."""
        request.visitor = None
        request.face = face_of(request.path)
        request.language = find_language(request)
        request.words = Words(request.env.firm, request.language)
        response = self._get_response(request)
        return (
            _said(request, response) if isinstance(response, HttpResponseNotAllowed) else response
        )

    def process_exception(self, request: WebRequest, problem: Exception) -> HttpResponse:
        """Answer for whatever a view raised."""
        return refuse(request, _as_refusal(problem))


class SameSiteMiddleware:
    """Refuses what another site makes a browser send (WEB-03)."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap `get_response`."""
        self._get_response = get_response

    def __call__(self, request: WebRequest) -> HttpResponse:
        """Let reads pass; writes must come from our own pages."""
        site = request.headers.get("Sec-Fetch-Site", "none")
        if request.method not in {"GET", "HEAD"} and site not in {"same-origin", "none"}:
            return refuse(request, Refused(Refusal.FOREIGN_PAGE))
        return self._get_response(request)


class OfferedMiddleware:
    """Answers for a page that the firm does not offer as for one that does not exist."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap `get_response`."""
        self._get_response = get_response

    def __call__(self, request: WebRequest) -> HttpResponse:
        """Let pass what is offered."""
        if is_offered(request.env.firm, request.path):
            return self._get_response(request)
        return refuse(request, Refused(Refusal.NOT_FOUND))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the token of its page."""
    del reason

    return refuse(request, Refused(Refusal.FOREIGN_PAGE))  # type: ignore[arg-type]  # WebRequest


def bad_request(request: WebRequest, exception: Exception) -> HttpResponse:
    """Answer what Django could not read: a broken multipart body, a foreign character set."""
    return refuse(request, _as_refusal(exception))


def not_found(request: WebRequest, exception: Exception) -> HttpResponse:
    """Answer an address that is not there."""
    del exception
    return refuse(request, Refused(Refusal.NOT_FOUND))


def trouble(request: WebRequest) -> HttpResponse:
    """Answer when even the frame of a page failed."""
    del request
    return HttpResponse("暫時無法提供服務。 The service is not available now.", status=500)


def _said(request: WebRequest, wordless: HttpResponseNotAllowed) -> HttpResponse:
    """Return Django's bare 405 with words."""
    response = refuse(request, Refused(Refusal.METHOD_NOT_ALLOWED))
    response["Allow"] = wordless["Allow"]
    return response


def _as_refusal(problem: Exception) -> Refused:
    if isinstance(problem, Refused):
        return problem
    if isinstance(problem, Http404):
        return Refused(Refusal.NOT_FOUND)
    if isinstance(problem, (RequestDataTooBig, TooManyFieldsSent)):
        return Refused(Refusal.INPUT_TOO_LONG)
    if isinstance(problem, (BadRequest, MultiPartParserError, SuspiciousOperation)):
        return Refused(Refusal.INPUT_MALFORMED, field="")
    busy = isinstance(problem, OperationalError)
    # The kind and place of a surprise help; its text may hold what a customer typed.
    place = problem.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
    _log.error("trouble", kind=type(problem).__name__, where=where)
    return Refused(Refusal.BUSY, retry_after=2) if busy else Refused(Refusal.TROUBLE)
