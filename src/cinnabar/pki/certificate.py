"""Reading certificates: the fields of a TBSCertificate, strictly (RFC 5280 4.1)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cinnabar.pki import oids
from cinnabar.pki.der import OCTET_STRING, OID, Cursor, DerError, context, integer, oid, tlv

VERSION_3 = tlv(context(0), integer(2))
_BOOLEAN = 0x01


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """One extension: `kind` is the encoded OID, `value` the octets inside."""

    kind: bytes
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TbsFields:
    """The fields of a TBSCertificate; names, SPKI, validity, algorithm and extensions as DER."""

    serial: int
    algorithm: bytes
    issuer: bytes
    validity: bytes
    not_before: datetime
    not_after: datetime
    subject: bytes
    spki: bytes
    extensions: tuple[bytes, ...]

    def extension(self, dotted: str) -> Extension | None:
        """Return the extension of that kind, if it has one."""
        kind = oid(dotted)
        found = map(read_extension, self.extensions)
        return next((extension for extension in found if extension.kind == kind), None)

    @property
    def subject_key_identifier(self) -> bytes:
        """Return its subject key identifier; raise `DerError` if it has none."""
        found = self.extension(oids.SUBJECT_KEY_IDENTIFIER)
        if found is None:
            msg = "no subject key identifier"
            raise DerError(msg)
        return Cursor(found.value).content(OCTET_STRING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """A certificate taken apart; `sha256` is of the whole, `der`."""

    der: bytes
    tbs: bytes
    fields: TbsFields
    algorithm: bytes
    signature: bytes
    sha256: bytes


def read_certificate(der: bytes) -> CertificateFacts:
    """Return the parts of the certificate in `der`; raise `DerError`. Checks no signature."""
    outer = Cursor(der)
    inside = outer.enter()
    outer.finish()
    tbs, algorithm, signature = inside.whole(), inside.whole(), inside.octets_of_bits()
    inside.finish()
    return CertificateFacts(
        der=der,
        tbs=tbs,
        fields=read_tbs(tbs),
        algorithm=algorithm,
        signature=signature,
        sha256=hashlib.sha256(der).digest(),
    )


def read_tbs(tbs: bytes) -> TbsFields:
    """Return the fields of `tbs`; raise `DerError` unless it is of version 3 and strict DER."""
    outer = Cursor(tbs)
    inside = outer.enter()
    outer.finish()
    if inside.whole(context(0)) != VERSION_3:
        msg = "not of version 3"
        raise DerError(msg)
    serial, algorithm, issuer = inside.integer(), inside.whole(), inside.whole()
    validity = inside.whole()
    times = Cursor(validity).enter()
    not_before, not_after = times.time(), times.time()
    times.finish()
    subject, spki = inside.whole(), inside.whole()
    extensions = read_extensions(inside.enter(context(3)))
    inside.finish()
    return TbsFields(
        serial=serial,
        algorithm=algorithm,
        issuer=issuer,
        validity=validity,
        not_before=not_before,
        not_after=not_after,
        subject=subject,
        spki=spki,
        extensions=extensions,
    )


def read_extensions(cursor: Cursor) -> tuple[bytes, ...]:
    """Return the extensions inside an explicit tag, each as DER; raise `DerError`."""
    listed = cursor.enter()
    cursor.finish()
    found = []
    while listed.peek() != -1:
        found.append(listed.whole())
    return tuple(found)


@lru_cache(maxsize=256)
def read_extension(whole: bytes) -> Extension:
    """Return the parts of one extension; raise `DerError`.

    Remembered, as nearly all extensions of nearly all certificates are the same octets.
    """
    inside = Cursor(whole).enter()
    kind = inside.whole(OID)
    critical = inside.peek() == _BOOLEAN
    if critical and not inside.boolean():
        msg = "a default value written out"
        raise DerError(msg)
    value = inside.content(OCTET_STRING)
    inside.finish()
    return Extension(kind=kind, critical=critical, value=value)


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    """Return one extension as DER; `value` is the DER that stands inside."""
    flag = b"\x01\x01\xff" if critical else b""
    return tlv(0x30, oid(dotted) + flag + tlv(OCTET_STRING, value))
