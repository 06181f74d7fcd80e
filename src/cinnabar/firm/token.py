"""The soft token of the app: its PIN, its binding, its codes, its approvals (matrix 2.13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, Lasting, Text, Unlike

Binding: TypeAlias = Literal["qr", "typed"]
Opener: TypeAlias = Literal["pin", "biometrics"]
Cause: TypeAlias = Literal["password-changed", "new-device", "phone-changed", "unused", "staff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy(Part):
    """The soft token (保安編碼器), and the PIN that a mobile certificate's key rests under."""

    name: Annotated[Text, About("What it is called in the app.", "P209")]
    web_name: Annotated[Text, About("What the web pages call it.", "P209")]
    devices_max: Annotated[int, Between(1, 10), About("Devices of one customer.", "P221 TOK-07")]
    pin_min: Annotated[int, Between(6, 12), About("Digits of a PIN, at least.", "P213 TOK-03")]
    pin_max: Annotated[int, Between(6, 12), About("Digits of a PIN, at most.", "P213")]
    pin_max_wrong: Annotated[
        int,
        Between(1, 10),
        About("The wrong PIN or code that locks the token.", "P214 TOK-03"),
    ]
    binding: Annotated[
        tuple[Binding, ...],
        Unlike(),
        About("How the registration code gets into the app.", "P215"),
    ]
    code_in_mail: Annotated[
        bool,
        About(
            "The registration code goes by mail; else the signed-in web page shows it.",
            "P216 TOK-04 CONFLICT-14",
        ),
    ]
    qr_bits: Annotated[
        int,
        Between(112, 256),
        About("Chance in the QR code.", "P217 TOK-04"),
    ]
    typed_length: Annotated[
        int,
        Between(8, 20),
        About(
            "Characters of the typed code, five bits each (Crockford's base 32).",
            "P217 TOK-04",
        ),
    ]
    bind: Annotated[
        timedelta,
        Lasting("seconds", 60, 86_400),
        About("How long the registration code lives.", "P218 TOK-04 CONFLICT-14"),
    ]
    retry_same_mail: Annotated[
        bool,
        About("After an interruption the earlier code still counts.", "P219"),
    ]
    otp_digits: Annotated[int, Between(6, 8), About("Digits of an offline code.", "P220 TOK-01")]
    otp_period: Annotated[
        timedelta,
        Lasting("seconds", 30, 60),
        About("How long an offline code stands.", "P220 TOK-01"),
    ]
    otp_window: Annotated[
        int,
        Between(0, 2),
        About("Codes before and after that count too.", "P220 TOK-01"),
    ]
    unlock: Annotated[
        tuple[Opener, ...],
        Unlike(),
        About("What opens it; the PIN always does.", "P223 BIO-02"),
    ]
    clear_asks_step_up: Annotated[
        bool,
        About("To clear it asks a fresh proof.", "P222 SES-06"),
    ]
    suspend_biometrics: Annotated[
        tuple[Cause, ...],
        Unlike(0),
        About("What suspends biometrics.", "P227 BIO-03"),
    ]
    unused: Annotated[
        timedelta,
        Lasting("days", 0, 3650),
        About("Suspended when not used so long; 0: never.", "TOK-07"),
    ]
    approval_digits: Annotated[
        int,
        Between(2, 3),
        About("Digits of the number to be typed into the app.", "TOK-08"),
    ]
    approval: Annotated[
        timedelta,
        Lasting("seconds", 30, 300),
        About("How long an approval may be answered.", "TOK-08 P67"),
    ]
    approval_wrong: Annotated[
        int,
        Between(1, 5),
        About("The wrong number that ends an approval.", "TOK-08"),
    ]
    approvals_max: Annotated[
        int,
        Between(1, 10),
        About("Approvals of one customer in the window.", "TOK-08"),
    ]
    approvals_window: Annotated[
        timedelta,
        Lasting("minutes", 1, 60),
        About("That window.", "TOK-08"),
    ]
    delay: Annotated[
        timedelta,
        Lasting("hours", 0, 72),
        About(
            "How long a new token answers sign-ins only; 0: everything at once.",
            "TOK-06",
        ),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a shortest PIN above the longest, and a token without a PIN."""
        if self.pin_min > self.pin_max:
            yield wrong("pin_min", self.pin_min, "no more than pin_max")
        if "pin" not in self.unlock:
            yield wrong("unlock", list(self.unlock), "a list with 'pin', which always opens it")
