"""What a key of the firm file may hold, said beside its type.

Each mark goes into `Annotated[...]`. Marks with `accepts` and `wanted` are checked whenever a
part is built, from a file or by hand; the others tell the reader and the reference something.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from string import Formatter
from typing import Annotated, Literal, Protocol, TypeAlias, runtime_checkable

UNITS: Mapping[str, timedelta] = {
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
}


@runtime_checkable
class Mark(Protocol):
    """A demand on a value that its type alone does not make."""

    @property
    def wanted(self) -> str:
        """Return what would be accepted, as a phrase."""
        ...

    def accepts(self, value: object) -> bool:
        """Say whether `value` meets the demand."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """What a key means and where it comes from; the reference is written from it.

    `source` names keys of the matrix (`P29`) and clauses of the checklist (`COD-02`). `later`
    names the part of the product that will act on the key when nothing does yet.
    """

    text: str
    source: str = ""
    later: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def wanted(self) -> str:
        """Return the range in words."""
        return f"a whole number from {self.low} to {self.high}"

    def accepts(self, value: object) -> bool:
        """Say whether `value` lies in the range."""
        return isinstance(value, int) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Lasting:
    """A time span, written in the file as a whole number of `unit` under `<name>_<unit>`."""

    unit: Literal["seconds", "minutes", "hours", "days"]
    low: int
    high: int

    @property
    def wanted(self) -> str:
        """Return the range in words."""
        return f"a whole number of {self.unit} from {self.low} to {self.high}"

    def accepts(self, value: object) -> bool:
        """Say whether `value` lies in the range."""
        one = UNITS[self.unit]
        return isinstance(value, timedelta) and self.low * one <= value <= self.high * one


@dataclass(frozen=True, slots=True)
class Only:
    """The one value the product honours; the file still states it, for whoever audits it."""

    value: bool | int | str | time
    why: str

    @property
    def wanted(self) -> str:
        """Return the value and the reason there is no other."""
        return f"{self._written()} only, since {self.why}"

    def accepts(self, value: object) -> bool:
        """Say whether it is that value."""
        return type(value) is type(self.value) and value == self.value

    def _written(self) -> str:
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return str(self.value) if isinstance(self.value, time) else repr(self.value)


@dataclass(frozen=True, slots=True)
class Like:
    """A text that a pattern matches from end to end."""

    pattern: str
    wanted: str

    def accepts(self, value: object) -> bool:
        """Say whether the whole text matches."""
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places for facts: all of `needs`, and besides these only `may`."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()

    @property
    def wanted(self) -> str:
        """Return which places there must and may be."""
        need = ", ".join(f"{{{name}}}" for name in self.needs) or "none needed"
        may = ", ".join(f"{{{name}}}" for name in self.may) or "none"
        return f"a text with the placeholders {need} (others allowed: {may})"

    def accepts(self, value: object) -> bool:
        """Say whether the places are those."""
        found = placeholders(value) if isinstance(value, str) else None
        needed, allowed = set(self.needs), {*self.needs, *self.may}
        return found is not None and needed <= found <= allowed


@dataclass(frozen=True, slots=True)
class Unlike:
    """A list whose members differ, with at least `least` of them."""

    least: int = 1

    @property
    def wanted(self) -> str:
        """Return the demand in words."""
        return f"a list of at least {self.least}, none of them twice"

    def accepts(self, value: object) -> bool:
        """Say whether there are enough and no two alike."""
        return (
            isinstance(value, Collection)
            and len(value) >= self.least
            and len(set(value)) == len(value)
        )


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A list with at least `least` members; what stands in it more than once counts more."""

    least: int

    @property
    def wanted(self) -> str:
        """Return the demand in words."""
        return f"a list of at least {self.least}"

    def accepts(self, value: object) -> bool:
        """Say whether there are enough."""
        return isinstance(value, Collection) and len(value) >= self.least


@dataclass(frozen=True, slots=True)
class Keys:
    """A table with exactly these keys."""

    names: tuple[str, ...]

    @property
    def wanted(self) -> str:
        """Return the keys."""
        return f"a table with the keys {', '.join(self.names)}"

    def accepts(self, value: object) -> bool:
        """Say whether the keys are those."""
        return isinstance(value, Mapping) and set(value) == set(self.names)


@dataclass(frozen=True, slots=True)
class PerLanguage:
    """A table with one entry for each of the firm's languages (checked by `Firm`)."""


def placeholders(text: str) -> set[str] | None:
    """Return the names of the places in a `str.format` text, or None if it is not one."""
    try:
        found = {name for _, name, spec, conversion in Formatter().parse(text) if name is not None}
        simple = all(
            not spec and conversion is None
            for _, name, spec, conversion in Formatter().parse(text)
            if name is not None
        )
    except ValueError:
        return None
    return found if simple and all(name.isidentifier() for name in found) else None


SAID = Like(r"\S(.*\S)?", "a text on one line without blanks round it")
QUIET = Like(r"|\S(.*\S)?", "a text on one line without blanks round it, or an empty one")

Line: TypeAlias = Annotated[str, SAID]
Text: TypeAlias = Annotated[Mapping[str, Annotated[str, SAID]], PerLanguage()]
MaybeText: TypeAlias = Annotated[Mapping[str, Annotated[str, QUIET]], PerLanguage()]
Lines: TypeAlias = Annotated[Mapping[str, tuple[Annotated[str, SAID], ...]], PerLanguage()]
Face: TypeAlias = Literal["web", "helper", "mobile"]
Contact: TypeAlias = Literal["sms", "email"]
