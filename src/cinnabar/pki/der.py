"""DER, written and strictly read (ITU-T X.690): what certificates, OCSP and CMS are made of.

Why not a library: the hot paths (a TBSCertificate, an OCSP answer) are some hundred octets of
which few change, and writing them so costs a fifth of building objects first; and a reader that
knows nothing but strict DER has few ways to be fooled. The tests hold both against
`cryptography` and outside programs.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OID = 0x06
ENUMERATED = 0x0A
UTF8_STRING = 0x0C
PRINTABLE_STRING = 0x13
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30
SET = 0x31

_DOTTED = re.compile(
    r"(?:[01]\.[1-3]?[0-9]|2\.(?:0|[1-9][0-9]*))(?:\.(?:0|[1-9][0-9]*))*", re.ASCII
)
_HIGH_TAG = 0x1F
_LONG_FORM = 0x80
_MAX_LENGTH_OCTETS = 4
_UTC_TIME_LENGTH = 13
_GENERALIZED_TIME_LENGTH = 15
_FIRST_UTC_YEAR, _FIRST_GENERALIZED_YEAR = 1950, 2050


class DerError(ValueError):
    """The octets are not the DER that was expected."""


def context(number: int, *, constructed: bool = True) -> int:
    """Return the context-specific tag octet `[number]`."""
    return 0x80 | (0x20 if constructed else 0) | number


def head(tag: int, size: int) -> bytes:
    """Return what stands before a content of `size` octets: tag and shortest length."""
    if size < _LONG_FORM:
        return bytes((tag, size))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_FORM | len(octets))) + octets


def tlv(tag: int, content: bytes) -> bytes:
    """Return one element: tag, shortest length, content."""
    return head(tag, len(content)) + content


def sequence(*parts: bytes | bytearray) -> bytes:
    """Return a SEQUENCE of already encoded `parts`; each octet is copied once."""
    return b"".join((head(SEQUENCE, sum(map(len, parts))), *parts))


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Return a non-negative INTEGER (or ENUMERATED, by `tag`)."""
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octet_string(content: bytes) -> bytes:
    """Return an OCTET STRING."""
    return tlv(OCTET_STRING, content)


def bit_string(content: bytes) -> bytes:
    """Return a BIT STRING without unused bits."""
    return tlv(BIT_STRING, b"\x00" + content)


@lru_cache(maxsize=256)
def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER; raise `DerError` if `dotted` is not one."""
    if not _DOTTED.fullmatch(dotted):
        msg = f"not an object identifier: {dotted}"
        raise DerError(msg)
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OID, b"".join(_base128(arc) for arc in (first * 40 + second, *rest)))


def _base128(arc: int) -> bytes:
    septets = [arc & 0x7F]
    while arc := arc >> 7:
        septets.append(0x80 | arc & 0x7F)
    return bytes(reversed(septets))


def time(at: datetime) -> bytes:
    """Return a Time: UTCTime until 2049, GeneralizedTime after (RFC 5280 4.1.2.5, CRT-03).

    `at` is aware; what is finer than a second is cut off.
    """
    at = at.astimezone(UTC)
    if _FIRST_UTC_YEAR <= at.year < _FIRST_GENERALIZED_YEAR:
        return tlv(UTC_TIME, b"%02d" % (at.year % 100) + _clock_digits(at))
    return generalized_time(at)


def generalized_time(at: datetime) -> bytes:
    """Return a GeneralizedTime in UTC, to the second (RFC 5280 4.1.2.5.2)."""
    at = at.astimezone(UTC)
    return tlv(GENERALIZED_TIME, b"%04d" % at.year + _clock_digits(at))


def _clock_digits(at: datetime) -> bytes:
    return b"%02d%02d%02d%02d%02dZ" % (at.month, at.day, at.hour, at.minute, at.second)


class Cursor:
    """A strict reader over a stretch of DER. Every method raises `DerError` on anything else."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        """Read `data` from `at` up to `end`."""
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    def peek(self) -> int:
        """Return the tag of the next element, or -1 at the end."""
        return self.data[self.at] if self.at < self.end else -1

    def _next(self, tag: int) -> tuple[int, int]:
        """Step over the next element, which must have `tag`; return where its content lies."""
        data, at, end = self.data, self.at, self.end
        if at + 2 > end or data[at] != tag or tag & _HIGH_TAG == _HIGH_TAG:
            msg = f"expected tag {tag:#04x} at octet {at}"
            raise DerError(msg)
        size = data[at + 1]
        start = at + 2
        if size >= _LONG_FORM:
            start, size = self._long_length(start, size - _LONG_FORM)
        stop = start + size
        if stop > end:
            msg = f"the element at octet {at} runs past its end"
            raise DerError(msg)
        self.at = stop
        return start, stop

    def _long_length(self, start: int, octets: int) -> tuple[int, int]:
        stop = start + octets
        if not 1 <= octets <= _MAX_LENGTH_OCTETS or stop > self.end:
            msg = f"unusable length before octet {start}"
            raise DerError(msg)
        size = int.from_bytes(self.data[start:stop], "big")
        if size < _LONG_FORM or size >> 8 * (octets - 1) == 0:
            msg = f"length not in its shortest form before octet {start}"
            raise DerError(msg)
        return stop, size

    def enter(self, tag: int = SEQUENCE) -> "Cursor":
        """Step over a constructed element and return a reader of its inside."""
        start, stop = self._next(tag)
        return Cursor(self.data, start, stop)

    def content(self, tag: int) -> bytes:
        """Step over a primitive element and return its content."""
        start, stop = self._next(tag)
        return self.data[start:stop]

    def whole(self, tag: int = SEQUENCE) -> bytes:
        """Step over an element and return it with tag and length."""
        begin = self.at
        self._next(tag)
        return self.data[begin : self.at]

    def any(self) -> bytes:
        """Step over an element of whatever tag and return it with tag and length."""
        if self.at >= self.end:
            msg = "nothing left to read"
            raise DerError(msg)
        return self.whole(self.data[self.at])

    def integer(self, tag: int = INTEGER) -> int:
        """Step over an INTEGER (or ENUMERATED) in its shortest form."""
        octets = self.content(tag)
        if not octets or (len(octets) > 1 and _padded(octets)):
            msg = "integer not in its shortest form"
            raise DerError(msg)
        return int.from_bytes(octets, "big", signed=True)

    def boolean(self) -> bool:
        """Step over a BOOLEAN, which in DER is 00 or FF."""
        octets = self.content(0x01)
        if octets not in {b"\x00", b"\xff"}:
            msg = "boolean is neither 00 nor FF"
            raise DerError(msg)
        return octets == b"\xff"

    def octets_of_bits(self) -> bytes:
        """Step over a BIT STRING of whole octets and return them."""
        octets = self.content(BIT_STRING)
        if octets[:1] != b"\x00":
            msg = "bit string with unused bits"
            raise DerError(msg)
        return octets[1:]

    def time(self) -> datetime:
        """Step over a UTCTime or GeneralizedTime ending in Z, to the second."""
        tag = self.peek()
        text = self.content(tag)
        if tag == UTC_TIME and len(text) == _UTC_TIME_LENGTH:
            century = b"20" if text[:2] < b"50" else b"19"
            return _instant(century + text)
        if tag == GENERALIZED_TIME and len(text) == _GENERALIZED_TIME_LENGTH:
            return _instant(text)
        msg = "not a time"
        raise DerError(msg)

    def finish(self) -> None:
        """Raise unless everything was read."""
        if self.at != self.end:
            msg = f"{self.end - self.at} octets too many"
            raise DerError(msg)


def _padded(octets: bytes) -> bool:
    """Tell whether the first octet says nothing that the sign of the second does not."""
    return octets[0] == (0xFF if octets[1] & _LONG_FORM else 0x00)


def _instant(text: bytes) -> datetime:
    digits = text[:-1]
    if text[-1:] != b"Z" or not digits.isdigit():
        msg = "not a time in UTC"
        raise DerError(msg)
    month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(4, 14, 2))
    try:
        return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as problem:
        msg = "no such time"
        raise DerError(msg) from problem
