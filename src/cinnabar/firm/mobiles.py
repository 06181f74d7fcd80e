"""What a mobile number looks like where the firm's customers live."""

import re
from dataclasses import dataclass
from typing import Annotated

from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Between, Like, Unlike


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileNumbers(Part):
    """The numbering of one country: 0912345678 in Taiwan, 91234567 in Hong Kong."""

    country_code: Annotated[
        str,
        Like(r"[1-9][0-9]{0,2}", "a country code without its +"),
        About("What stands before a number abroad.", "ITU-T E.164"),
    ]
    trunk: Annotated[
        str,
        Like(r"[0-9]{0,2}", "the digits dialled first at home, or an empty text"),
        About("What stands before it at home; may be empty.", "ITU-T E.164"),
    ]
    starts: Annotated[
        tuple[Annotated[str, Like(r"[0-9]{1,4}", "the first digits of a number")], ...],
        Unlike(),
        About("How mobile numbers begin, without the trunk digits."),
    ]
    digits: Annotated[int, Between(6, 12), About("How many digits they have, without those.")]

    @property
    def length(self) -> int:
        """Return how many digits such a number has at home."""
        return len(self.trunk) + self.digits

    def begins(self, text: str) -> bool:
        """Tell whether every number of the length that begins with `text` is such a number."""
        own = text.removeprefix(self.trunk)
        return (
            text.startswith(self.trunk)
            and own.startswith(self.starts)
            and (len(text) < self.length)
        )

    @property
    def example(self) -> str:
        """Return what such a number looks like at home."""
        return self.trunk + self._some

    @property
    def example_abroad(self) -> str:
        """Return what it looks like from abroad."""
        return f"+{self.country_code}{self._some}"

    def read(self, text: str) -> str | None:
        """Return the number `text` writes, as it is dialled at home; None if it is none.

        The country code may stand before it, with `+` or `00` or bare, and the trunk digits
        behind that may be left out.
        """
        starts = "|".join(self.starts)
        own = rf"(?=(?:{starts}))[0-9]{{{self.digits}}}"
        abroad = rf"(?:\+|00)?{self.country_code}(?:{self.trunk})?"
        found = re.fullmatch(rf"(?:{self.trunk}|{abroad})({own})", text, re.ASCII)
        return self.trunk + found[1] if found else None

    @property
    def _some(self) -> str:
        counted = "12345678901234567890"
        return (self.starts[0] + counted)[: self.digits]
