"""How instants are written, whatever the language (matrix 2.11: fixed patterns, A11-07)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias

from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Template

_DIRECTIVE = re.compile(r"%(.)")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern of `strftime` that uses only fields every platform writes alike."""

    wanted: str = "a pattern of %Y %m %d %H %M %S and plain characters, with at least one of them"

    def accepts(self, value: object) -> bool:
        """Say whether `value` is such a pattern."""
        if not isinstance(value, str) or value.endswith("%") or "{" in value:
            return False
        return set() < set(_DIRECTIVE.findall(value)) <= set("YmdHMS")


Pattern: TypeAlias = Annotated[str, _Pattern()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats(Part):
    """Patterns in the manner of `strftime`; the instants are local to the firm."""

    validity: Annotated[Pattern, About("The column of validity.", "P182")]
    window: Annotated[Pattern, About("The renewal window.", "P183")]
    panel: Annotated[Pattern, About("Single instants, and the panels of the helper.", "P184")]
    mail_date: Annotated[Pattern, About("Days in code and change mails.", "P185")]
    reissue_mail: Annotated[Pattern, About("The reissue mail.", "P186 G19")]
    password_date: Annotated[Pattern, About("The table of passwords.", "P187")]
    change_time: Annotated[Pattern, About("The notice of a change.", "P188")]
    span: Annotated[
        str, Template(needs=("start", "end")), About("From one instant to another.", "P182 P183")
    ]

    def between(self, pattern: str, start: datetime, end: datetime) -> str:
        """Return two local instants written with `pattern`, joined as the firm does."""
        return self.span.format(start=start.strftime(pattern), end=end.strftime(pattern))
