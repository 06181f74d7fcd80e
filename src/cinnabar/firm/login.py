"""How a customer signs in (matrix 2.2 and the lock of 2.8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, Lasting, Only, Text, Unlike
from cinnabar.kernel.identifiers import Identifier, IdKind, read_identifier

Step: TypeAlias = Literal["id", "password", "captcha", "captcha-on-risk", "second-factor"]
CaptchaPage: TypeAlias = Literal["sign-in", "password-centre", "reissue", "unlock", "code"]
Method: TypeAlias = Literal["email", "sms", "soft-token", "passkey", "trading-certificate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor(Part):
    """What is asked beside the password."""

    when: Annotated[
        Literal["certificate-change", "every-sign-in"],
        About("What it is asked for.", "P23 REG-TW-1 REG-HK-1"),
    ]
    methods: Annotated[
        tuple[Method, ...],
        Unlike(),
        About(
            "What counts as one, in the order it is offered.",
            "P24 COD-14 FID-01 CONFLICT-2",
        ),
    ]
    customer_chooses: Annotated[
        bool,
        About(
            "The customer picks among the methods; else the first he has is asked.",
            "P25",
        ),
    ]
    passkey_alone: Annotated[
        bool,
        About("A passkey that verified its owner stands for the password too.", "FID-01 FID-02"),
    ]
    passkeys_max: Annotated[
        int, Between(1, 20), About("Passkeys of one customer.", "FID-01 TOK-07")
    ]
    remember: Annotated[
        timedelta,
        Lasting("days", 0, 90),
        About(
            "How long a remembered device is not asked again; 0: always asked.",
            "REG-HK-1",
        ),
    ]
    fresh: Annotated[
        timedelta,
        Lasting("minutes", 1, 60),
        About(
            "How long a proof serves for acts that need a fresh one.",
            "SES-06",
        ),
    ]
    bound_device: Annotated[
        Literal["not-offered", "device-key-with-pin"],
        About(
            "What the device of a soft token does: its key is the second factor of a sign-in"
            " there, and with PIN or biometrics it opens a session without the password.",
            "P26",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthDate(Part):
    """What the birth date is for."""

    format: Annotated[
        Literal["YYYYMMDD"],
        About("How it is typed, in the Gregorian calendar.", "P28 G18"),
    ]
    role: Annotated[
        Literal["identifier"],
        Only("identifier", "who knows a birth date has proved nothing (PWD-12)"),
        About("What knowing it counts for.", "P28 PWD-12"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPolicy(Part):
    """The sign-in."""

    id_kinds: Annotated[
        tuple[IdKind, ...],
        Unlike(),
        About("The identifiers accepted; each brings its pattern and check digit.", "P16 P17"),
    ]
    id_immutable: Annotated[
        bool,
        Only(value=True, why="no flow changes an identifier"),
        About("A reset never changes the identifier.", "P18"),
    ]
    id_label: Annotated[Text, About("What the identifier is called.", "P19")]
    certificate_centre: Annotated[
        tuple[Step, ...],
        Unlike(),
        About("What the certificate pages ask: as the sign-in before them does.", "P20"),
    ]
    password_centre: Annotated[
        tuple[Step, ...], Unlike(), About("What the password pages ask.", "P21")
    ]
    captcha_pages: Annotated[
        tuple[CaptchaPage, ...],
        Unlike(least=0),
        About("Pages with a check against robots.", "P22"),
    ]
    legacy_verification: Annotated[
        Literal["forbidden"],
        Only("forbidden", "password with birth date ended with the certificate code"),
        About("The way in before the certificate code: there is none.", "P27"),
    ]
    max_wrong: Annotated[
        int, Between(1, 100), About("The wrong try that locks.", "P118 LCK-01 LCK-02")
    ]
    counter_reset_on_success: Annotated[
        bool, About("A right sign-in clears the count of wrong ones.", "P119 LCK-07")
    ]
    per_address_wrong_per_day: Annotated[
        int, Between(1, 100_000), About("Wrong tries of one network address in a day.", "LCK-08")
    ]
    idle: Annotated[
        timedelta,
        Lasting("minutes", 1, 24 * 60),
        About("How long a session lives without a request.", "SES-02"),
    ]
    absolute: Annotated[
        timedelta, Lasting("hours", 1, 72), About("How long a session lives at most.", "SES-02")
    ]
    warn: Annotated[
        timedelta,
        Lasting("seconds", 20, 600),
        About(
            "How long before a session ends the page says so.",
            "SES-02 A11-02",
        ),
    ]
    sessions_max: Annotated[
        int,
        Between(1, 50),
        About(
            "Open sessions of one customer; one more ends the oldest.",
            "SES-08",
        ),
    ]
    argon2: Annotated[
        Literal["rfc9106-low", "owasp-19", "test"],
        About("The named parameters passwords are hashed with.", "PWD-06"),
    ]
    second_factor: Annotated[SecondFactor, About("What is asked beside the password.")]
    birth_date: Annotated[BirthDate, About("What the birth date is for.")]

    def identifier(self, text: str) -> Identifier:
        """Return the identifier that `text` spells, of a kind the firm takes.

        Raises `Refused(IDENTIFIER_MALFORMED)`.
        """
        return read_identifier(text, self.id_kinds)

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse what lies between the keys.

        Two kinds that look alike, a session that idles longer than it lives, a check that stands
        nowhere.
        """
        if {"uniform_no", "account_no"} <= {*self.id_kinds}:
            accepted = "'uniform_no' or 'account_no': both are eight digits"
            yield wrong("id_kinds", list(self.id_kinds), accepted)
        if self.idle > self.absolute:
            idle = int(self.idle.total_seconds()) // 60
            yield wrong("idle_minutes", idle, "no more than absolute_hours")
        if self.warn >= self.idle:
            yield wrong("warn_seconds", int(self.warn.total_seconds()), "less than idle_minutes")
        checked = bool({"captcha", "captcha-on-risk"} & {*self.password_centre})
        if checked and not {"password-centre", "sign-in"} & {*self.captcha_pages}:
            accepted = "'password-centre' or 'sign-in' among them when password_centre has a check"
            yield wrong("captcha_pages", list(self.captcha_pages), accepted)
        if "password-centre" in self.captcha_pages and not checked:
            accepted = "'captcha' or 'captcha-on-risk' among them for 'password-centre'"
            yield wrong("password_centre", list(self.password_centre), accepted)
