"""The WSGI function of the machine face: /ocsp, /crl/ and /ca/.

A request whose octets are on the board is answered by one look-up. Bad requests get an OCSP
error answer or an HTTP 4xx with a problem document (RFC 9457); nothing a stranger sends makes
a 5xx.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeAlias

from cinnabar.faces.machine.answers import MALFORMED, Answer, Desk, Headers
from cinnabar.faces.machine.board import KEEP, Refresher, StatusBoard
from cinnabar.faces.machine.lists import (
    Document,
    crl_document,
    fixed_documents,
    root_crl_path,
)
from cinnabar.faces.machine.source import StatusSource
from cinnabar.kernel.clock import Clock
from cinnabar.pki.authority import Authority
from cinnabar.pki.der import DerError
from cinnabar.pki.ocsp_request import MAX_OCTETS, decode_get
from cinnabar.signer.protocol import Signer, SignerUnavailable

Environ: TypeAlias = dict[str, Any]  # PEP 3333: what a server hands over
StartResponse: TypeAlias = Callable[[str, Headers], object]
MachineApp: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

_REQUEST_TYPE = "application/ocsp-request"
_OK = "200 OK"
_READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineState:
    """What the face works with; `validity` is how long an OCSP answer may be relied on."""

    source: StatusSource
    signer: Signer
    clock: Clock
    validity: timedelta

    def board(self) -> StatusBoard:
        """Return an empty board over this state."""
        return StatusBoard(self.source, self.clock)

    def desk(self) -> Desk:
        """Return the desk that works answers out."""
        return Desk(
            source=self.source,
            signer=self.signer,
            clock=self.clock,
            validity=self.validity,
            keep=KEEP,
        )


def machine_app(state: MachineState, board: StatusBoard | None = None) -> MachineApp:
    """Return the WSGI function. Without a `board` it makes one and keeps it fresh itself.

    Call it in the process that serves: it starts a thread.
    """
    if board is None:
        board = state.board()
        Refresher(board)
    ocsp = _Ocsp(board, state.desk())
    files = _Files(state.signer, board)

    def application(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path == "/ocsp":
            return ocsp.post(environ, start)
        if path.startswith("/ocsp/"):
            return ocsp.get(path, environ, start)
        return files.get(path, environ, start)

    return application


class _Ocsp:
    def __init__(self, board: StatusBoard, desk: Desk) -> None:
        self._board, self._desk, self._find = board, desk, board.find

    def post(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return _problem(start, HTTPStatus.METHOD_NOT_ALLOWED, allow="POST")
        kind: str = environ.get("CONTENT_TYPE", "")
        if kind != _REQUEST_TYPE and kind.partition(";")[0].strip().lower() != _REQUEST_TYPE:
            return _problem(start, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        body = _body(environ)
        answer = self._find(body)
        if answer is None:
            if len(body) > MAX_OCTETS:
                return _problem(start, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            answer = self._work_out(body, body)
        start(_OK, answer.headers)
        return (answer.body,)

    def get(self, path: str, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in _READS:
            return _problem(start, HTTPStatus.METHOD_NOT_ALLOWED, allow="GET, HEAD")
        key = path.encode("utf-8", "replace")
        answer = self._find(key)
        if answer is None:
            try:
                answer = self._work_out(key, decode_get(path.removeprefix("/ocsp/")))
            except DerError:
                answer = MALFORMED
        return _send(environ, start, answer.body, answer.cached, answer.etag)

    def _work_out(self, key: bytes, der: bytes) -> Answer:
        ticket = self._board.begin()
        answer = self._desk.answer(der)
        if answer.until is not None:
            self._board.put(key, answer, ticket)
        return answer


_SIZES = {str(size): size for size in range(MAX_OCTETS + 1)}


def _body(environ: Environ) -> bytes:
    """Return the body, at most one octet more than may be; never read past its length."""
    size = _SIZES.get(environ.get("CONTENT_LENGTH", ""), MAX_OCTETS + 1)
    body: bytes = environ["wsgi.input"].read(size)
    return body


class _Files:
    """Lists and certificates. What the CA's files say is read anew when they change."""

    def __init__(self, signer: Signer, board: StatusBoard) -> None:
        self._signer, self._shelf = signer, board.shelf
        self._made_for: tuple[Authority, ...] = ()
        self._documents: Mapping[str, Document] = {}

    def get(self, path: str, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        found = self._document(path)
        if found is None:
            return _problem(start, HTTPStatus.NOT_FOUND)
        if environ["REQUEST_METHOD"] not in _READS:
            return _problem(start, HTTPStatus.METHOD_NOT_ALLOWED, allow="GET, HEAD")
        return _send(environ, start, found.body, found.headers, found.etag)

    def _document(self, path: str) -> Document | None:
        found = self._shelf.find(path)
        return found or self._fixed().get(path)

    def _fixed(self) -> Mapping[str, Document]:
        try:
            known = self._signer.authorities()
        except SignerUnavailable:
            return self._documents
        if known != self._made_for:
            newest = known[0]
            root = {root_crl_path(newest): crl_document(newest.root_crl_der)}
            self._documents = {**fixed_documents(known), **root}
            self._made_for = known
        return self._documents


def _send(
    environ: Environ, start: StartResponse, body: bytes, headers: Headers, etag: str
) -> Iterable[bytes]:
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and etag and etag in asked:
        kept = {"ETag", "Cache-Control", "Expires", "Last-Modified"}
        start("304 Not Modified", [header for header in headers if header[0] in kept])
        return ()
    start(_OK, headers)
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


_ADVICE = {
    HTTPStatus.NOT_FOUND: "There is no such list or certificate here.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Ask with one of the methods in Allow.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: f"Send {_REQUEST_TYPE}.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: f"A request has at most {MAX_OCTETS} octets.",
}


def _problem(start: StartResponse, status: HTTPStatus, *, allow: str = "") -> Iterable[bytes]:
    facts = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": _ADVICE[status],
    }
    body = json.dumps(facts).encode()
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start(f"{status.value} {status.phrase}", [*headers, ("Allow", allow)] if allow else headers)
    return (body,)
