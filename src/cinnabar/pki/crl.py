"""Certificate revocation lists (RFC 5280 5; REV-01, REV-02)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache

from cinnabar.pki import oids
from cinnabar.pki.authority import Authority
from cinnabar.pki.certificate import extension
from cinnabar.pki.crl_marks import Marks, read_marks, write_marks
from cinnabar.pki.der import (
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    SEQUENCE,
    UTC_TIME,
    Cursor,
    DerError,
    context,
    head,
    integer,
    sequence,
    time,
)

_VERSION_2 = integer(1)
_SHORT_FORM = 0x80
_Z = ord("Z")
_LEAST_LINE = 20
"""Octets of the shortest line: a serial of one octet, a UTCTime, no extension."""
_TIMES = {UTC_TIME: 13, GENERALIZED_TIME: 15}


class Reason(IntEnum):
    """Why a certificate was revoked (RFC 5280 5.3.1). UNSPECIFIED is never written down."""

    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    PRIVILEGE_WITHDRAWN = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedEntry:
    """One line of the list: which certificate, since when (aware, to the second), why."""

    serial: int
    revoked_at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlFacts:
    """The head of a list: who, when, which; `entries` is how many it holds."""

    issuer: bytes
    algorithm: bytes
    this_update: datetime
    next_update: datetime
    marks: Marks
    authority_key: bytes
    entries: int

    @property
    def number(self) -> int:
        """The number of the list."""
        return self.marks.number


def crl_tbs(
    authority: Authority,
    marks: Marks,
    *,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry],
) -> bytes:
    """Return the TBSCertList of the issuing CA.

    `entries` may be as many as memory has room for twice over their octets (about 50 each).
    """
    lines = bytearray()
    for entry in entries:
        lines += _line(entry)
    return sequence(
        _VERSION_2,
        oids.ECDSA_SHA256_ALGORITHM,
        authority.issuing_name,
        time(this_update),
        time(next_update),
        head(SEQUENCE, len(lines)) if lines else b"",  # an empty list is left out (5.1.2.6)
        lines,
        write_marks(marks, authority.issuing_key_identifier),
    )


def _line(entry: RevokedEntry) -> bytes:
    return sequence(integer(entry.serial), time(entry.revoked_at), _why(entry.reason))


@lru_cache
def _why(reason: Reason) -> bytes:
    if reason is Reason.UNSPECIFIED:
        return b""
    return sequence(extension(oids.REASON_CODE, integer(reason, ENUMERATED)))


def read_crl_tbs(tbs: bytes) -> CrlFacts:
    """Return the head of a TBSCertList; raise `DerError` unless it is a v2 list as made here."""
    outer = Cursor(tbs)
    inside = outer.enter()
    outer.finish()
    if inside.whole(_VERSION_2[0]) != _VERSION_2:
        msg = "not of version 2"
        raise DerError(msg)
    algorithm, issuer = inside.whole(), inside.whole()
    this_update, next_update = inside.time(), inside.time()
    entries = _count(inside.enter()) if inside.peek() == SEQUENCE else 0
    marks, key = read_marks(inside.enter(context(0)))
    inside.finish()
    return CrlFacts(
        issuer=issuer,
        algorithm=algorithm,
        this_update=this_update,
        next_update=next_update,
        marks=marks,
        authority_key=key,
        entries=entries,
    )


def _count(lines: Cursor) -> int:
    """Return how many lines there are; each is looked at."""
    data, at, end = lines.data, lines.at, lines.end
    count = 0
    while at < end:
        stop = at + 2 + data[at + 1] if at + _LEAST_LINE <= end else end + 1
        if stop > end or not _is_line(data, at, stop):
            msg = f"no line of a list at octet {at}"
            raise DerError(msg)
        at = stop
        count += 1
    return count


def _is_line(data: bytes, at: int, stop: int) -> bool:
    """Tell whether a line lies from `at` to `stop`: serial, time, perhaps extensions.

    By hand, not by `Cursor`: of a list of a million the signer has seconds.
    """
    short = _LEAST_LINE <= stop - at <= _SHORT_FORM
    if not short or data[at] != SEQUENCE or data[at + 2] != INTEGER:
        return False
    serial, until = at + 4, at + 4 + data[at + 3]
    padded = data[serial] == 0 and until - serial > 1 and data[serial + 1] < _SHORT_FORM
    if until == serial or padded or until + 2 > stop:
        return False
    size = _TIMES.get(data[until], 0)
    rest = until + 2 + size
    if data[until + 1] != size or rest > stop or data[rest - 1] != _Z:
        return False
    if not data[until + 2 : rest - 1].isdigit():
        return False
    if rest == stop:
        return True
    return rest + 2 <= stop and data[rest] == SEQUENCE and rest + 2 + data[rest + 1] == stop


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCrl:
    """A CRL as published: its octets and its head."""

    der: bytes
    facts: CrlFacts


def read_crl(der: bytes) -> SignedCrl:
    """Return the list in `der` with its head; raise `DerError`. Checks no signature."""
    outer = Cursor(der)
    tbs = outer.enter().whole()
    outer.finish()
    return SignedCrl(der=der, facts=read_crl_tbs(tbs))
