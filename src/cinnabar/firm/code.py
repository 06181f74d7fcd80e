"""The certificate code (matrix 2.3; the caps are worked out in the checklist's 1.A)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, Contact, Face, Lasting, Only, Unlike
from cinnabar.kernel.dice import CROCKFORD


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Characters a code may be drawn from: told apart when read aloud, none twice."""

    wanted: str = f"at least 10 of the characters {CROCKFORD}, none of them twice"

    def accepts(self, value: object) -> bool:
        """Say whether `value` is such an alphabet."""
        least = 10
        return (
            isinstance(value, str)
            and len(value) >= least
            and len(set(value)) == len(value)
            and set(value) <= set(CROCKFORD)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePolicy(Part):
    """How a certificate code is made, sent, tried and limited."""

    length: Annotated[int, Between(4, 12), About("How many characters.", "P29 P51 COD-02")]
    alphabet: Annotated[str, Alphabet(), About("What they are drawn from.", "P30 COD-01")]
    leading_zero: Annotated[
        bool,
        Only(value=True, why="a code is a text, never a number"),
        About("A leading zero counts.", "P31 G14"),
    ]
    ttl: Annotated[
        timedelta,
        Lasting("seconds", 60, 3600),
        About("How long a code lives, counted from the request.", "P32 COD-04 G15"),
    ]
    max_wrong: Annotated[
        int, Between(1, 10), About("The wrong entry that kills the code.", "P33 COD-06")
    ]
    resend_after: Annotated[
        timedelta,
        Lasting("seconds", 10, 600),
        About("How soon a new code may be asked for.", "P34 COD-09 G16"),
    ]
    resend_invalidates_previous: Annotated[
        bool,
        Only(value=True, why="one live code per flow is a database constraint"),
        About("A new code kills the one before.", "P35 COD-09"),
    ]
    wrong_count_survives_resend: Annotated[
        bool,
        Only(value=True, why="asking again must not buy more guesses (NIST 3.1.3.2)"),
        About("Asking again does not clear the counts of wrong entries.", "P36 COD-07"),
    ]
    max_per_day: Annotated[
        int, Between(1, 1440), About("Codes of one customer in a day.", "P37 COD-10")
    ]
    max_wrong_per_day: Annotated[
        int, Between(1, 1000), About("Wrong entries of one customer in a day.", "P38 COD-10")
    ]
    max_wrong_in_a_row: Annotated[
        int,
        Between(1, 100),
        About("Wrong entries without a right one, over any days, before a branch helps.", "COD-08"),
    ]
    address_wrong_per_day: Annotated[
        int, Between(1, 10_000), About("Wrong entries of one network address in a day.", "COD-10")
    ]
    network_wrong_per_day: Annotated[
        int,
        Between(1, 1_000_000),
        About("Wrong entries from one network (IPv4 /24, IPv6 /48) in a day.", "COD-10 LCK-08"),
    ]
    same_wrong_alarm_at: Annotated[
        int,
        Between(2, 1_000_000),
        About("Entries of one and the same wrong code in a day that raise an alarm.", "COD-10"),
    ]
    destination_per_day: Annotated[
        int, Between(1, 1440), About("Codes to one telephone or mailbox in a day.", "COD-10")
    ]
    sms_range_digits: Annotated[
        int,
        Between(3, 10),
        About("How many first digits make a range of telephone numbers.", "COD-10"),
    ]
    sms_per_range_and_hour: Annotated[
        int,
        Between(1, 1_000_000),
        About(
            "Codes by SMS to one range of numbers in an hour; notices have as many of their own.",
            "COD-10",
        ),
    ]
    sms_alarm_at: Annotated[
        int,
        Between(1, 10_000_000),
        About(
            "Codes, or notices, by SMS of all customers in an hour that raise an alarm.", "COD-10"
        ),
    ]
    sms_per_hour: Annotated[
        int,
        Between(2, 10_000_000),
        About(
            "Codes by SMS of all customers in an hour; notices have as many of their own, and"
            " what is beyond leaves in the next.",
            "COD-10",
        ),
    ]
    firm_alarm_at: Annotated[
        int,
        Between(1, 1_000_000),
        About("Wrong entries of all customers in a day that raise the alarm.", "COD-10"),
    ]
    firm_tighten_at: Annotated[
        int,
        Between(2, 1_000_000),
        About("Wrong entries of all in a day after which codes get longer.", "COD-10"),
    ]
    tightened_length: Annotated[
        int, Between(4, 12), About("How long they get, till the day ends.", "COD-10")
    ]
    single_transaction: Annotated[
        bool,
        Only(value=True, why="a code is bound to one flow, customer and target"),
        About("A code counts for the one thing it was asked for.", "P39 COD-05"),
    ]
    channels: Annotated[
        tuple[Contact, ...], Unlike(), About("Where a code is announced.", "P40 COD-15")
    ]
    email_carries_code: Annotated[
        bool, About("The mail holds the code, or only says that one was asked for.", "P40 COD-15")
    ]
    missing_channel: Annotated[
        Literal["omit"], About("A contact not on file is left out of the sentence.", "P41 G17")
    ]
    no_channel: Annotated[
        Literal["refuse"], About("Without any contact no code is made.", "P42 COD-17")
    ]
    destinations: Annotated[
        Literal["on-file"],
        About("Codes go to contacts on file, not to typed ones.", "P43 COD-13"),
    ]
    either_channel_suffices: Annotated[
        bool,
        Only(value=True, why="both channels carry the same code"),
        About("One contact on file is enough.", "P236"),
    ]
    mail_shows_request_date: Annotated[
        bool, About("The code mail names the day it was asked for.", "P237")
    ]
    required_for_apply: Annotated[
        frozenset[Face], About("Faces on which applying needs a code.", "P44 CRT-10")
    ]
    required_for_revoke: Annotated[
        frozenset[Face], About("Faces on which revoking needs a code.", "P45 SES-06")
    ]
    required_for_renew: Annotated[
        frozenset[Face], About("Faces on which every renewal needs a code.", "P46 CRT-10")
    ]
    mobile_delete: Annotated[
        Literal["no-proof", "key-signature"],
        About("What deleting a mobile certificate asks.", "P47 SES-06"),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse limits that do not fit into each other and codes that reach nobody."""
        seconds = int(self.ttl.total_seconds())
        if self.ttl <= self.resend_after:
            yield wrong("ttl_seconds", seconds, "more than resend_after_seconds")
        yield from self._limits()
        if self.email_carries_code and "email" not in self.channels:
            yield wrong(
                "email_carries_code", value=True, accepted="false without 'email' in channels"
            )
        if self.channels == ("email",) and not self.email_carries_code:
            yield wrong("channels", ["email"], "'sms' among them when email_carries_code is false")

    def _limits(self) -> Iterable[FirmFileError]:
        if self.max_wrong_per_day < self.max_wrong:
            yield wrong("max_wrong_per_day", self.max_wrong_per_day, "max_wrong or more")
        if self.max_wrong_in_a_row < self.max_wrong_per_day:
            yield wrong("max_wrong_in_a_row", self.max_wrong_in_a_row, "max_wrong_per_day or more")
        if self.destination_per_day < self.max_per_day:
            yield wrong("destination_per_day", self.destination_per_day, "max_per_day or more")
        if self.firm_tighten_at <= self.firm_alarm_at:
            yield wrong("firm_tighten_at", self.firm_tighten_at, "more than firm_alarm_at")
        if self.network_wrong_per_day < self.address_wrong_per_day:
            accepted = "address_wrong_per_day or more"
            yield wrong("network_wrong_per_day", self.network_wrong_per_day, accepted)
        if self.sms_per_hour <= self.sms_alarm_at:
            yield wrong("sms_per_hour", self.sms_per_hour, "more than sms_alarm_at")
        if self.sms_per_hour < self.sms_per_range_and_hour:
            yield wrong("sms_per_hour", self.sms_per_hour, "sms_per_range_and_hour or more")
        if self.tightened_length < self.length:
            yield wrong("tightened_length", self.tightened_length, "length or more")
