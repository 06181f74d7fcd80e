"""Who somebody says to be: the kinds of identifiers, their shapes and check digits (P16, P17).

A typed identifier is brought to one spelling before anything is counted or looked up: full-width
characters become plain, letters become capitals, blanks and hyphens go (LCK, incident 13). Which
kinds a firm takes is its own choice (`login.id_kinds`).
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cinnabar.kernel.refusal import Refusal, Refused

IdKind: TypeAlias = Literal["national_id", "uniform_no", "account_no"]
"""The id of a person in Taiwan, the number of a business there, an account number as a name."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""Letters in the order of their values: A is 10, B 11 … I 34, O 35."""

_ID_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
_UNIFORM_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Identifier:
    """Who somebody says to be, in its one spelling."""

    kind: IdKind
    value: str


def normalise(text: str) -> str:
    """Return the one spelling of a typed identifier, well formed or not.

    Counters of wrong tries use it, so that another spelling buys no more of them.
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST])
    return re.sub(r"[\s\-\u2010-\u2015\u200b-\u200d\u2060\ufeff]", "", plain).upper()


def read_identifier(text: str, kinds: Collection[IdKind]) -> Identifier:
    """Return the identifier, of one of `kinds`, that `text` spells.

    Raises `Refused(IDENTIFIER_MALFORMED)` when the shape or the check digit is wrong: that is
    arithmetic anybody can do and says nothing about whether such a customer exists.
    """
    value = normalise(text)
    for kind, is_one in _KINDS.items():
        if kind in kinds and len(text) <= _LONGEST and is_one(value):
            return Identifier(kind, _WRITTEN.get(kind, str)(value))
    raise Refused(Refusal.IDENTIFIER_MALFORMED)


def is_national_id(value: str) -> bool:
    """Say whether `value` is the id of a citizen or a resident.

    Citizens: a letter, 1 or 2, eight digits. Residents since 2021: a letter, 8 or 9, eight
    digits. Residents before: two letters (the second A to D), eight digits; its second letter
    counts as the last digit of its value.
    """
    if not re.fullmatch(r"[A-Z](?:[1289]|[A-D])[0-9]{8}", value):
        return False
    first = _letter(value[0])
    second = _letter(value[1]) % 10 if value[1].isalpha() else int(value[1])
    digits = (first // 10, first % 10, second, *map(int, value[2:]))
    return sum(w * d for w, d in zip(_ID_WEIGHTS, digits, strict=True)) % 10 == 0


def is_uniform_no(value: str) -> bool:
    """Say whether `value` is a uniform number of a business (rule of 2023: divisible by 5).

    The digits of the weighted products are added up. Where the seventh digit is 7 its product
    28 gives 10, of which either digit may count: the sum or the sum less 9 must be divisible.
    """
    if not re.fullmatch(r"[0-9]{8}", value):
        return False
    products = (w * int(d) for w, d in zip(_UNIFORM_WEIGHTS, value, strict=True))
    total = sum(p // 10 + p % 10 for p in products)
    return total % 5 == 0 or (value[6] == "7" and (total - 9) % 5 == 0)


def is_account_no(value: str) -> bool:
    """Say whether `value` is an account number used as a name: eight digits, none a check digit."""
    return re.fullmatch(r"[0-9]{8}", value) is not None


def _hyphenated(value: str) -> str:
    return f"{value[:4]}-{value[4:]}"


_KINDS: Mapping[IdKind, Callable[[str], bool]] = {
    "national_id": is_national_id,
    "uniform_no": is_uniform_no,
    "account_no": is_account_no,
}

_WRITTEN: Mapping[IdKind, Callable[[str], str]] = {"account_no": _hyphenated}
"""Kinds that are written with a sign which typing them does not need: 9999-9990."""


def _letter(letter: str) -> int:
    return _LETTERS.index(letter) + 10
