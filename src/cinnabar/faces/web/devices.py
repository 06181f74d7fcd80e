"""Sessions and devices in words: what, where, when, by which factors."""

from collections.abc import Iterable
from typing import Any

from cinnabar.faces.web import dates
from cinnabar.faces.web.request import WebRequest
from cinnabar.flows.assurance import PASSKEY, TOKEN
from cinnabar.kernel.masks import mask_address
from cinnabar.login.open import OpenSession
from cinnabar.login.own_devices import OwnDevice
from cinnabar.login.past import PastSignIn, Result
from cinnabar.words.devices import device_in_words, named_in_words

COLUMNS = ("device", "place", "times", "action")
KNOWN_COLUMNS = ("device", "times", "second", "action")
PAST_COLUMNS = ("when", "device", "place", "result")

_ORDER = ("pwd", "sms", "email", "token", "pin", "otp", "swk", "pop", "biometrics")
"""The factors that have a word of their own, in the order they are said."""


def row(request: WebRequest, one: OpenSession) -> dict[str, Any]:
    """Return an open session as the pages show it."""
    return {
        "handle": one.handle,
        "in_app": one.in_app,
        "device": device_in_words(request.words, one.agent),
        "address": mask_address(one.address),
        "place": place(request, one.address),
        "since": dates.instant(request.env, one.started_at),
        "seen": dates.instant(request.env, one.seen_at),
        "factors": factors(request, one.amr),
        "is_this": one.is_this,
    }


def known_row(request: WebRequest, one: OwnDevice) -> dict[str, Any]:
    """Return a known device as the page shows it."""
    until = one.remembered_until
    return {
        "handle": one.handle,
        "device": device_in_words(request.words, one.agent),
        "first": dates.instant(request.env, one.first_at),
        "last": dates.instant(request.env, one.last_at),
        "until": dates.instant(request.env, until) if until else "",
        "is_this": one.is_this,
    }


def past_row(request: WebRequest, one: PastSignIn) -> dict[str, Any]:
    """Return a sign-in of the past as the page shows it."""
    return {
        "at": dates.instant(request.env, one.at),
        "device": named_in_words(request.words, one.browser, one.system),
        "is_new": one.known is False and one.result is Result.IN,
        "address": mask_address(one.address) if one.address else "",
        "place": place(request, one.address) if one.address else "",
        "factors": factors(request, one.factors),
        "result": request.words.say(f"past.result.{one.result.value}"),
        "tone": "ok" if one.result is Result.IN else "bad",
    }


def place(request: WebRequest, address: str) -> str:
    """Return where an address is, "" if the operator's file does not say."""
    known = request.env.places
    return known.of(address, request.language) if known else ""


def factors(request: WebRequest, amr: Iterable[str]) -> str:
    """Return the factors of a session in words (RFC 8176).

    A passkey beside a soft token is that app's biometrics, and no passkey the customer knows of.
    """
    proved = {*amr}
    if {TOKEN, PASSKEY} <= proved:
        proved = proved - {PASSKEY} | {"biometrics"}
    said = [request.words.say(f"account.factor.{name}") for name in _ORDER if name in proved]
    return request.words.say("formats.join").join(said)
