"""From the tables of a TOML document to frozen parts; refuses what it does not know."""

from collections.abc import Mapping
from datetime import time
from difflib import get_close_matches
from typing import Literal, TypeVar, cast, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.frozen import FrozenMap
from cinnabar.firm.part import Key, Kind, Part, inner_kind, keys_of
from cinnabar.firm.shape import UNITS, Lasting, Mark, PerLanguage

P = TypeVar("P", bound=Part)


def read_part(part: type[P], table: object, at: str) -> P:
    """Return `table` as a `part`; `at` is the table's name, empty for the whole file.

    Raises `FirmFileError` for the first key that is unknown, missing or will not do.
    """
    if not isinstance(table, Mapping):
        raise wrong(at, table, f"a table with the keys {_listed(part)}")
    keys = keys_of(part)
    _refuse_strangers(part, table, at)
    values = {key.attribute: _value(key, table, at) for key in keys}
    try:
        return part(**values)
    except FirmFileError as fault:
        raise fault.under(at) from None


def _listed(part: type[Part]) -> str:
    return ", ".join(key.spelling for key in keys_of(part))


def _refuse_strangers(part: type[Part], table: Mapping[str, object], at: str) -> None:
    known = [key.spelling for key in keys_of(part)]
    for name in table:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"{near[0]} (was that meant?)" if near else _listed(part)
            raise FirmFileError(_join(at, name), "is not a key of a firm file", meant)


def _value(key: Key, table: Mapping[str, object], at: str) -> object:
    name = _join(at, key.spelling)
    if key.spelling not in table:
        raise FirmFileError(name, "is missing", describe(key.kind))
    return read_value(key.kind, table[key.spelling], name)


def _join(at: str, name: str) -> str:
    spelt = name or '""'  # as the file writes a key of no characters
    return f"{at}.{spelt}" if at else spelt


def read_value(kind: Kind, raw: object, at: str) -> object:
    """Return `raw`, a value as TOML gives it, as the type `kind` asks for."""
    plain = kind.plain
    if isinstance(plain, type) and issubclass(plain, Part):
        return read_part(plain, raw, at)
    origin = get_origin(plain)
    if origin is Literal:
        return _choice(kind, raw, at)
    if origin in (tuple, frozenset):
        return _list(kind, raw, at)
    if origin is not None:
        return _table(kind, raw, at)
    return _plain(kind, raw, at)


def _choice(kind: Kind, raw: object, at: str) -> object:
    if isinstance(raw, str) and raw in get_args(kind.plain):
        return raw
    raise wrong(at, raw, describe(kind))


def _list(kind: Kind, raw: object, at: str) -> object:
    if not isinstance(raw, list):
        raise wrong(at, raw, describe(kind))
    values = tuple(read_value(inner_kind(kind), item, at) for item in raw)
    if get_origin(kind.plain) is tuple:
        return values
    if len(set(values)) != len(values):
        raise wrong(at, raw, "a list in which nothing stands twice")
    return frozenset(values)


def _table(kind: Kind, raw: object, at: str) -> object:
    if not isinstance(raw, dict):
        raise wrong(at, raw, describe(kind))
    inner = inner_kind(kind)
    return FrozenMap(
        (name, read_value(inner, value, _join(at, name))) for name, value in raw.items()
    )


def _plain(kind: Kind, raw: object, at: str) -> object:
    lasting = kind.mark(Lasting)
    if isinstance(lasting, Lasting):
        # within the mark's range first: a number out of all bounds would overflow the span
        if type(raw) is not int or not lasting.low <= raw <= lasting.high:
            raise wrong(at, raw, describe(kind))
        return raw * UNITS[lasting.unit]
    if kind.plain is ZoneInfo:
        return _zone(kind, raw, at)
    if type(raw) is not kind.plain:
        raise wrong(at, raw, describe(kind))
    return raw


def _zone(kind: Kind, raw: object, at: str) -> ZoneInfo:
    try:
        return ZoneInfo(cast("str", raw))
    except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError):
        raise wrong(at, raw, describe(kind)) from None


_PLAIN: Mapping[object, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    time: "a time of day such as 23:59:59",
    ZoneInfo: "the name of a time zone such as 'Asia/Taipei'",
}


def describe(kind: Kind) -> str:
    """Return in words what `kind` accepts."""
    wanted = next((mark.wanted for mark in kind.marks if isinstance(mark, Mark)), "")
    if get_origin(kind.plain) in (tuple, frozenset):
        return f"{wanted or 'a list'}, each {describe(inner_kind(kind))}"
    return wanted or _describe_unmarked(kind)


def _describe_unmarked(kind: Kind) -> str:
    origin = get_origin(kind.plain)
    if origin is Literal:
        return "one of " + ", ".join(repr(name) for name in get_args(kind.plain))
    if origin is not None:
        of = "per language" if kind.mark(PerLanguage) else "a table, each value"
        return f"{of} {describe(inner_kind(kind))}"
    if isinstance(kind.plain, type) and issubclass(kind.plain, Part):
        return f"a table with the keys {_listed(kind.plain)}"
    return _PLAIN[kind.plain]
