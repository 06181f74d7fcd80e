"""The pages of a reissue, under the four-stage bar (P132)."""

from typing import Any

from django.http import HttpResponse

from cinnabar.faces.web.answers import STATUS, page, sentences
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refused

_STAGES = ("identify", "account", "set", "done")


def shown(
    request: WebRequest,
    template: str,
    stage: str,
    context: dict[str, Any],
    refused: Refused | None = None,
) -> HttpResponse:
    """Return the page at `stage`, with what was refused above it."""
    here = _STAGES.index(stage)
    bar = [
        {"name": name, "done": at < here or stage == "done", "here": at == here}
        for at, name in enumerate(_STAGES)
    ]
    told = {"refusal": sentences(request, refused) if refused else None, "stages": bar}
    status = STATUS.get(refused.refusal, 409) if refused else 200
    response = page(request, template, {**told, **context}, status)
    wait = refused.facts.get("retry_after") if refused else None
    if isinstance(wait, int):
        response["Retry-After"] = str(wait)
    return response
