"""What the order line may ask, read from JSON; nothing is guessed and nothing passed over."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from cinnabar.centre.voice_calls import Call
from cinnabar.centre.voice_holder import Whom
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Password

Identify: TypeAlias = Callable[[str], Identifier]
"""Reads an identifier as the firm does; raises `Refused`."""

_CALL = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_DIGITS = re.compile(r"[0-9]{1,64}")
_PLACE: Final = 40
"""Characters of the longest branch name or account number."""


class Shape(StrEnum):
    """What is wrong with a question, before anybody looks at what it asks."""

    JSON = "json-malformed"
    UNKNOWN = "fields-unknown"
    FIELDS = "fields-malformed"
    CALL = "call-malformed"
    DIGITS = "digits-malformed"
    WHOM = "whom-malformed"
    IDENTIFIER = "identifier-malformed"


class MalformedError(Exception):
    """The question has not the shape it must have."""

    def __init__(self, shape: Shape) -> None:
        """Name what is wrong."""
        super().__init__(shape.value)
        self.shape = shape


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyQuestion:
    """Are these the digits of that customer."""

    call: Call
    whom: Whom
    digits: Password


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeQuestion:
    """Make these the digits of whom the call has verified."""

    call: Call
    digits: Password


def read_verify(caller: str, body: bytes, identify: Identify) -> VerifyQuestion:
    """Return the question in `body`; raise `MalformedError`."""
    fields = _fields(body, {"call", "digits", "identifier", "account", "branch", "line"})
    return VerifyQuestion(
        call=_call(caller, fields), whom=_whom(fields, identify), digits=_digits(fields)
    )


def read_change(caller: str, body: bytes) -> ChangeQuestion:
    """Return the wish in `body`; raise `MalformedError`."""
    fields = _fields(body, {"call", "digits"})
    return ChangeQuestion(call=_call(caller, fields), digits=_digits(fields))


def _fields(body: bytes, known: set[str]) -> Mapping[str, str]:
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as problem:
        raise MalformedError(Shape.JSON) from problem
    if not isinstance(value, dict) or not value.keys() <= known:
        raise MalformedError(Shape.UNKNOWN)
    if not all(isinstance(one, str) and one.isprintable() for one in value.values()):
        raise MalformedError(Shape.FIELDS)
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a name stands twice"
        raise ValueError(msg)
    return found


def _call(caller: str, fields: Mapping[str, str]) -> Call:
    name = fields.get("call", "")
    if not _CALL.fullmatch(name):
        raise MalformedError(Shape.CALL)
    return Call(caller=caller, id=name)


def _digits(fields: Mapping[str, str]) -> Password:
    digits = fields.get("digits", "")
    if not _DIGITS.fullmatch(digits):
        raise MalformedError(Shape.DIGITS)
    return Password(digits)


def _whom(fields: Mapping[str, str], identify: Identify) -> Whom:
    """Return who is meant: by identifier, or by account with branch and line if need be."""
    account = {name: fields[name] for name in ("account", "branch", "line") if name in fields}
    if ("identifier" in fields) == ("account" in account) or ("identifier" in fields and account):
        raise MalformedError(Shape.WHOM)
    if any(not 0 < len(text) <= _PLACE for text in account.values()):
        raise MalformedError(Shape.WHOM)
    if account:
        branch, line = (account.get(name, "") for name in ("branch", "line"))
        return Whom(account=account["account"], branch=branch, line=line)
    try:
        return Whom(identifier=identify(fields["identifier"]))
    except Refused as refused:
        raise MalformedError(Shape.IDENTIFIER) from refused
