"""Where a firm's choices fall short of the checklist, and which of them wait for later parts."""

from collections.abc import Mapping
from dataclasses import dataclass

from cinnabar.firm.clause import Clause
from cinnabar.firm.clauses import CLAUSES
from cinnabar.firm.conflicts import ANSWERS
from cinnabar.firm.faults import shown
from cinnabar.firm.model import Firm, walk
from cinnabar.firm.part import Kind, as_written
from cinnabar.firm.shape import About


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A choice below a clause: what it is, what would do, and the answers to known conflicts."""

    key: str
    value: str
    ids: str
    wanted: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A choice that meets its clause, but that no part of the product acts on yet."""

    key: str
    value: str
    ids: str
    part: str


def shortfalls(firm: Firm) -> tuple[Shortfall, ...]:
    """Return where `firm` falls short, in the order of the firm file."""
    values = _values(firm)
    short = (clause for clause in CLAUSES if clause.short(firm))
    return tuple(_shortfall(clause, *values[clause.key]) for clause in short)


def waiting(firm: Firm) -> tuple[Waiting, ...]:
    """Return the choices that meet a clause on paper only: their part is still to come."""
    values = _values(firm)
    return tuple(
        Waiting(key=clause.key, value=_shown(*values[clause.key]), ids=clause.ids, part=later)
        for clause in CLAUSES
        if not clause.short(firm) and (later := _later(values[clause.key][0]))
    )


def _shortfall(clause: Clause, kind: Kind, value: object) -> Shortfall:
    names = [name for name in clause.conflict.split(", ") if name]
    return Shortfall(
        key=clause.key,
        value=_shown(kind, value),
        ids=clause.ids,
        wanted=clause.wanted,
        answers={name: ANSWERS[name] for name in names},
    )


def _values(firm: Firm) -> dict[str, tuple[Kind, object]]:
    return {key: (kind, value) for key, kind, value in walk(firm)}


def _shown(kind: Kind, value: object) -> str:
    return shown(as_written(kind, value))


def _later(kind: Kind) -> str:
    about = kind.mark(About)
    return about.later if isinstance(about, About) else ""
