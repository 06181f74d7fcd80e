"""Passwords: what may be one, how long it holds, and what the voice line makes of it (2.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.accounts import Line
from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, Lasting, MaybeText, Only, Unlike

Charset: TypeAlias = Literal["letters-and-digits", "any"]
Blocked: TypeAlias = Literal[
    "common", "breached", "firm", "identifier", "birth-date", "mobile", "account"
]

_LETTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class _LetterMap:
    """Each letter of the alphabet on one digit of a telephone's keys."""

    wanted: str = "a table in which each letter from A to Z stands once, each entry a digit 0 to 9"

    def accepts(self, value: object) -> bool:
        """Say whether `value` is such a table."""
        if not isinstance(value, Mapping):
            return False
        letters = "".join(map(str, value))
        digits = all(isinstance(d, int) and 0 <= d <= 9 for d in value.values())  # noqa: PLR2004 - the digits there are
        return digits and len(letters) == len(_LETTERS) and set(letters) == _LETTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRules(Part):
    """What may be a password of one kind."""

    min: Annotated[int, Between(4, 64), About("The fewest characters.", "P80 P92 PWD-01")]
    max: Annotated[int, Between(4, 128), About("The most characters.", "P81 P92 PWD-02")]
    charset: Annotated[
        Charset,
        About("Half-width letters and digits, or any characters that print.", "P82 P93 PWD-03"),
    ]
    min_letters: Annotated[int, Between(0, 8), About("The fewest letters.", "P83 PWD-03")]
    min_digits: Annotated[int, Between(0, 8), About("The fewest digits.", "P84 PWD-03")]
    history: Annotated[
        int,
        Between(0, 24),
        About("Earlier passwords that may not come back.", "P86 PWD-09"),
    ]
    max_age: Annotated[
        timedelta,
        Lasting("days", 0, 3650),
        About("After how long a change is asked; 0: never.", "P87 PWD-04"),
    ]
    remind: Annotated[
        timedelta,
        Lasting("days", 0, 90),
        About("How long before that it is said to end soon.", "P87"),
    ]
    blocklist: Annotated[
        frozenset[Blocked],
        Unlike(least=0),
        About("What a password may not be.", "PWD-05"),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse lengths that nothing fits into."""
        if self.max < self.min:
            yield wrong("max", self.max, "min or more")
        if self.min_letters + self.min_digits > self.max:
            yield wrong("min_letters", self.min_letters, "no more, with min_digits, than max")
        if self.max_age and self.remind >= self.max_age:
            yield wrong("remind_days", self.remind.days, "less than max_age_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialPassword(Part):
    """The password a reissue gives out, for as long as it takes to choose one's own."""

    length: Annotated[
        int,
        Between(0, 12),
        About("How many digits; 0: none, the customer chooses at once.", "P100 PWD-11"),
    ]
    must_change_now: Annotated[
        bool,
        Only(value=True, why="an issued password never becomes the lasting one (PWD-11)"),
        About("It only leads to the page where it is changed.", "P101 PWD-11"),
    ]
    ttl: Annotated[
        timedelta,
        Lasting("seconds", 60, 3600),
        About("How long it can be used.", "P102 PWD-11"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicePolicy(Part):
    """The password of the voice order line; it is digits, since a telephone has no others."""

    derivation: Annotated[
        Literal["letter-map", "separate"],
        About(
            "From the login password by the table, or digits of its own.",
            "P95 PWD-10",
        ),
    ]
    min: Annotated[int, Between(4, 12), About("The fewest digits.", "P95 PWD-10")]
    max: Annotated[int, Between(4, 64), About("The most digits.", "P95 PWD-10")]
    in_step: Annotated[
        Literal["offered", "not-offered"],
        About("The box that changes it with the login password.", "P96 CONFLICT-5"),
    ]
    on_reissue: Annotated[bool, About("A reissue sets it too.", "P97 CONFLICT-5")]
    max_wrong: Annotated[
        int,
        Between(1, 100),
        About("The wrong try on the line that locks the line.", "PWD-10"),
    ]
    change_within: Annotated[
        timedelta,
        Lasting("seconds", 30, 3600),
        About("How long after its right answer a call may change it.", "API-04"),
    ]
    letters: Annotated[
        Mapping[str, int],
        _LetterMap(),
        About("Which letters are on which key.", "P99"),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse lengths that nothing fits into, and a step between passwords that differ."""
        if self.max < self.min:
            yield wrong("max", self.max, "min or more")
        if self.derivation == "separate" and (self.in_step == "offered" or self.on_reissue):
            yield wrong("derivation", self.derivation, "'letter-map' when it follows the login's")


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy(Part):
    """The passwords of a customer."""

    login: Annotated[PasswordRules, About("The login password.")]
    withdrawal: Annotated[PasswordRules, About("The withdrawal password (出金).")]
    withdrawal_lines: Annotated[
        tuple[Line, ...],
        Unlike(least=0),
        About("Business lines from which money is withdrawn with it.", "P94"),
    ]
    voice: Annotated[VoicePolicy, About("The voice password.")]
    initial: Annotated[InitialPassword, About("The password of a reissue.")]
    live_ticks: Annotated[
        bool,
        About("The page ticks each rule as it is met, or just lists them.", "P91"),
    ]
    advice: Annotated[
        MaybeText,
        About("What is advised beside the rules; may be empty.", "P90"),
    ]
    success_link: Annotated[
        MaybeText,
        About("The link to the portal after a change; may be empty.", "P104"),
    ]
