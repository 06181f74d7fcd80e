"""Detached signatures over orders: CMS SignedData with the attributes of CAdES-BES.

RFC 5652 5 and 11, RFC 5035, ETSI EN 319 122-1 5.2 (SIG-01, SIG-02 as far as "integrity"). Chain,
validity, revocation and whose certificate it is are for the caller, who knows the records.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cinnabar.pki import oids
from cinnabar.pki.certificate import CertificateFacts, read_certificate
from cinnabar.pki.cms_parts import Attributes, SignerInfo, read_signed_data
from cinnabar.pki.der import OCTET_STRING, SEQUENCE, Cursor, DerError, oid
from cinnabar.pki.findings import Finding, Findings
from cinnabar.pki.keys import key_id
from cinnabar.pki.signatures import signature_holds

MAX_OCTETS = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """A signature that holds: the content is what the key of this certificate signed.

    `signed_at` is the signer's own claim (signingTime). `content_sha256` is in hex.
    """

    certificate_der: bytes
    serial: int
    key_id: str
    signed_at: datetime
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBroken:
    """A signature that does not hold, and why; the rest is what it claims, proved by nothing."""

    findings: Findings
    certificate_der: bytes | None = None
    signed_at: datetime | None = None


def read_signature(cms: bytes, content: bytes) -> SignatureFacts | SignatureBroken:
    """Judge the detached signature `cms` over `content`. Raises nothing, whatever was sent."""
    if len(cms) > MAX_OCTETS:
        return SignatureBroken(findings=(Finding("malformed", "too long"),))
    try:
        signed = read_signed_data(cms)
        certificate_der, certificate = _signer_of(signed.signer, signed.certificates)
        signed_at = signed.signer.attributes.signing_time
        findings = _judge(signed.signer, certificate, content)
    except DerError as problem:
        return SignatureBroken(findings=(Finding("malformed", str(problem)),))
    if findings:
        return SignatureBroken(
            findings=findings, certificate_der=certificate_der, signed_at=signed_at
        )
    return SignatureFacts(
        certificate_der=certificate_der,
        serial=certificate.fields.serial,
        key_id=key_id(certificate.fields.spki),
        signed_at=signed_at,
        content_sha256=hashlib.sha256(content).hexdigest(),
    )


def _signer_of(
    signer: SignerInfo, certificates: tuple[bytes, ...]
) -> tuple[bytes, CertificateFacts]:
    for der in certificates:
        facts = read_certificate(der)
        if signer.names(facts):
            return der, facts
    msg = "the signer's certificate is not in it"
    raise DerError(msg)


def _judge(signer: SignerInfo, certificate: CertificateFacts, content: bytes) -> Findings:
    findings = []
    digest = signer.digest
    if signer.signature_digest not in {None, digest}:
        findings.append(Finding("algorithm", "digest and signature algorithm disagree"))
    if signer.attributes.message_digest != hashlib.new(digest, content).digest():
        findings.append(Finding("digest", "the content is not what was signed"))
    if not _names_certificate(signer.attributes, certificate):
        findings.append(Finding("signing-certificate", "names another certificate"))
    if not signature_holds(
        certificate.fields.spki, signer.signature, signer.attributes.signed, digest=digest
    ):
        findings.append(Finding("signature", "is not of this certificate's key"))
    return tuple(findings)


_HASHES = {oid(oids.SHA256): "sha256", oid(oids.SHA384): "sha384", oid(oids.SHA512): "sha512"}


def _names_certificate(attributes: Attributes, certificate: CertificateFacts) -> bool:
    """Compare the first ESSCertIDv2, which names the signer (RFC 5035 3)."""
    listed = Cursor(attributes.signing_certificate).enter().enter()
    first = listed.enter()
    name = "sha256"
    if first.peek() == SEQUENCE:
        name = _HASHES.get(first.enter().any(), "")
    claimed = first.content(OCTET_STRING)
    if name == "sha256":
        return claimed == certificate.sha256
    return bool(name) and claimed == hashlib.new(name, certificate.der).digest()
