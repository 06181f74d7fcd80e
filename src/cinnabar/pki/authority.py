"""The public side of a certification authority: its certificates and what follows from them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cinnabar.pki.certificate import CertificateFacts, read_certificate
from cinnabar.pki.der import oid
from cinnabar.pki.keys import key_bits
from cinnabar.pki.oids import SHA1, SHA256, SHA384, SHA512

_SHORT = 16

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
    """Where relying parties fetch what a certificate points to."""

    ocsp: str
    crl: str
    issuer: str


def addresses(base_url: str, issuing_key_id: str) -> Addresses:
    """Return the addresses for certificates signed by that issuer.

    `base_url` has no slash at its end; plain http is right here, as these objects are signed and
    clients may not yet have a way to trust a TLS certificate (RFC 5280 8).
    """
    short = issuing_key_id[:_SHORT]
    return Addresses(
        ocsp=f"{base_url}/ocsp",
        crl=f"{base_url}/crl/{short}.crl",
        issuer=f"{base_url}/ca/{short}.crt",
    )
