"""The order line's questions: /machine/ivr/verify and /machine/ivr/change (API-04, PWD-10).

Plain WSGI beside OCSP: no cookies, no language, no page. Who asks is proved by the request; what
is answered is right or wrong and never why. docs/integration/voice-line.md is for who calls it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import structlog
from django.db import OperationalError

from cinnabar.centre import voice_calls
from cinnabar.centre.voice_calls import CallFault, CallRefused
from cinnabar.env import Env
from cinnabar.faces.machine.app import Environ, MachineApp, StartResponse
from cinnabar.faces.machine.callers import CallersError
from cinnabar.faces.machine.door import Door
from cinnabar.faces.machine.ivr_body import MalformedError, read_change, read_verify
from cinnabar.faces.machine.signed.request import Fault, Sent, Unproved
from cinnabar.faces.machine.signed.signatures import ASKED
from cinnabar.kernel.refusal import Refusal, Refused

PREFIX: Final = "/machine/ivr/"
LARGEST: Final = 4096
"""Octets of the largest question."""

_log = structlog.get_logger("machine")

Fields: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: a verdict, or a problem (RFC 9457) with a `type` that names it."""

    status: HTTPStatus
    fields: Fields
    headers: tuple[tuple[str, str], ...] = ()


def voice_app(env: Env, door: Door) -> MachineApp:
    """Return the WSGI function; whoever serves it lets go of the database after each call."""

    def application(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        return _send(start, _reply(env, door, environ))

    return application


def _reply(env: Env, door: Door, environ: Environ) -> Reply:
    act = _ACTS.get(environ.get("PATH_INFO", "").removeprefix(PREFIX))
    if act is None:
        return _problem(HTTPStatus.NOT_FOUND, "not-found")
    unfit = _unfit(environ)
    if unfit is not None:
        return unfit
    body: bytes = environ["wsgi.input"].read(_size(environ))
    try:
        return Reply(
            status=HTTPStatus.OK, fields=act(env, door.caller(_sent(env, environ, body)), body)
        )
    except Unproved as unproved:
        return _unproved(unproved.fault)
    except (MalformedError, CallRefused, Refused, CallersError, OperationalError) as problem:
        return _told(problem)


def _told(problem: Exception) -> Reply:
    if isinstance(problem, MalformedError):
        return _problem(HTTPStatus.BAD_REQUEST, problem.shape.value)
    if isinstance(problem, CallRefused):
        wait = 1 if problem.fault is CallFault.OPEN else None
        return _problem(HTTPStatus.CONFLICT, problem.fault.value, retry_after=wait)
    if isinstance(problem, Refused):
        return _refused(problem)
    # What a database says of itself may hold what was asked: its kind is enough.
    _log.error("trouble", kind=type(problem).__name__)
    return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", retry_after=2)


def _verify(env: Env, caller: str, body: bytes) -> Fields:
    asked = read_verify(caller, body, env.firm.login.identifier)
    right = voice_calls.verify(env, asked.call, asked.whom, asked.digits)
    return {"call": asked.call.id, "verdict": "right" if right else "wrong"}


def _change(env: Env, caller: str, body: bytes) -> Fields:
    asked = read_change(caller, body)
    voice_calls.change(env, asked.call, asked.digits)
    return {"call": asked.call.id, "changed": True}


_ACTS: Final[Mapping[str, Callable[[Env, str, bytes], Fields]]] = {
    "verify": _verify,
    "change": _change,
}


def _unfit(environ: Environ) -> Reply | None:
    """Return what is wrong with a request before anything of it is read."""
    if environ["REQUEST_METHOD"] != "POST":
        wrong = _problem(HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed")
        return Reply(status=wrong.status, fields=wrong.fields, headers=(("Allow", "POST"),))
    if environ.get("QUERY_STRING"):
        return _problem(HTTPStatus.BAD_REQUEST, "query-not-allowed")
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        return _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-json")
    if _size(environ) > LARGEST:
        return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large")
    return None


def _size(environ: Environ) -> int:
    """Return how long the body is said to be; what is no number is too long."""
    text: str = environ.get("CONTENT_LENGTH", "")
    plain = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))
    return int(text) if plain else LARGEST + 1


def _sent(env: Env, environ: Environ, body: bytes) -> Sent:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    }
    return Sent(
        method=environ["REQUEST_METHOD"],
        base_url=env.base_url,
        path=environ["PATH_INFO"],
        query="",
        headers=headers,
        body=body,
        peer=environ.get("REMOTE_ADDR", ""),
    )


def _refused(refused: Refused) -> Reply:
    name = refused.refusal.value
    if refused.refusal is Refusal.PASSWORD_REFUSED:
        rules = list(refused.facts["rules"])  # type: ignore[call-overload]  # a tuple of texts
        fields = _problem(HTTPStatus.UNPROCESSABLE_ENTITY, name).fields
        return Reply(status=HTTPStatus.UNPROCESSABLE_ENTITY, fields={**fields, "rules": rules})
    if refused.refusal is Refusal.TOO_MANY_TRIES:
        return _problem(HTTPStatus.TOO_MANY_REQUESTS, name)
    return _problem(HTTPStatus.SERVICE_UNAVAILABLE, name, retry_after=1)


def _unproved(fault: Fault) -> Reply:
    """Say what is wrong with the proof, and which one would do (RFC 9421, 5.1)."""
    wrong = _problem(HTTPStatus.UNAUTHORIZED, fault.value)
    asked = ("Accept-Signature", ASKED), ("WWW-Authenticate", 'Signature realm="machine"')
    return Reply(status=wrong.status, fields=wrong.fields, headers=asked)


def _problem(status: HTTPStatus, name: str, *, retry_after: int | None = None) -> Reply:
    fields = {"type": f"urn:cinnabar:{name}", "title": status.phrase, "status": status.value}
    wait = () if retry_after is None else (("Retry-After", str(retry_after)),)
    return Reply(status=status, fields=fields, headers=wait)


def _send(start: StartResponse, reply: Reply) -> Iterable[bytes]:
    body = json.dumps(reply.fields).encode()
    ok = reply.status is HTTPStatus.OK
    headers: list[tuple[str, Any]] = [
        ("Content-Type", "application/json" if ok else "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        *reply.headers,
    ]
    start(f"{reply.status.value} {reply.status.phrase}", headers)
    return (body,)
