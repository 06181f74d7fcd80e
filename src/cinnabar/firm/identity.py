"""Who the firm is, how it is reached and what it looks like (matrix 2.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from cinnabar.firm.contrast import AA_TEXT, CARD, contrast
from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Like, Line, Lines, MaybeText, Text, Unlike

Language: TypeAlias = Literal["zh-Hant-TW", "zh-Hant-HK", "en"]

MAIL = Like(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "a mail address")
_PHONE = Like(r"[0-9+() -]{3,20}[0-9]", "a telephone number of digits, blanks, + - ( )")
_PHONE_OR_NONE = Like(rf"|{_PHONE.pattern}", f"{_PHONE.wanted}, or an empty text")
_COLOUR = Like(r"#[0-9a-fA-F]{6}", "a colour written #rrggbb")
_ADDRESS = Like(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/\S*)?", "an address that starts with https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries(Part):
    """What each entrance is called."""

    web: Annotated[Text, About("The certificate pages.", "P14")]
    helper: Annotated[MaybeText, About("The desktop helper.", "P14", later="helper")]
    mobile: Annotated[MaybeText, About("The mobile pages.", "P14")]
    password_centre: Annotated[Text, About("The password pages.", "P14")]
    voice: Annotated[MaybeText, About("The voice order line; empty without one.", "P14")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Part):
    """The firm's names, contacts and look."""

    code: Annotated[
        str,
        Like(r"[a-z][a-z0-9-]{1,30}", "a short name of a-z, 0-9 and -"),
        About("The short name of this file in logs and records."),
    ]
    names: Annotated[Text, About("The name customers know.", "P1")]
    legal_names: Annotated[Lines, About("The legal persons that offer the certificate.", "P1")]
    seal: Annotated[
        str,
        Like(r"\S", "one character"),
        About("The character in the seal."),
    ]
    accent: Annotated[
        str, _COLOUR, About("The colour of the seal and of the present place.", "A11-04")
    ]
    group_line: Annotated[MaybeText, About("The line about the firm's group; may be empty.", "P2")]
    languages: Annotated[
        tuple[Language, ...],
        Unlike(),
        About("The languages of every page, mail and SMS.", "A11-07"),
    ]
    locale: Annotated[Language, About("The language used where none was chosen.", "P3")]
    timezone: Annotated[
        ZoneInfo, About("Where the firm's days begin and its instants are shown.", "P4")
    ]
    hotlines: Annotated[
        tuple[Annotated[str, _PHONE], ...],
        Unlike(),
        About("Customer service, the one to call first.", "P5"),
    ]
    hotline_hours: Annotated[Text, About("When the hotlines answer.", "P6")]
    hotline_hours_mobile: Annotated[Text, About("The same, as the mobile pages say it.", "P7")]
    service_mail: Annotated[str, MAIL, About("The address customers may write to.", "P8")]
    voice_line: Annotated[
        str, _PHONE_OR_NONE, About("The voice order line; empty without one.", "P9")
    ]
    address: Annotated[Text, About("The postal address in the footer.", "P10")]
    mail_sender: Annotated[Text, About("The name mails come from.", "P11")]
    mail_from: Annotated[str, MAIL, About("The address mails come from.", "P11 MSG-01")]
    sms_sender: Annotated[
        str,
        Like(r"#?[A-Za-z0-9]{3,15}", "3 to 15 letters or digits, with # before a registered name"),
        About("The sender id of an SMS.", "MSG-06"),
    ]
    portal_url: Annotated[str, _ADDRESS, About("Where one trades.", "P12")]
    password_centre_path: Annotated[
        Lines, About("The way to the password pages on the firm's site.", "P13 RST-10")
    ]
    entries: Annotated[Entries, About("What each entrance is called.", "P14")]
    environment_banner: Annotated[
        MaybeText, About("A banner for test systems; empty in production.", "P15")
    ]

    @property
    def hotline(self) -> Line:
        """Return the number to call first."""
        return self.hotlines[0]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a usual language the firm does not speak and an accent nobody can read."""
        if self.locale not in self.languages:
            yield wrong("locale", self.locale, f"one of languages ({', '.join(self.languages)})")
        for language, name in self.entries.voice.items():
            if bool(name) != bool(self.voice_line):
                accepted = "a name" if self.voice_line else "an empty text without a voice_line"
                yield wrong(f"entries.voice.{language}", name, accepted)
        seen = contrast(self.accent, CARD)
        if seen < AA_TEXT:
            yield FirmFileError(
                "accent",
                f"is '{self.accent}', which has a contrast of only {seen:.1f} on the card {CARD}",
                f"a colour with a contrast of at least {AA_TEXT}",
            )
