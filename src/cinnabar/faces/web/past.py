"""Own certificates in words: the rows that the pages of the history show."""

from typing import Any

from cinnabar.certificates.history import Actor, Checkpoint, OwnCertificate, OwnEvent, Page
from cinnabar.certificates.proved import Standing
from cinnabar.certificates.rules import HostState, displayed_serial, host_state
from cinnabar.certificates.states import State
from cinnabar.faces.web import dates
from cinnabar.faces.web.request import WebRequest
from cinnabar.journal.events import Event

_COLUMNS = (
    "column.serial",
    "column.validity",
    "column.status",
    "history.column.asked",
    "history.column.ended",
    "history.column.journal",
    "column.action",
)
_EVENT_COLUMNS = ("when", "what", "who", "journal")
_CHANNELS = {"web", "mobile"}
_TONES = {Standing.INCLUDED: "ok", Standing.WAITING: "quiet", Standing.MISSING: "bad"}
_LIVE_TONES = {HostState.NORMAL: "ok", HostState.NEEDS_RENEWAL: "warn"}
_EVENT_WORDS = {
    Event.CERTIFICATE_INTENDED: "asked",
    Event.CERTIFICATE_ISSUED: "issued",
    Event.CERTIFICATE_RENEWED: "renewed",
    Event.CERTIFICATE_EXPORTED: "exported",
    Event.CERTIFICATE_IMPORTED: "imported",
    Event.CERTIFICATE_CLOSED: "closed",
    Event.CERTIFICATE_REVOKED: "revoked",
    Event.CERTIFICATE_LOSS_REPORTED: "loss-reported",
}


def table(request: WebRequest, page: Page) -> dict[str, Any]:
    """Return a page of certificates as its table shows them."""
    say = request.words.say
    return {
        "number": page.number,
        "newer": page.number - 1,
        "older": page.number + 1 if page.has_older else None,
        "columns": [say(column) for column in _COLUMNS],
        "rows": [_row(request, one) for one in page.certificates],
        "alarm": any(one.standing is Standing.MISSING for one in page.certificates),
        "checkpoint": _checkpoint(request, page.checkpoint),
    }


def whole(request: WebRequest, one: OwnCertificate) -> dict[str, Any]:
    """Return a certificate with its events."""
    return {
        **_row(request, one),
        "serial_full": one.serial.upper(),
        "is_live": one.state is State.LIVE,
        "events": [_event(request, one, event) for event in one.events],
    }


def event_columns(request: WebRequest) -> list[str]:
    """Return the heads of the table of events."""
    return [request.words.say(f"history.column.{name}") for name in _EVENT_COLUMNS]


def proof(request: WebRequest, standing: Standing, checkpoint: Checkpoint | None) -> str:
    """Return the sentence that says what was computed."""
    say = request.words.say
    if standing is Standing.INCLUDED and checkpoint:
        at = dates.instant(request.env, checkpoint.at)
        return say("history.proof-included", at=at, size=f"{checkpoint.size:,}")
    return say(f"history.proof-{standing.value}")


def _row(request: WebRequest, one: OwnCertificate) -> dict[str, Any]:
    env, say = request.env, request.words.say
    return {
        "serial": displayed_serial(one.serial),
        "href": f"/certificates/history/{one.serial}/",
        "validity_from": dates.validity(env, one.not_before),
        "validity_to": dates.validity(env, one.not_after),
        "status": _status(request, one),
        "asked": say(f"history.asked.{one.act}", who=_who(request, Actor.SELF, one.channel)),
        "asked_at": dates.instant(env, one.asked_at),
        "ending": say(f"history.ending.{one.ending.value}") if one.ending else "",
        "ended_at": dates.instant(env, one.ended_at) if one.ended_at else "",
        "journal": _journal(request, one.standing),
    }


def _status(request: WebRequest, one: OwnCertificate) -> dict[str, str]:
    """Return the state in the firm's words: of a live one those of the host's table (P160)."""
    env, say = request.env, request.words.say
    if one.state is not State.LIVE:
        return {"label": say(f"state.host.{one.state.value}"), "tone": "quiet"}
    zone, now = env.firm.identity.timezone, env.clock.now()
    state = host_state(env.firm.certificate, zone, one.not_after, now)
    return {
        "label": say(f"state.web.{state.value}"),
        "tone": _LIVE_TONES.get(state, "bad"),
    }


def _event(request: WebRequest, one: OwnCertificate, event: OwnEvent) -> dict[str, Any]:
    what = "replaced" if event.replaces == one.serial else _EVENT_WORDS[event.event]
    return {
        "at": dates.instant(request.env, event.at),
        "what": request.words.say(f"history.event.{what}"),
        "who": _who(request, event.actor, event.channel),
        "journal": _journal(request, event.standing),
    }


def _who(request: WebRequest, actor: Actor, channel: str) -> str:
    known = actor is Actor.SELF and channel in _CHANNELS
    return request.words.say(f"history.who.{channel if known else actor.value}")


def _journal(request: WebRequest, standing: Standing) -> dict[str, str]:
    label = request.words.say(f"history.standing.{standing.value}")
    return {"key": standing.value, "label": label, "tone": _TONES[standing]}


def _checkpoint(request: WebRequest, checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return ""
    at = dates.instant(request.env, checkpoint.at)
    return request.words.say("history.checkpoint", at=at, size=f"{checkpoint.size:,}")
