"""What an applicant agrees to (M-CONSENT, CRT-19)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.frozen import FrozenMap
from cinnabar.firm.part import Part
from cinnabar.firm.shape import About, Like, Lines, Text
from cinnabar.kernel.canonical import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Part):
    """The consent text, versioned; a change of a word is a new version."""

    version: Annotated[
        str,
        Like(r"[0-9]{4}-[0-9]{1,3}", "a year and a number such as 2026-1"),
        About("The version recorded with each consent.", "CRT-19"),
    ]
    title: Annotated[Text, About("M-CONSENT-TITLE.")]
    lead: Annotated[Text, About("M-CONSENT-LEAD: why it is to be read.")]
    preamble: Annotated[Text, About("M-CONSENT-0: who agrees with whom on what.")]
    legal_basis: Annotated[Lines, About("The rules it rests on.", "P173")]
    clauses: Annotated[Lines, About("M-CONSENT-2 to 6: the duties, one a member.")]
    ca_mode: Annotated[
        Literal["embedded", "external"],
        About("The legal mode of the CA that ca_statement describes.", "P174 CRT-12"),
    ]
    ca_statement: Annotated[Text, About("Who issues, and what that means in law.", "CRT-12")]

    @property
    def text(self) -> Mapping[str, tuple[str, ...]]:
        """Return per language what is shown: title, lead, preamble, basis, clauses.

        The statement on the CA is the last clause.
        """
        return FrozenMap((language, self._whole(language)) for language in self.title)

    def sha256(self, language: str) -> str:
        """Return the hash of version and text in `language`, 64 hex digits."""
        whole = {"version": self.version, "language": language, "text": self._whole(language)}
        return hashlib.sha256(canonical(whole)).hexdigest()

    def duties(self, language: str) -> tuple[str, ...]:
        """Return the clauses with the statement on the CA as the last."""
        return (*self.clauses[language], self.ca_statement[language])

    def _whole(self, language: str) -> tuple[str, ...]:
        return (
            self.title[language],
            self.lead[language],
            self.preamble[language],
            *self.legal_basis[language],
            *self.duties(language),
        )

    def contradictions(self) -> Iterable[FirmFileError]:
        """Refuse a language with fewer clauses than another, or none."""
        counts = {language: len(lines) for language, lines in self.clauses.items()}
        for language, count in counts.items():
            if count == 0 or count != max(counts.values()):
                yield wrong(f"clauses.{language}", count, f"{max(1, *counts.values())} clauses")
