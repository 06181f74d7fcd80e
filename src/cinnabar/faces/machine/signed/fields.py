"""Structured fields of HTTP (RFC 9651, chapters 3 and 4): read and written, nothing lenient.

What signatures, digests and certificates need: items, inner lists, dictionaries, of texts,
tokens, whole numbers, octets and yes-or-no. Decimals, dates and display strings are refused, as
is a name that stands twice: a signature must not mean two things.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeAlias


class FieldError(ValueError):
    """The text is not the structured field that was expected; the message says where."""


class Token(str):
    """A word without quotes."""

    __slots__ = ()


Bare: TypeAlias = str | int | bool | bytes
"""The value of an item; a `Token` is written without quotes, any other text within them."""
Parameters: TypeAlias = Mapping[str, Bare]


@dataclass(frozen=True, slots=True)
class Item:
    """A value with its parameters."""

    value: Bare
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InnerList:
    """Items in brackets, with parameters of their own."""

    items: tuple[Item, ...]
    parameters: Parameters = field(default_factory=dict)


Member: TypeAlias = Item | InnerList

LONGEST: Final = 16 * 1024
"""Octets of the longest field that is read: a certificate in base64 and room to spare."""

YES: Final = True
"""What a name without a value means (RFC 9651, 3.2)."""

_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_TEXT = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_OCTETS = re.compile(r":([A-Za-z0-9+/=]*):")
_YES_NO = re.compile(r"\?([01])")
_TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*")
_BETWEEN = re.compile(r"[ \t]*,[ \t]*")
_BLANKS = re.compile(r" +")


def read_item(text: str) -> Item:
    """Return the item that `text` is; raise `FieldError`."""
    reader = _Reader(text)
    item = reader.item()
    reader.end()
    return item


def read_dictionary(text: str) -> dict[str, Member]:
    """Return the members of the dictionary that `text` is; raise `FieldError`."""
    reader = _Reader(text)
    found: dict[str, Member] = {}
    while not reader.at_end():
        key = reader.expect(_KEY, "a name")[0]
        if key in found:
            msg = f"{key} stands twice"
            raise FieldError(msg)
        found[key] = reader.member() if reader.take("=") else Item(YES, reader.parameters())
        if not reader.at_end():
            reader.expect(_BETWEEN, "a comma")
            reader.go_on()
    return found


def write_list(inner: InnerList) -> str:
    """Return the one spelling of an inner list (RFC 9651, 4.1.1.1)."""
    items = " ".join(write_item(item) for item in inner.items)
    return f"({items}){_written(inner.parameters)}"


def write_item(item: Item) -> str:
    """Return the one spelling of an item (RFC 9651, 4.1.3)."""
    return _bare(item.value) + _written(item.parameters)


def _written(parameters: Parameters) -> str:
    return "".join(
        f";{key}" if value is True else f";{key}={_bare(value)}"
        for key, value in parameters.items()
    )


def _bare(value: Bare) -> str:
    if isinstance(value, bool):
        return f"?{int(value)}"
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode()}:"
    if isinstance(value, (int, Token)):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Reader:
    """Goes through a field from left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            msg = f"a field has at most {LONGEST} octets"
            raise FieldError(msg)
        self._text, self._at = text.strip(" "), 0

    def at_end(self) -> bool:
        return self._at == len(self._text)

    def go_on(self) -> None:
        """Refuse a comma with nothing behind it."""
        if self.at_end():
            self._refuse("another member")

    def end(self) -> None:
        if not self.at_end():
            self._refuse("the end")

    def take(self, mark: str) -> bool:
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) if found else 0
        return found

    def expect(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        if found is None:
            self._refuse(what)
        self._at = found.end()
        return found

    def member(self) -> Member:
        return self._inner_list() if self.take("(") else self.item()

    def item(self) -> Item:
        return Item(self._bare(), self.parameters())

    def parameters(self) -> dict[str, Bare]:
        found: dict[str, Bare] = {}
        while self.take(";"):
            self._blanks()
            key = self.expect(_KEY, "the name of a parameter")[0]
            if key in found:
                msg = f"the parameter {key} stands twice"
                raise FieldError(msg)
            found[key] = self._bare() if self.take("=") else True
        return found

    def _inner_list(self) -> InnerList:
        items: list[Item] = []
        self._blanks()
        while not self.take(")"):
            items.append(self.item())
            if not self._blanks() and not self._text.startswith(")", self._at):
                self._refuse("a blank or a bracket")
        return InnerList(tuple(items), self.parameters())

    def _blanks(self) -> bool:
        found = _BLANKS.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found is not None

    def _bare(self) -> Bare:
        first = self._text[self._at : self._at + 1]
        if first == '"':
            return re.sub(r"\\(.)", r"\1", self.expect(_TEXT, "a text")[1])
        if first == ":":
            return _decoded(self.expect(_OCTETS, "octets")[1])
        if first == "?":
            return self.expect(_YES_NO, "?0 or ?1")[1] == "1"
        if first == "-" or first.isdigit():
            return int(self.expect(_NUMBER, "a whole number")[0])
        return Token(self.expect(_TOKEN, "a value")[0])

    def _refuse(self, wanted: str) -> NoReturn:
        msg = f"{wanted} was expected at {self._at}"
        raise FieldError(msg)


def _decoded(text: str) -> bytes:
    plain = text.rstrip("=")  # padding may be left out (RFC 9651, 4.2.7)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as problem:
        msg = "octets are not in base64"
        raise FieldError(msg) from problem
