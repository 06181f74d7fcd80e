"""What a certificate holds and how it lives (matrix 2.9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import (
    About,
    Between,
    Face,
    Keys,
    Lasting,
    Like,
    Line,
    Only,
    Template,
    Text,
    Unlike,
)

Store: TypeAlias = Literal["web", "mobile"]
Remedy: TypeAlias = Literal["branch", "hotline"]

_OID = Like(r"[0-2](\.(0|[1-9][0-9]{0,9})){3,20}", "an object identifier such as 1.3.6.1.4")
_HTTPS = Like(r"https://\S+", "an address that starts with https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePolicy(Part):
    """Profile, validity, renewal and revocation."""

    ca_mode: Annotated[
        Literal["embedded"],
        About("Who signs: the firm's own CA. An outside one joins at this key.", "P174 CRT-12"),
    ]
    channels: Annotated[
        tuple[Store, ...],
        Unlike(least=0),
        About(
            "Where a certificate may live, one on each; none: there are no certificates.", "P155"
        ),
    ]
    live_per_channel: Annotated[
        int,
        Only(1, "one live certificate per customer and channel is a database constraint"),
        About("Live certificates of a customer on one channel.", "P155 CRT-14"),
    ]
    organisation: Annotated[Line, About("The organisation in the subject.", "CRT-02")]
    country: Annotated[
        str, Like(r"[A-Z]{2}", "a country as two capital letters"), About("The country there.")
    ]
    cn_template: Annotated[
        str,
        Template(needs=("subject",)),
        About("The common name, from the pseudonymous subject.", "P159 CRT-05"),
    ]
    policy_oid: Annotated[str, _OID, About("The certificate policy.", "CRT-02")]
    order_signing_oid: Annotated[str, _OID, About("The key purpose of signing orders.", "CRT-02")]
    format_label: Annotated[Line, About("What the column of formats shows.", "P156")]
    usage_label: Annotated[Text, About("What the column of usages shows.", "P157")]
    serial_digits: Annotated[
        int,
        Only(8, "the documents show the last eight of a random serial (CONFLICT-9)"),
        About("Hex digits of a serial that are shown.", "P158 CRT-01"),
    ]
    validity_days: Annotated[int, Between(1, 1096), About("How long it is valid.", "P136")]
    backdate: Annotated[
        timedelta,
        Lasting("seconds", 0, 300),
        About("How far before the issue it begins, for clocks that lag.", "P137"),
    ]
    ends_at: Annotated[
        time,
        Only(time(23, 59, 59), why="a certificate ends with the firm's day (G5, CRT-03)"),
        About("The firm's time of day at which it ends.", "P138 CRT-03 G5"),
    ]
    renew_days_before: Annotated[
        int, Between(1, 365), About("The window opens so many days before the end.", "P139 G1")
    ]
    renew_days_after: Annotated[
        int, Between(0, 365), About("The window closes so many days after it.", "P140 CRT-06")
    ]
    keep_days_left: Annotated[
        bool, About("A renewed one ends a full period after the old end.", "P141 CRT-07 G7")
    ]
    renew_requires: Annotated[
        Literal["old-key-signature"],
        About("The proof a renewal brings.", "P142 CRT-08"),
    ]
    renew_supersedes: Annotated[
        bool,
        Only(value=True, why="copies of a renewed certificate must stop"),
        About("A renewal revokes the old one as superseded.", "P144 REV-01"),
    ]
    renew_rekeys: Annotated[
        bool,
        Only(value=True, why="a known key is refused"),
        About("A renewal brings a new key.", "P145 ENR-01"),
    ]
    code_after_expiry: Annotated[bool, About("A renewal after the end asks a code.", "P46 CRT-09")]
    code_after_certificate_sign_in: Annotated[
        bool,
        About("So does one by who signed in with the certificate.", "P46 CRT-10"),
    ]
    revoke_per_day: Annotated[
        int, Between(1, 100), About("Online revocations in a day.", "P147 P148")
    ]
    revoke_per_year: Annotated[int, Between(1, 1000), About("And in a year.", "P148 REV-04")]
    revoke_at_limit: Annotated[
        tuple[Remedy, ...], Unlike(2), About("Who helps beyond them: both.", "P149")
    ]
    revoke_then_apply: Annotated[
        bool,
        Only(value=True, why="the page of a revocation offers to apply anew"),
        About("A revocation leads on to applying.", "P152"),
    ]
    export: Annotated[
        Literal["offered", "off"],
        About("Whether key and certificate may leave a browser as a file.", "P162 P163 CRT-15"),
    ]
    export_code: Annotated[bool, About("Whether that asks a code.", "CRT-15 SES-06")]
    import_without_mac: Annotated[
        Literal["refuse", "warn"],
        About("What becomes of a file that does not prove to be unchanged.", "CRT-16"),
    ]
    exportable: Annotated[
        Mapping[str, bool],
        Keys(("helper", "mobile")),
        About("The other faces with an export.", "P162 CRT-16", later="helper"),
    ]
    consent_channels: Annotated[
        frozenset[Face], About("Faces on which applying asks for consent.", "P172 CRT-19")
    ]
    statement_url: Annotated[
        str, _HTTPS, About("Where electronic statements are subscribed to.", "P246")
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a yearly limit below the daily one and a name too long for a certificate."""
        if self.revoke_per_year < self.revoke_per_day:
            yield wrong("revoke_per_year", self.revoke_per_year, "revoke_per_day or more")
        longest = len(self.cn_template.replace("{subject}", "0" * 16))
        upper_bound = 64  # X.520 ub-common-name
        if longest > upper_bound:
            yield wrong("cn_template", self.cn_template, "at most 64 characters once filled in")
