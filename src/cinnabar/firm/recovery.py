"""The way back in: lock, unlock, reissue, its pass code and its mailed link (2.4, 2.5, 2.8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from cinnabar.firm.code import Alphabet
from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, AtLeast, Between, Lasting, Like, Only, Text, Unlike


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCodePolicy(Part):
    """The temporary pass code (暫時通行碼) of a reissue."""

    length: Annotated[int, Between(4, 12), About("How many characters.", "P52 COD-02")]
    alphabet: Annotated[str, Alphabet(), About("What they are drawn from.", "P53 COD-01")]
    tightened_length: Annotated[
        int,
        Between(4, 12),
        About("How long it gets once the firm's budget of wrong entries is spent.", "COD-10"),
    ]
    ttl: Annotated[
        timedelta,
        Lasting("seconds", 60, 600),
        About("How long it lives.", "P54 COD-04 RST-02"),
    ]
    max_wrong: Annotated[
        int,
        Between(1, 10),
        About("The wrong entry that kills it.", "P56 COD-06"),
    ]
    resend_after: Annotated[
        timedelta,
        Lasting("seconds", 10, 600),
        About("How soon a new one may be asked for.", "P60 COD-09"),
    ]
    max_per_day: Annotated[
        int,
        Between(1, 100),
        About("Pass codes of one customer in a day.", "COD-10"),
    ]
    with_certificate: Annotated[
        Literal["customer-picks", "sms"],
        About("Where it goes when a certificate was proved.", "P57 COD-15"),
    ]
    without_certificate: Annotated[
        Literal["sms"],
        Only("sms", "the mail has carried the link: one mailbox must not be enough"),
        About("Where it goes after the mailed link.", "P58 RST-07"),
    ]
    single_transaction: Annotated[
        bool,
        Only(value=True, why="a code is bound to one flow, customer and target"),
        About("It counts for the one reissue it was asked for.", "P55 COD-05"),
    ]
    echo: Annotated[bool, About("The code is shown once more when it was right.", "P61")]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse times and lengths that do not fit into each other."""
        if self.ttl <= self.resend_after:
            seconds = int(self.ttl.total_seconds())
            yield wrong("ttl_seconds", seconds, "more than resend_after_seconds")
        if self.tightened_length < self.length:
            yield wrong("tightened_length", self.tightened_length, "length or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInCodePolicy(Part):
    """A code of digits by SMS or mail: of a second factor, or to activate a soft token."""

    length: Annotated[int, Between(4, 12), About("How many characters.", "P66 COD-02")]
    alphabet: Annotated[str, Alphabet(), About("What they are drawn from.", "COD-01")]
    tightened_length: Annotated[
        int,
        Between(4, 12),
        About("How long it gets once the firm's budget of wrong entries is spent.", "COD-10"),
    ]
    ttl: Annotated[
        timedelta, Lasting("seconds", 60, 600), About("How long it lives.", "P67 COD-04")
    ]
    max_wrong: Annotated[int, Between(1, 10), About("The wrong entry that kills it.", "P68 COD-06")]
    resend_after: Annotated[
        timedelta,
        Lasting("seconds", 10, 600),
        About("How soon a new one may be asked for.", "COD-09"),
    ]
    max_per_day: Annotated[
        int, Between(1, 100), About("Such codes of one customer in a day.", "COD-10")
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse times and lengths that do not fit into each other."""
        if self.ttl <= self.resend_after:
            seconds = int(self.ttl.total_seconds())
            yield wrong("ttl_seconds", seconds, "more than resend_after_seconds")
        if self.tightened_length < self.length:
            yield wrong("tightened_length", self.tightened_length, "length or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPolicy(Part):
    """A password set by what a mail carries: the first one, or for a forgotten one (P247)."""

    starts: Annotated[
        tuple[Literal["new-account", "forgotten-password"], ...],
        Unlike(0),
        About(
            "What sends such a mail; none: there is no reset by mail.",
            "P247",
        ),
    ]
    needs_second_factor: Annotated[
        bool, About("A code by SMS is asked beside the mail.", "P76 RST-06 CONFLICT-2")
    ]
    ends: Annotated[
        Literal["close-page", "link-to-sign-in"],
        About(
            "What the last page offers; it never signs anybody in.",
            "P248 RST-09",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPolicy(Part):
    """What is mailed so that a customer can go on."""

    reissue: Annotated[
        timedelta,
        Lasting("hours", 1, 24),
        About(
            "How long the mail of a reissue is good for, from the request.",
            "P69 G19 RST-02",
        ),
    ]
    reissue_label: Annotated[Text, About("What that link says.", "P70")]
    reset: Annotated[
        timedelta,
        Lasting("hours", 1, 24),
        About(
            "How long the mail of a reset is good for, from its sending.",
            "P73 G20 RST-02",
        ),
    ]
    reset_label: Annotated[Text, About("What that link says.", "P74")]
    not_me: Annotated[
        timedelta,
        Lasting("days", 1, 90),
        About("How long a notice can be answered with: this was not me.", "RST-08"),
    ]
    delivery: Annotated[
        Literal["hyperlink", "code"],
        About("A link, or a code to type into the site.", "P78 RST-10 CONFLICT-8"),
    ]
    single_use: Annotated[
        bool,
        Only(value=True, why="what was used once may have been read by somebody else"),
        About("It works once.", "P77 RST-01"),
    ]
    token_bits: Annotated[
        int,
        Only(256, "nobody gains by fewer"),
        About("The chance in a link.", "P79 RST-01"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissuePolicy(Part):
    """A new password for somebody who does not know the old one (密碼補發)."""

    per_day: Annotated[
        int,
        Between(1, 100),
        About("Reissues asked for in a day.", "P127 G25 LCK-09"),
    ]
    identify_by: Annotated[
        tuple[Literal["id", "birth-date"], ...],
        Unlike(2),
        About("What is asked first; neither proves anything.", "P128 PWD-12 CONFLICT-6"),
    ]
    branch_on: Annotated[
        Literal["certificate-on-device"],
        About("What decides between the two ways.", "P129 CRT-17"),
    ]
    contacts_with_certificate: Annotated[
        Literal["either"],
        About("Contacts needed when a certificate was proved.", "P130"),
    ]
    contacts_without_certificate: Annotated[
        Literal["both"], About("Contacts needed otherwise.", "P131 RST-07")
    ]
    decoy_mobiles: Annotated[
        tuple[Annotated[str, Like(r"[0-9]{2,8}", "the first digits of a mobile")], ...],
        AtLeast(1),
        About(
            "How the mobiles begin that nobody is shown, each as often as among your customers.",
            "RST-05 CONFLICT-6",
        ),
    ]
    decoy_domains: Annotated[
        tuple[Annotated[str, Like(r"\*|[a-z0-9-]+(\.[a-z0-9-]+)+", "a mail domain or '*'")], ...],
        AtLeast(1),
        About(
            "Your customers' commonest mail domains, each as often as it is met; '*' for all"
            " others, which are starred.",
            "RST-05 CONFLICT-6",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPolicy(Part):
    """When a lock can be lifted, by whom and how often (`login.max_wrong` is the first lock)."""

    final_wrong: Annotated[
        int,
        Between(2, 100),
        About("Wrong tries of one lock cycle after which only a new password helps.", "P125 G24"),
    ]
    unlocks_per_cycle: Annotated[
        int,
        Only(1, "phone and page share their one unlock of a lock cycle"),
        About("Unlocks before a new password is needed.", "P120 P121 P124"),
    ]
    unlock_online: Annotated[bool, About("The page that unlocks is offered.", "P121")]
    unlock_keeps_password: Annotated[
        bool,
        Only(value=True, why="an unlock proves the device, not a new password"),
        About("An unlock leaves the password as it was.", "P123"),
    ]
    final_remedy: Annotated[
        tuple[Literal["reissue", "reset", "counter"], ...],
        Unlike(),
        About("What helps then.", "P126 LCK-06"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy(Part):
    """Limits on wrong tries of all kinds beyond one account and one address (LCK-08)."""

    network_wrong_per_day: Annotated[
        int,
        Between(1, 10_000_000),
        About("Wrong tries from one network (IPv4 /24, IPv6 /48) in a day.", "LCK-08 COD-10"),
    ]
    firm_alarm_at: Annotated[
        int,
        Between(1, 10_000_000),
        About("Wrong tries of all customers in a day that raise the alarm.", "LCK-08"),
    ]
    locks_alarm_at: Annotated[
        int,
        Between(1, 1_000_000),
        About("Accounts locked by wrong tries in a day that raise the alarm.", "LCK-04"),
    ]
    risk_after: Annotated[
        int,
        Between(1, 1000),
        About("Wrong tries from an address in a day after which it counts as a risk.", "P22"),
    ]
    halves_alarm_at: Annotated[
        int,
        Between(1, 1_000_000),
        About(
            "Sign-ins in a day with a right password and wrong codes to the end, that raise the"
            " alarm.",
            "LCK-08",
        ),
    ]
    delay_after: Annotated[
        int,
        Between(1, 100_000),
        About("Wrong tries of an address in a day from which on each makes it wait.", "LCK-04"),
    ]
    delay_most: Annotated[
        timedelta,
        Lasting("seconds", 1, 3600),
        About("How long it waits at most; one second first, then twice as long each.", "LCK-04"),
    ]
