"""A part of the firm's policy: a frozen dataclass that cannot be wrong (style, 3)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, fields
from datetime import time, timedelta
from typing import Annotated, ClassVar, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.shape import UNITS, About, Lasting, Mark


@dataclass(frozen=True, slots=True)
class Kind:
    """A type with the marks that stand beside it."""

    plain: object
    marks: tuple[object, ...]

    def mark(self, wanted: type) -> object | None:
        """Return the first mark of that class, if there is one."""
        return next((mark for mark in self.marks if isinstance(mark, wanted)), None)


@dataclass(frozen=True, slots=True)
class Key:
    """A key of one table: the attribute, the file's spelling, what it may hold and means."""

    attribute: str
    spelling: str
    kind: Kind
    about: About


class Part:
    """Base of every part: checks its marks and its own contradictions when it is built."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[object]]]

    def __post_init__(self) -> None:
        """Raise `FirmFileError`, with keys relative to this part, for the first fault."""
        for key in keys_of(type(self)):
            check(key.kind, getattr(self, key.attribute), key.spelling)
        for fault in self.contradictions():
            raise fault

    def contradictions(self) -> Iterable[FirmFileError]:
        """Yield the faults that lie between keys, each good alone."""
        return ()


def unwrap(annotation: object) -> Kind:
    """Return the type of `annotation` and its marks."""
    if get_origin(annotation) is Annotated:
        plain, *marks = get_args(annotation)
        return Kind(plain, tuple(marks))
    return Kind(annotation, ())


def keys_of(part: type[Part]) -> tuple[Key, ...]:
    """Return the keys of a part, in the order of its dataclass."""
    hints = get_type_hints(part, include_extras=True)
    return tuple(_key(field.name, unwrap(hints[field.name])) for field in fields(part))


def _key(attribute: str, kind: Kind) -> Key:
    lasting = kind.mark(Lasting)
    spelling = f"{attribute}_{lasting.unit}" if isinstance(lasting, Lasting) else attribute
    about = kind.mark(About)
    return Key(attribute, spelling, kind, about if isinstance(about, About) else About(""))


def check(kind: Kind, value: object, key: str) -> None:
    """Raise `FirmFileError` if a mark of `kind`, or of what it holds, refuses `value`."""
    for mark in kind.marks:
        if isinstance(mark, Mark) and not mark.accepts(value):
            raise wrong(key, as_written(kind, value), mark.wanted)
    for inner, at in members(value, key):
        check(inner_kind(kind), inner, at)


def members(value: object, key: str) -> Iterator[tuple[object, str]]:
    """Yield what a list or table holds, each with its key."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield inner, f"{key}.{name}"
    elif isinstance(value, (tuple, frozenset)):
        for inner in value:
            yield inner, key


def inner_kind(kind: Kind) -> Kind:
    """Return what the members of a list or table must be."""
    arguments = get_args(kind.plain)
    origin = get_origin(kind.plain)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return unwrap(arguments[1])
    return unwrap(arguments[0])


def as_written(kind: Kind, value: object) -> object:
    """Return `value` as the file would spell it: spans as numbers, sets as lists."""
    lasting = kind.mark(Lasting)
    if isinstance(lasting, Lasting) and isinstance(value, timedelta):
        units = value / UNITS[lasting.unit]
        return int(units) if units.is_integer() else units
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, (ZoneInfo, time)):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
