"""What an announcement may say, who sees it, and how its text is read. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cinnabar.announcements.vocabulary import Audience
from cinnabar.kernel.canonical import canonical

_LINK = re.compile(
    r"https://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:/[A-Za-z0-9/._~%?#=&+:@!$*;,-]*)?"
)
"""An https address of plain characters: no name before an @, no letter that looks like another."""

_CLOSING = ".,;:!?"
"""Marks that end a sentence rather than an address."""

_DIRECTIONS = frozenset(map(chr, (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Marks that make text read otherwise than it is written."""

_UNSEEN = {"Cc", "Cs", "Co", "Cn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Title and text in one language."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An announcement as it is to be published; both instants are aware, `until` excluded."""

    audience: Audience
    important: bool
    shown_from: datetime
    shown_until: datetime | None
    wordings: Mapping[str, Wording]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads. `is_company` means something of somebody signed in only."""

    is_signed_in: bool = False
    is_company: bool = False
    holds_certificate: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph: plain text, or an address to be linked."""

    text: str
    is_link: bool = False


def audiences(reader: Reader) -> frozenset[Audience]:
    """Return the audiences that `reader` belongs to."""
    if not reader.is_signed_in:
        return frozenset({Audience.EVERYBODY})
    own = Audience.COMPANIES if reader.is_company else Audience.PERSONS
    holder = {Audience.HOLDERS} if reader.holds_certificate else set()
    return frozenset({Audience.EVERYBODY, Audience.SIGNED_IN, own, *holder})


def digest(notice: Notice) -> str:
    """Return the SHA-256 of all that `notice` says, in hex."""
    until = notice.shown_until
    said = {
        "audience": notice.audience.value,
        "important": notice.important,
        "from": notice.shown_from.isoformat(),
        "until": until.isoformat() if until else None,
        "wordings": {lang: [w.title, w.text] for lang, w in notice.wordings.items()},
    }
    return hashlib.sha256(canonical(said)).hexdigest()


def unseen_characters(text: str) -> set[str]:
    """Return the code points of `text` that nobody sees or that turn it round, such as U+202E."""
    return {
        f"U+{ord(letter):04X}"
        for letter in text
        if letter != "\n" and (letter in _DIRECTIONS or unicodedata.category(letter) in _UNSEEN)
    }


def unlinkable(text: str) -> str | None:
    """Return the first address of `text` that would not be linked as it stands, if any.

    It begins with http, has an odd host, or runs into what follows it.
    """
    for begin in re.finditer(r"https?://", text):
        found = _LINK.match(text, begin.start())
        after = text[found.end() : found.end() + 1] if found else ""
        if found is None or after == "@" or after.isalnum():
            return text[begin.start() :].split(maxsplit=1)[0]
    return None


def paragraphs(text: str) -> tuple[tuple[Piece, ...], ...]:
    """Return the paragraphs of `text`, each in pieces; a blank line parts two of them."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return tuple(tuple(_pieces(part)) for part in parts if part)


def _pieces(paragraph: str) -> Iterator[Piece]:
    at = 0
    for found in _LINK.finditer(paragraph):
        link = found[0].rstrip(_CLOSING)
        if found.start() > at:
            yield Piece(paragraph[at : found.start()])
        yield Piece(link, is_link=True)
        at = found.start() + len(link)
    if at < len(paragraph):
        yield Piece(paragraph[at:])
