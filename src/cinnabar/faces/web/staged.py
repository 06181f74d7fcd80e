"""The pages of a reissue, under the four-stage bar (P132)."""

from typing import Any

from django.http import HttpResponse

from cinnabar.customers.queries import AccountView
from cinnabar.faces.web.answers import told
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
    return told(request, template, {"stages": bar, **context}, refused)


def lines(request: WebRequest, accounts: tuple[AccountView, ...]) -> list[dict[str, Any]]:
    """Return the accounts to choose from by business line, their numbers masked (P112, P194)."""
    masked, chosen = request.env.firm.masks.account, request.POST.get("account", "")
    by_line: dict[str, dict[str, Any]] = {}
    for one in accounts:
        label = request.words.say(f"business-line.{one.line.value}")
        line = by_line.setdefault(
            one.line.value, {"name": one.line.value, "label": label, "accounts": []}
        )
        line["accounts"].append(
            {"id": one.id, "branch": one.branch, "number": masked(one.number)}
            | {"chosen": str(one.id) == chosen}
        )
    first = next(iter(by_line.values()), None)
    for line in by_line.values():
        picked = any(a["chosen"] for a in line["accounts"])
        line["chosen"] = picked or (not chosen and line is first)
    return list(by_line.values())
