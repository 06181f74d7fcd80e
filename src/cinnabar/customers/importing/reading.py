"""From octets to the fields of lines. A line of text is a record: nothing of a file is held.

The form is RFC 4180 without line breaks inside quotes, so that an unclosed quote spoils its own
line and not the rest of the file.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import BinaryIO

from cinnabar.customers.faults import Fault, FileFault, LineFault, Unfit, Unreadable
from cinnabar.customers.importing.encoding import refuse_other_encodings, without_mark
from cinnabar.customers.row import COLUMNS

LONGEST_LINE = 16 * 1024
"""Octets. A hundred accounts with long branch names fit; whatever is longer is no customer."""

_WHOLE_LINE = "line"


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of a line in the order of `COLUMNS`, blanks round them cut off."""

    line: int
    fields: tuple[str, ...] = field(repr=False)


class Reader:
    """Reads a file of customers once, from its first line to its last.

    Iterating gives a `Record` or a `LineFault` for each line that is not blank. `octets` says how
    far it got; `digest` is the SHA-256 of what was read.
    """

    def __init__(self, source: BinaryIO) -> None:
        """Read the header of `source`, a seekable stream; raise `Unreadable` if it is not ours."""
        self.octets = 0
        self._source = source
        self._line = 0
        self._hash = hashlib.sha256()
        refuse_other_encodings(source)
        header = self._header()
        self._width = len(header)
        self._pick = itemgetter(*(header.index(column) for column in COLUMNS))

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 of all octets read so far."""
        return self._hash.digest()

    def __iter__(self) -> Iterator[Record | LineFault]:
        """Give what each line holds, in order."""
        while (raw := self._next_line()) is not None:
            if not raw.isspace():
                yield self._read(raw)

    def _read(self, raw: bytes) -> Record | LineFault:
        try:
            fields = _split(raw)
            self._count(fields)
        except Unfit as unfit:
            return LineFault(
                line=self._line, column=_WHOLE_LINE, fault=unfit.fault, facts=unfit.facts
            )
        return Record(self._line, tuple(map(str.strip, self._pick(fields))))

    def _count(self, fields: list[str]) -> None:
        if len(fields) != self._width:
            raise Unfit(Fault.FIELD_COUNT, found=str(len(fields)), wanted=str(self._width))

    def _header(self) -> list[str]:
        raw = self._next_line()
        if raw is None:
            raise Unreadable(FileFault.EMPTY)
        try:
            header = [name.strip().lower() for name in _split(without_mark(raw))]
        except Unfit as unfit:
            if unfit.fault is Fault.LINE_TOO_LONG:
                raise Unreadable(FileFault.HEADER_TOO_LONG) from None
            header = []
        _check_header(header)
        return header

    def _next_line(self) -> bytes | None:
        """Return the next line, cut off just after the longest allowed; None at the end."""
        raw = self._take()
        if not raw:
            return None
        self._line += 1
        rest = raw
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = self._take()
        return raw

    def _take(self) -> bytes:
        raw = self._source.readline(LONGEST_LINE + 1)
        self.octets += len(raw)
        self._hash.update(raw)
        return raw


def _split(raw: bytes) -> list[str]:
    if len(raw) > LONGEST_LINE:
        raise Unfit(Fault.LINE_TOO_LONG, longest=str(LONGEST_LINE))
    try:
        text = raw.rstrip(b"\r\n").decode()
    except UnicodeDecodeError:
        raise Unfit(Fault.NOT_UTF8) from None
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error:
        raise Unfit(Fault.QUOTES) from None


def _check_header(header: list[str]) -> None:
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise Unreadable(FileFault.COLUMNS_MISSING, columns=", ".join(missing))
    if len(set(header)) < len(header):
        raise Unreadable(FileFault.COLUMNS_TWICE, columns=", ".join(COLUMNS))
    if len(header) > len(COLUMNS):
        # The unknown names are not repeated: a file without a header would show a customer.
        raise Unreadable(FileFault.COLUMNS_UNKNOWN, columns=", ".join(COLUMNS))
