"""From a TOML file to a `Notice`; docs/operations/announcements.md shows one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from cinnabar.announcements.faults import NoticeFileError
from cinnabar.announcements.models import TEXT, TITLE
from cinnabar.announcements.rules import Notice, Wording, unlinkable, unseen_characters
from cinnabar.announcements.vocabulary import Audience, Importance

E = TypeVar("E", bound=StrEnum)

LARGEST = 64 * 1024
"""Octets of a file."""

_UNTIL = "until"
_KEYS = ("from", _UNTIL, "audience", "importance")
_DAY = "a day such as 2026-12-01 or a time such as 2026-12-01T09:00:00, without an offset"
_QUOTES = ('"""', "'''")


def read_notice(document: bytes, *, languages: tuple[str, ...], zone: ZoneInfo) -> Notice:
    """Return the announcement in `document`; raise `NoticeFileError` for the first thing wrong.

    Days and times are the firm's (`zone`). A day alone begins at its midnight, and as an end it
    is shown to its last second.
    """
    file = _File(document)
    file.refuse_strangers((*_KEYS, *languages))
    begins, ends = file.instant("from", zone), None
    if _UNTIL in file.table:
        ends = file.instant(_UNTIL, zone, whole_day=True)
        if ends <= begins:
            raise file.wrong(_UNTIL, "is not after from", "a later day or time")
    return Notice(
        audience=file.choice("audience", Audience),
        important=file.choice("importance", Importance) is Importance.IMPORTANT,
        shown_from=begins,
        shown_until=ends,
        wordings={language: file.wording(language) for language in languages},
    )


class _File:
    """The table of a file, and where each of its keys stands."""

    def __init__(self, document: bytes) -> None:
        text = _text(document)
        try:
            self.table: dict[str, object] = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as problem:
            raise _unreadable(problem) from None
        self._lines = dict(_lines(text))

    def wrong(self, key: str, found: str, accepted: str) -> NoticeFileError:
        """Return the fault of `key`, with its line: that of its table if it is missing."""
        line = self._lines.get(key) or self._lines.get(key.rpartition(".")[0])
        return NoticeFileError(key, found, accepted, line=line)

    def refuse_strangers(self, known: tuple[str, ...]) -> None:
        """Refuse a key that means nothing: it would not be said to anybody."""
        for key in self.table:
            if key not in known:
                raise self.wrong(key, "is not a key of an announcement", ", ".join(known))

    def choice(self, key: str, kind: type[E]) -> E:
        """Return the member of `kind` that stands under `key`."""
        value = self._present(self.table, key, key, listed := ", ".join(kind))
        if not isinstance(value, str) or value not in list(kind):
            raise self.wrong(key, f"is {_shown(value)}", listed)
        return kind(value)

    def instant(self, key: str, zone: ZoneInfo, *, whole_day: bool = False) -> datetime:
        """Return the instant under `key`, or with `whole_day` the end of the day it names."""
        value = self._present(self.table, key, key, _DAY)
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                raise self.wrong(key, f"is {value.isoformat()}", _DAY)
            local = value
        elif isinstance(value, date):
            local = datetime.combine(value, time())
        else:
            raise self.wrong(key, f"is {_shown(value)}", _DAY)
        try:
            if whole_day and not isinstance(value, datetime):
                local += timedelta(days=1)
            # Moving it to UTC fails here rather than at the database.
            return local.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
        except OverflowError:
            raise self.wrong(key, f"is {_shown(value)}", _DAY) from None

    def wording(self, language: str) -> Wording:
        """Return what is said in `language`."""
        wanted = f"a table [{language}] with title and text"
        table = self._present(self.table, language, language, wanted)
        if not isinstance(table, Mapping):
            raise self.wrong(language, f"is {_shown(table)}", wanted)
        for key in table:
            if key not in {"title", "text"}:
                stranger = f"{language}.{key}"
                raise self.wrong(stranger, "is not a key of an announcement", "title, text")
        title = self._said(table, at := f"{language}.title", TITLE)
        if "\n" in title:
            raise self.wrong(at, "has several lines", "one line")
        return Wording(title=title, text=self._said(table, f"{language}.text", TEXT))

    def _said(self, table: Mapping[str, object], at: str, most: int) -> str:
        wanted = f"a text of 1 to {most} characters"
        value = self._present(table, at.rpartition(".")[2], at, wanted)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(at, f"is {_shown(value)}", wanted)
        text = value.replace("\t", " ").strip()
        if len(text) > most:
            raise self.wrong(at, f"has {len(text)} characters", wanted)
        if unseen := unseen_characters(text):
            found = f"holds {', '.join(sorted(unseen))}, which nobody sees"
            raise self.wrong(at, found, "characters that show")
        if address := unlinkable(text):
            found = f"holds the address {_shown(address)}"
            accepted = (
                "addresses such as https://www.example.com/page, followed by a blank or a mark"
            )
            raise self.wrong(at, found, accepted)
        return text

    def _present(self, table: Mapping[str, object], key: str, at: str, wanted: str) -> object:
        if key not in table:
            raise self.wrong(at, "is missing", wanted)
        return table[key]


def _text(document: bytes) -> str:
    if len(document) > LARGEST:
        raise _unreadable(LARGEST)
    try:
        return document.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        raise _unreadable(problem) from None


def _unreadable(why: Exception | int) -> NoticeFileError:
    if isinstance(why, int):
        return NoticeFileError("the file", f"has more than {why} octets", "one announcement")
    return NoticeFileError("the file", f"cannot be read ({why})", "TOML 1.0 in UTF-8")


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    most = 60
    return text if len(text) <= most else f"{text[:most]}…"


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield each dotted key and table of a TOML text with its line; a text of many lines is one.

    Keys in other spellings that TOML allows are simply not found.
    """
    table, closing = "", ""
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            closing = "" if closing in line else closing
        elif found := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = _plain(found[1])
            yield table, number
        elif found := re.match(r"\s*([^#=\s][^=]*?)\s*=", line):
            name = _plain(found[1])
            yield (f"{table}.{name}" if table else name), number
            closing = next((q for q in _QUOTES if line.count(q) == 1), "")


def _plain(key: str) -> str:
    return key.strip().replace('"', "").replace("'", "")
