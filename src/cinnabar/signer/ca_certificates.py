"""The certificates of the CA itself: root, issuing CA, OCSP signer, mail signer (CAK-01).

They are few and rarely made, so they are built by the library's builder. OCSP and mail signer
are renewed by the signer with the keys they have (`renewal`); the root is made in a ceremony,
issuing CAs there (`ceremony`) or by a root kept elsewhere (`root`, `rollover`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    CertificatePoliciesOID,
    ExtendedKeyUsageOID,
    NameOID,
)

from cinnabar.firm.model import Firm
from cinnabar.pki.authority import addresses
from cinnabar.pki.keys import subject_key_identifier

ROOT_LIFE = timedelta(days=7305)  # 20 years
ISSUING_LIFE = timedelta(days=3652)  # 10 years
SERVICE_LIFE = timedelta(days=397)
ROOT_CRL_LIFE = timedelta(days=365)

_LAST_SECOND = timedelta(seconds=1)  # the end of a validity is inside it (RFC 5280 4.1.2.5)
_LONGEST_NAME = 64
_POLICY_ANY = x509.CertificatePolicies(
    [x509.PolicyInformation(CertificatePoliciesOID.ANY_POLICY, None)]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who signs: a certificate and its private key, soft or an HSM's."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def key_id(self) -> str:
        """Return the subject key identifier, 40 hex digits."""
        found = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        return found.value.digest.hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """The facts every certificate has."""

    serial: int
    now: datetime
    spki: bytes

    def builder(
        self, subject: x509.Name, issuer: x509.Name, life: timedelta
    ) -> x509.CertificateBuilder:
        """Return a builder with everything that is not an extension, and the key's identifier."""
        key = load_der_public_key(self.spki)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            msg = "the CA's own keys are of elliptic curves"
            raise TypeError(msg)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .serial_number(self.serial)
            .not_valid_before(self.now)
            .not_valid_after(self.now + life - _LAST_SECOND)
            .public_key(key)
            .add_extension(
                x509.SubjectKeyIdentifier(subject_key_identifier(self.spki)), critical=False
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Blank):
    """A certificate of the firm's own CA, which knows the firm's name."""

    firm: Firm

    def name(self, suffix: str) -> x509.Name:
        """Return the firm's name followed by `suffix`, with organisation and country."""
        return name_of(self.firm, suffix)

    def named(self, common_name: str, country: str) -> x509.Name:
        """Return a name with exactly that common name."""
        return _named(self.firm, common_name, country)


def name_of(firm: Firm, suffix: str) -> x509.Name:
    """Return the firm's name followed by `suffix`, with organisation and country."""
    names = firm.identity.names
    own = names.get("en") or next(iter(names.values()))
    return _named(
        firm, f"{own[: _LONGEST_NAME - len(suffix) - 1]} {suffix}", firm.certificate.country
    )


def issuing_name(firm: Firm, generation: int) -> x509.Name:
    """Return the name of an issuing CA: each generation has its own."""
    number = f" G{generation}" if generation > 1 else ""
    return name_of(firm, f"Issuing CA{number}")


def _named(firm: Firm, common_name: str, country: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, firm.certificate.organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name[:_LONGEST_NAME]),
        ]
    )


def root_certificate(draft: Draft, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Return the self-signed root, below which one more CA may stand."""
    name = draft.name("Root CA")
    builder = draft.builder(name, name, ROOT_LIFE)
    return _as_ca(builder, depth=1).sign(key, hashes.SHA384())


def issuing_certificate(
    blank: Blank, subject: x509.Name, root: Issuer, base_url: str
) -> x509.Certificate:
    """Return an issuing CA, below which no other CA stands; it ends with its root at the latest."""
    life = _within(root, blank.now, ISSUING_LIFE)
    builder = blank.builder(subject, root.certificate.subject, life)
    builder = _as_ca(builder, depth=0).add_extension(_POLICY_ANY, critical=False)
    return _pointing_up(builder, root, base_url, ocsp=False).sign(root.key, hashes.SHA384())


def ocsp_certificate(draft: Draft, issuer: Issuer, base_url: str) -> x509.Certificate:
    """Return the delegated OCSP signer, whose own status is not asked (RFC 6960 4.2.2.2.1)."""
    life = _within(issuer, draft.now)
    builder = draft.builder(draft.name("OCSP signer"), issuer.certificate.subject, life)
    builder = _as_leaf(builder, [ExtendedKeyUsageOID.OCSP_SIGNING], non_repudiation=False)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    builder = _pointing_up(builder, issuer, base_url, ocsp=False, crl=False)
    return builder.sign(issuer.key, hashes.SHA256())


def mail_certificate(draft: Draft, issuer: Issuer, base_url: str) -> x509.Certificate:
    """Return the certificate the firm's mails are signed under (RFC 8550 3)."""
    address, country = draft.firm.identity.mail_from, draft.firm.certificate.country
    subject = draft.named(address, country)
    builder = draft.builder(subject, issuer.certificate.subject, _within(issuer, draft.now))
    builder = _as_leaf(builder, [ExtendedKeyUsageOID.EMAIL_PROTECTION], non_repudiation=True)
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False
    )
    builder = builder.add_extension(
        x509.CertificatePolicies(
            [x509.PolicyInformation(x509.ObjectIdentifier(draft.firm.certificate.policy_oid), None)]
        ),
        critical=False,
    )
    return _pointing_up(builder, issuer, base_url, ocsp=True).sign(issuer.key, hashes.SHA256())


def root_crl(root: Issuer, *, number: int, now: datetime) -> bytes:
    """Return the root's empty revocation list, DER; it holds for a year."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(now)
        .next_update(now + ROOT_CRL_LIFE)
        .add_extension(_authority_key(root), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    return builder.sign(root.key, hashes.SHA384()).public_bytes(Encoding.DER)


def _within(issuer: Issuer, now: datetime, life: timedelta = SERVICE_LIFE) -> timedelta:
    left = issuer.certificate.not_valid_after_utc - now
    return min(life, left + _LAST_SECOND)


def _as_ca(builder: x509.CertificateBuilder, *, depth: int) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=depth), critical=True
    ).add_extension(_usage(ca=True), critical=True)


def _as_leaf(
    builder: x509.CertificateBuilder,
    purposes: Sequence[x509.ObjectIdentifier],
    *,
    non_repudiation: bool,
) -> x509.CertificateBuilder:
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False, non_repudiation=non_repudiation), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    )


def _usage(*, ca: bool, non_repudiation: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=non_repudiation,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _pointing_up(
    builder: x509.CertificateBuilder, issuer: Issuer, base_url: str, *, ocsp: bool, crl: bool = True
) -> x509.CertificateBuilder:
    where = addresses(base_url, issuer.key_id)
    access = [_access(AuthorityInformationAccessOID.CA_ISSUERS, where.issuer)]
    if ocsp:
        access.insert(0, _access(AuthorityInformationAccessOID.OCSP, where.ocsp))
    builder = builder.add_extension(_authority_key(issuer), critical=False)
    builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
    if not crl:
        return builder
    names = [x509.UniformResourceIdentifier(where.crl)]
    point = x509.DistributionPoint(names, None, None, None)
    return builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)


def _access(method: x509.ObjectIdentifier, url: str) -> x509.AccessDescription:
    return x509.AccessDescription(method, x509.UniformResourceIdentifier(url))


def _authority_key(issuer: Issuer) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier(bytes.fromhex(issuer.key_id), None, None)
