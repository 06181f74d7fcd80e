"""Certificate revocation lists (RFC 5280 5; REV-01, REV-02)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache

from cinnabar.pki import oids
from cinnabar.pki.authority import Authority
from cinnabar.pki.certificate import extension, read_extension, read_extensions
from cinnabar.pki.der import (
    ENUMERATED,
    SEQUENCE,
    Cursor,
    DerError,
    context,
    integer,
    oid,
    sequence,
    time,
    tlv,
)
from cinnabar.pki.profile import authority_key_extension

_VERSION_2 = integer(1)


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
    """The head of a list: who, when, which number; `entries` is how many it holds."""

    issuer: bytes
    algorithm: bytes
    this_update: datetime
    next_update: datetime
    number: int
    authority_key: bytes
    entries: int


def crl_tbs(
    authority: Authority,
    *,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry],
) -> bytes:
    """Return the TBSCertList of the issuing CA; `number` rises with each list."""
    lines = b"".join(map(_line, entries))
    return sequence(
        _VERSION_2,
        oids.ECDSA_SHA256_ALGORITHM,
        authority.issuing_name,
        time(this_update),
        time(next_update),
        tlv(SEQUENCE, lines) if lines else b"",  # an empty list is left out (RFC 5280 5.1.2.6)
        tlv(
            context(0),
            sequence(
                authority_key_extension(authority.issuing_key_identifier),
                extension(oids.CRL_NUMBER, integer(number)),
            ),
        ),
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
    number, key = _marks(read_extensions(inside.enter(context(0))))
    inside.finish()
    return CrlFacts(
        issuer=issuer,
        algorithm=algorithm,
        this_update=this_update,
        next_update=next_update,
        number=number,
        authority_key=key,
        entries=entries,
    )


def _count(lines: Cursor) -> int:
    count = 0
    while lines.peek() != -1:
        line = lines.enter()
        line.integer()
        line.time()
        if line.peek() != -1:
            line.whole()
        line.finish()
        count += 1
    return count


def _marks(found: tuple[bytes, ...]) -> tuple[int, bytes]:
    by_kind = {one.kind: one.value for one in map(read_extension, found)}
    try:
        number = Cursor(by_kind[oid(oids.CRL_NUMBER)]).integer()
        key = by_kind[oid(oids.AUTHORITY_KEY_IDENTIFIER)]
    except KeyError as problem:
        msg = "no number or no authority key"
        raise DerError(msg) from problem
    inside = Cursor(key).enter()
    identifier = inside.content(context(0, constructed=False))
    inside.finish()
    return number, identifier


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
