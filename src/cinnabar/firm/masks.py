"""How much of an identifier, number or address is shown (P189 to P194, PRV-01)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, Unlike
from cinnabar.kernel import masks

Masked: TypeAlias = Literal["line", "account", "email", "mobile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskPolicy(Part):
    """The firm's choices, and the masks that follow from them."""

    national_id_keep: Annotated[
        int,
        Between(0, 6),
        About("Characters of an id kept; four stars follow.", "P189 P192 G12 G13"),
    ]
    uniform_no_keep: Annotated[
        int, Between(0, 4), About("Digits of a company number kept; four stars follow.", "P189")
    ]
    mobile_keep_first: Annotated[
        int, Between(0, 4), About("Digits of a mobile kept before the stars.", "P190 G12")
    ]
    mobile_keep_last: Annotated[int, Between(0, 2), About("And after them.", "P190 G12")]
    account_keep_last: Annotated[
        int, Between(0, 4), About("Digits of an account number kept at its end.", "P194")
    ]
    email_stars: Annotated[
        int, Between(3, 8), About("Stars in a mail address, whatever its length.", "P191 G12")
    ]
    greeting: Annotated[
        Literal["masked", "whole"],
        About("How a mail that greets by name and account number writes them.", "P194 P205 MSG-09"),
    ]
    reissue_without_certificate: Annotated[
        frozenset[Masked],
        Unlike(),
        About(
            "What the reissue page masks; 'line': that it shows every line to everybody, with an"
            " account or without.",
            "P193 RST-05",
        ),
    ]

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a page that shows contacts whole to whoever knows an id and a birth date."""
        if not {"account", "email", "mobile"} <= self.reissue_without_certificate:
            written = sorted(self.reissue_without_certificate)
            yield wrong("reissue_without_certificate", written, "account, email and mobile in it")

    def identifier(self, value: str) -> str:
        """Return a national id, a company number, or an account number used as one masked."""
        return masks.mask_identifier(
            value,
            keep=self.national_id_keep,
            keep_company=self.uniform_no_keep,
            keep_account=self.account_keep_last,
        )

    def greeted(self, name: str, identifier: str) -> Mapping[str, str]:
        """Return what a greeting may say of a customer: `name` and `account`."""
        if self.greeting == "whole":
            return {"name": name, "account": identifier}
        return {"name": masks.mask_name(name), "account": self.identifier(identifier)}

    def mobile(self, value: str) -> str:
        """Return a mobile number masked."""
        return masks.mask_mobile(
            value, keep_first=self.mobile_keep_first, keep_last=self.mobile_keep_last
        )

    def email(self, value: str) -> str:
        """Return a mail address masked."""
        return masks.mask_email(value, stars=self.email_stars)

    def account(self, value: str) -> str:
        """Return an account number masked."""
        return masks.mask_account(value, keep_last=self.account_keep_last)

    def cn(self, value: str) -> str:
        """Return a common name with any identifier in it masked (P192, G13)."""
        return masks.mask_cn(value, keep=self.national_id_keep, keep_company=self.uniform_no_keep)
