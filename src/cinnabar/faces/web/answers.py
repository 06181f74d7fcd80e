"""The one place that turns an answer or a refusal into HTTP (law 5, RFC 9457)."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from cinnabar.faces.web import questions
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import why_ended
from cinnabar.kernel.refusal import Refusal, Refused

STATUS: Mapping[Refusal, int] = {
    Refusal.NOT_FOUND: 404,
    Refusal.METHOD_NOT_ALLOWED: 405,
    Refusal.INPUT_TOO_LONG: 413,
    Refusal.FOREIGN_PAGE: 403,
    Refusal.SIGNED_OUT: 401,
    Refusal.SIGN_IN_FAILED: 401,
    Refusal.STEP_UP_NEEDED: 403,
    Refusal.ROBOT_CHECK_NEEDED: 403,
    Refusal.ROBOT_CHECK_VOID: 403,
    Refusal.TOO_MANY_TRIES: 429,
    Refusal.TOO_FAST: 429,
    Refusal.CODE_TOO_SOON: 429,
    Refusal.CODE_DAY_LIMIT: 429,
    Refusal.SMS_PAUSED: 429,
    Refusal.PASS_CODE_TOO_SOON: 429,
    Refusal.SIGN_IN_CODE_TOO_SOON: 429,
    Refusal.REISSUE_LIMIT: 429,
    Refusal.REVOKE_LIMIT: 429,
    Refusal.APPROVAL_LIMIT: 429,
    Refusal.APPROVALS_RESTRICTED: 403,
    Refusal.PUSH_HOST: 403,
    Refusal.CODE_DISABLED: 403,
    Refusal.REAPPLY_BLOCKED: 403,
    Refusal.CERTIFICATE_NOT_YOURS: 403,
    Refusal.EXPORT_OFF: 403,
    Refusal.UNLOCK_NOT_PROVED: 403,
    Refusal.UNLOCK_SPENT: 403,
    Refusal.IMPORT_NOT_YOURS: 403,
    Refusal.IMPORT_FOREIGN: 400,
    Refusal.IMPORT_KEY: 400,
    Refusal.SHARE_GONE: 410,
    Refusal.VAULT_GONE: 410,
    Refusal.LINK_DEAD: 410,
    Refusal.PASSKEY_NOT_PROVED: 403,
    Refusal.PASSKEY_STOPPED: 403,
    Refusal.PASSKEY_NAME: 400,
    Refusal.TOKEN_NOT_PROVED: 403,
    Refusal.TOKEN_PIN_WRONG: 403,
    Refusal.TOKEN_CODE_WRONG: 403,
    Refusal.TOKEN_CODE_USED: 403,
    Refusal.TOKEN_LOCKED: 403,
    Refusal.TOKEN_BUSY: 429,
    Refusal.TOKEN_REGISTRATION_WRONG: 403,
    Refusal.TOKEN_REGISTRATION_DEAD: 410,
    Refusal.TOKEN_SUSPENDED: 403,
    Refusal.BOUND_DEVICE_REFUSED: 403,
    Refusal.BIOMETRICS_SUSPENDED: 403,
    Refusal.BIOMETRICS_NOT_PROVED: 403,
    Refusal.BUSY: 503,
    Refusal.SIGNING_UNAVAILABLE: 503,
    Refusal.TROUBLE: 500,
    Refusal.OLD_PASSWORD_WRONG: 403,
    Refusal.PASSWORD_LOCKED: 403,
    Refusal.MUST_CHANGE: 403,
    Refusal.NOTHING_CHOSEN: 400,
    Refusal.PASSWORD_SAME: 400,
    Refusal.INPUT_MISSING: 400,
    Refusal.INPUT_MALFORMED: 400,
    Refusal.INPUT_REPEATED: 400,
    Refusal.IDENTIFIER_MALFORMED: 400,
    Refusal.BIRTH_DATE_MALFORMED: 400,
    Refusal.PASSWORD_REFUSED: 400,
    Refusal.PASSWORD_DIFFERS: 400,
    Refusal.REQUEST_MALFORMED: 400,
    Refusal.KEY_NOT_ACCEPTED: 400,
    Refusal.POSSESSION_NOT_PROVED: 400,
    Refusal.SIGNATURE_MALFORMED: 400,
}
"""The status of each refusal; all others are 409, a conflict with how things stand."""

_CONFLICT = 409


def answer(body: Mapping[str, Any] | list[dict[str, str]], status: int = 200) -> HttpResponse:
    """Return `body` as JSON."""
    return HttpResponse(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        content_type="application/json; charset=utf-8",
        status=status,
    )


def sentences(request: WebRequest, refused: Refused) -> dict[str, str]:
    """Return name, title, detail and next step of a refusal in the visitor's language."""
    said = request.words.refusal(refused)
    return {
        "name": refused.refusal.value,
        "title": said.title,
        "detail": said.detail,
        "next": said.next,
        "help": questions.link(refused.refusal) or "",
    }


def refuse(request: WebRequest, refused: Refused) -> HttpResponse:
    """Return the refusal as a problem document for scripts, as a page for people."""
    status = STATUS.get(refused.refusal, _CONFLICT)
    if wants_json(request):
        response = _problem(request, refused, status)
    else:
        said = sentences(request, refused)
        context = {"refusal": said, "status": status, "ended": _ended(request, refused)}
        response = page(request, "refused.html", context, status)
    return _later(response, refused)


def told(
    request: WebRequest, template: str, context: Mapping[str, Any], refused: Refused | None = None
) -> HttpResponse:
    """Return the page a form is on, and above the form what was refused of it."""
    if refused is None:
        return page(request, template, {"refusal": None, **context})
    said = {"refusal": sentences(request, refused), **context}
    status = STATUS.get(refused.refusal, _CONFLICT)
    return _later(page(request, template, said, status), refused)


def _later(response: HttpResponse, refused: Refused) -> HttpResponse:
    """Say when to come back, if the refusal knows it."""
    wait = refused.facts.get("retry_after")
    if isinstance(wait, int):
        response["Retry-After"] = str(wait)
    return response


def _ended(request: WebRequest, refused: Refused) -> str:
    """Return why the session is over, where that is what was refused."""
    return why_ended(request) if refused.refusal is Refusal.SIGNED_OUT else ""


def page(
    request: WebRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page with the frame every page needs."""
    from cinnabar.faces.web.frame import frame  # noqa: PLC0415 - frame needs nothing of views

    return render(request, template, {**frame(request), **context}, status=status)


def _problem(request: WebRequest, refused: Refused, status: int) -> HttpResponse:
    body: dict[str, Any] = {
        "type": f"{request.env.base_url}/refusals/{refused.refusal.value}",
        "status": status,
        "instance": request.path,
        **{k: v for k, v in sentences(request, refused).items() if k != "name" and v},
        # Numbers, and names of our own; other facts may be what somebody typed.
        **{k: v for k, v in refused.facts.items() if isinstance(v, int) or k == "page"},
    }
    response = answer(body, status)
    response["Content-Type"] = "application/problem+json; charset=utf-8"
    return response


def wants_json(request: WebRequest) -> bool:
    """Tell whether a script asks, not a person."""
    return (
        request.content_type == "application/json"
        or "application/json" in request.headers.get("Accept", "")
        or request.path.endswith(".json")
    )
