"""The reference of the firm file, written from the dataclasses (docs/policy.md)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from cinnabar.firm.faults import shown
from cinnabar.firm.load import load_firm
from cinnabar.firm.model import Firm, walk
from cinnabar.firm.part import Key, Part, as_written, keys_of
from cinnabar.firm.read import describe
from cinnabar.firm.said import SAID_BY_WORDS
from cinnabar.firm.shape import PerLanguage

_HEAD = """\
# The firm file

One TOML file per firm states every number, label and rule that is the firm's own; the code holds
none of them. This page is written by `cinnabar firm reference` from the dataclasses in
`src/cinnabar/firm/`, and a test keeps it current. To make a file of your own, follow
[add a firm](recipes/add-a-firm.md).

* Every key is required, and an unknown one is refused: a file says everything, once.
* Spans of time carry their unit in the key (`ttl_seconds`, `validity_days`).
* What customers read is a table with one entry per language of `identity.languages`.
* **taiwan**, **strong** and **hongkong** are the values of the shipped files; an empty cell under
  the last two means the same value as in *taiwan*, or, for what customers read, words of its own.
  Where *later* stands, no part of the product acts on the key yet: it is carried for the part
  named, and only its shape is checked.
"""

_MATRIX_HEAD = """\
## From the requirements to the keys

The numbered rules of the policy matrix (2.1 to 2.3, 2.9 to 2.12, 2.14 and 2.15) and the key that
carries each. Where a rule is a label or a sentence, it stands in the catalogue under `words/`; a
firm says it its own way in `[words]`.

| rule | carried by |
|---|---|
"""

_CELL = 60
_SHIPPED = ("taiwan", "strong", "hongkong")

_Values: TypeAlias = Mapping[str, str]
"""What a file says under each key, as the page shows it."""


def reference() -> str:
    """Return the whole page."""
    written = [_written(load_firm(name)) for name in _SHIPPED]
    parts = (_part(key, written) for key in keys_of(Firm))
    rows = (f"| {rule} | `{'`, `'.join(keys)}` |\n" for rule, keys in carried().items())
    return "\n".join([_HEAD, *parts, _MATRIX_HEAD]) + "".join(rows)


def carried() -> Mapping[str, tuple[str, ...]]:
    """Return, for each rule of the matrix, the keys that carry it, in the rules' order."""
    found: dict[str, list[str]] = {}
    for name, key in leaves(Firm):
        for rule in re.findall(r"\bP[0-9]+\b", key.about.source):
            found.setdefault(rule, []).append(name)
    for rule, sentences in SAID_BY_WORDS.items():
        found.setdefault(rule, []).extend(f"words: {sentence}" for sentence in sentences)
    return {rule: tuple(found[rule]) for rule in sorted(found, key=lambda rule: int(rule[1:]))}


def leaves(part: type[Part], at: str = "") -> Iterator[tuple[str, Key]]:
    """Yield every key below `part` that holds a value rather than more keys."""
    for key in keys_of(part):
        name = f"{at}.{key.spelling}" if at else key.spelling
        plain = key.kind.plain
        if isinstance(plain, type) and issubclass(plain, Part):
            yield from leaves(plain, name)
        else:
            yield name, key


def _part(table: Key, written: Sequence[_Values]) -> str:
    lines = [f"## [{table.spelling}]", "", table.about.text, ""]
    lines += [f"| key | meaning | accepted | {' | '.join(_SHIPPED)} | source |", "|---" * 7 + "|"]
    row = partial(_row, written=written)
    plain = table.kind.plain
    if isinstance(plain, type) and issubclass(plain, Part):
        lines += [row(name, key) for name, key in leaves(plain, table.spelling)]
    else:
        lines.append(row(table.spelling, table))
    return "\n".join([*lines, ""])


def _row(name: str, key: Key, *, written: Sequence[_Values]) -> str:
    about = key.about
    meaning = f"{about.text} *Later: {about.later}.*" if about.later else about.text
    here, *others = written
    texts = key.kind.mark(PerLanguage) is not None
    values = [
        here[name],
        *("" if texts or there[name] == here[name] else there[name] for there in others),
    ]
    cells = (f"`{name}`", meaning, describe(key.kind), *values, about.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _written(firm: Firm) -> _Values:
    return {
        name: _cell(as_written(kind, _said(firm, value) if kind.mark(PerLanguage) else value))
        for name, kind, value in walk(firm)
    }


def _said(firm: Firm, texts: object) -> object:
    """Return what a table with an entry per language says in the firm's usual one."""
    return texts.get(firm.identity.locale) if isinstance(texts, Mapping) else texts


def _cell(value: object) -> str:
    text = shown(list(value) if isinstance(value, tuple) else value)
    return f"`{text}`" if len(text) <= _CELL else f"`{text[: _CELL - 1]}…`"
