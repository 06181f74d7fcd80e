"""What a request carries, checked for shape; what it means is the actions' business."""

import base64
import binascii
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refusal, Refused

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON object that was sent, without repeated or unknown fields."""

    fields: Mapping[str, Json]

    def text(self, name: str, *, most: int) -> str:
        """Return a required text of at most `most` characters."""
        return _checked(name, self.fields.get(name), most)

    def optional(self, name: str, *, most: int) -> str | None:
        """Return a text, or None if it was not sent."""
        value = self.fields.get(name)
        return None if value is None else _checked(name, value, most)

    def octets(self, name: str, *, most: int) -> bytes:
        """Return required octets, sent as base64 (RFC 4648, section 4), at most `most`."""
        text = self.text(name, most=most * 4 // 3 + 4)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as problem:
            raise Refused(Refusal.INPUT_MALFORMED, field=name) from problem

    def optional_octets(self, name: str, *, most: int) -> bytes | None:
        """Return octets, or None if they were not sent."""
        return None if self.fields.get(name) is None else self.octets(name, most=most)

    def texts(self, name: str, *, most: int, count: int) -> list[str]:
        """Return a required list of at most `count` texts of at most `most` characters."""
        values = self.fields.get(name)
        if values is None:
            raise Refused(Refusal.INPUT_MISSING, field=name)
        if not isinstance(values, list):
            raise Refused(Refusal.INPUT_MALFORMED, field=name)
        if len(values) > count:
            raise Refused(Refusal.INPUT_TOO_LONG, field=name)
        return [_checked(name, value, most) for value in values]


def read_body(request: WebRequest, *known: str) -> Body:
    """Return the JSON object of a request that may have the fields `known` and no others.

    Raises `Refused`: INPUT_MALFORMED, INPUT_REPEATED, INPUT_TOO_LONG.
    """
    if request.content_type != "application/json":
        raise Refused(Refusal.INPUT_MALFORMED, field="Content-Type")
    try:
        value = json.loads(request.body or b"{}", object_pairs_hook=_once)
    except (ValueError, RecursionError) as problem:
        raise Refused(Refusal.INPUT_MALFORMED, field="JSON") from problem
    if not isinstance(value, dict):
        raise Refused(Refusal.INPUT_MALFORMED, field="JSON")
    if not value.keys() <= set(known):
        # A made-up name is not said back: it need not even be text (a lone surrogate is none).
        raise Refused(Refusal.INPUT_MALFORMED, field="JSON")
    return Body(value)


def form_text(request: WebRequest, name: str, *, most: int) -> str:
    """Return a required field of a form, sent once."""
    values = request.POST.getlist(name)
    if len(values) > 1:
        raise Refused(Refusal.INPUT_REPEATED, field=name)
    return _checked(name, values[0] if values else None, most)


def optional_form_text(request: WebRequest, name: str, *, most: int) -> str:
    """Return a field of a form sent at most once, "" if it was not sent or left empty."""
    return form_text(request, name, most=most) if request.POST.get(name) else ""


def _checked(name: str, value: Json, most: int) -> str:
    if value is None or value == "":
        raise Refused(Refusal.INPUT_MISSING, field=name)
    if not isinstance(value, str):
        raise Refused(Refusal.INPUT_MALFORMED, field=name)
    if len(value) > most:
        raise Refused(Refusal.INPUT_TOO_LONG, field=name)
    # Control characters and lone surrogates are nobody's text; they break logs and databases.
    if any(
        unicodedata.category(letter) in {"Cc", "Cs"} for letter in value if letter not in "\r\n\t"
    ):
        raise Refused(Refusal.INPUT_MALFORMED, field=name)
    return value


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(Refusal.INPUT_REPEATED, field="JSON")
    return found


def query_number(request: WebRequest, name: str, *, digits: int) -> int | None:
    """Return a number of the query, 1 or more, None if it is not there.

    Raises `Refused(INPUT_MALFORMED)` for anything else, and for more digits than `digits`.
    """
    text = request.GET.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= digits and int(text)):
        raise Refused(Refusal.INPUT_MALFORMED, field=name)
    return int(text)
