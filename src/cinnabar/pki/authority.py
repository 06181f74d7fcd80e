"""The public side of a certification authority: its certificates and what follows from them."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from cinnabar.pki.certificate import CertificateFacts, read_certificate
from cinnabar.pki.der import oid
from cinnabar.pki.keys import key_bits
from cinnabar.pki.oids import SHA1, SHA256, SHA384, SHA512

_SHORT = 16
_SHARDED = re.compile(r"/[0-9a-f]{16}-([0-9]{8})\.crl$")

IssuerHashes = tuple[bytes, bytes]
"""Hash of the issuer's name and hash of its key, as an OCSP CertID has them."""


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Certificates of root, issuing CA and OCSP signer, and the root's CRL, all DER.

    `generation` counts the issuing CAs of an installation from 1; each has a name, a key and an
    OCSP signer of its own.
    """

    root_der: bytes
    issuing_der: bytes
    ocsp_der: bytes
    root_crl_der: bytes
    generation: int = 1

    @cached_property
    def issuing(self) -> CertificateFacts:
        """The issuing CA's certificate, taken apart."""
        return read_certificate(self.issuing_der)

    @cached_property
    def root(self) -> CertificateFacts:
        """The root's certificate, taken apart."""
        return read_certificate(self.root_der)

    @cached_property
    def ocsp(self) -> CertificateFacts:
        """The OCSP signer's certificate, taken apart."""
        return read_certificate(self.ocsp_der)

    @cached_property
    def issuing_name(self) -> bytes:
        """The issuing CA's distinguished name, DER."""
        return self.issuing.fields.subject

    @cached_property
    def issuing_key_identifier(self) -> bytes:
        """The issuing CA's subject key identifier, 20 octets."""
        return self.issuing.fields.subject_key_identifier

    @property
    def issuing_key_id(self) -> str:
        """The issuing CA's subject key identifier, 40 hex digits."""
        return self.issuing_key_identifier.hex()

    @property
    def root_key_id(self) -> str:
        """The root's subject key identifier, 40 hex digits."""
        return self.root.fields.subject_key_identifier.hex()

    @property
    def issuing_not_after(self) -> datetime:
        """The last instant of the issuing CA; nothing it signs outlives it (CRT-03)."""
        return self.issuing.fields.not_after

    @cached_property
    def ocsp_key_hash(self) -> bytes:
        """SHA-1 of the OCSP signer's key: how an answer names it (RFC 6960 4.2.1, byKey)."""
        return hashlib.sha1(key_bits(self.ocsp.fields.spki), usedforsecurity=False).digest()

    @cached_property
    def hashes(self) -> dict[bytes, IssuerHashes]:
        """The issuing CA's hashes by encoded algorithm OID, as OCSP clients may ask for it."""
        name, key = self.issuing_name, key_bits(self.issuing.fields.spki)
        return {
            oid(dotted): (
                hashlib.new(algorithm, name, usedforsecurity=False).digest(),
                hashlib.new(algorithm, key, usedforsecurity=False).digest(),
            )
            for dotted, algorithm in (
                (SHA1, "sha1"),
                (SHA256, "sha256"),
                (SHA384, "sha384"),
                (SHA512, "sha512"),
            )
        }

    @property
    def chain(self) -> tuple[bytes, bytes]:
        """The issuing certificate and the root, DER, in the order a client wants them."""
        return self.issuing_der, self.root_der


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where relying parties fetch what a certificate points to; `delta` adds to `crl`."""

    ocsp: str
    crl: str
    delta: str
    issuer: str


def addresses(base_url: str, issuing_key_id: str, shard: str = "") -> Addresses:
    """Return the addresses for certificates signed by that issuer.

    `shard` is the part of the issuer's list they are on, empty for a list of all. `base_url`
    has no slash at its end; plain http is right here, as these objects are signed and clients
    may not yet have a way to trust a TLS certificate (RFC 5280 8).
    """
    return Addresses(
        ocsp=f"{base_url}/ocsp",
        crl=f"{base_url}/crl/{list_name(issuing_key_id, shard)}.crl",
        delta=f"{base_url}/crl/{list_name(issuing_key_id, shard, delta=True)}.crl",
        issuer=f"{base_url}/ca/{issuing_key_id[:_SHORT]}.crt",
    )


def list_name(issuing_key_id: str, shard: str = "", *, delta: bool = False) -> str:
    """Return the name under which a list is published: `<issuer>[-<shard>][-delta]`."""
    parts = [issuing_key_id[:_SHORT], shard, "delta" if delta else ""]
    return "-".join(filter(None, parts))


def shard_for(issued: datetime, days: int) -> str:
    """Return the shard of what is issued then: the first day (UTC) of its period, YYYYMMDD.

    Periods have `days` days; 0: there is one list for all, and its shard is empty.
    """
    if not days:
        return ""
    day = issued.astimezone(UTC).date().toordinal()
    return f"{date.fromordinal(day - day % days):%Y%m%d}"


def shard_of(crl: str) -> str:
    """Return the shard in the address of a full list, empty if it names none."""
    found = _SHARDED.search(crl)
    return found[1] if found else ""
