"""What the tests of the pki read and write: requests, certificates, signatures of customers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from cinnabar.env import Env
from cinnabar.firm import Firm
from cinnabar.pki.assemble import assemble_certificate
from cinnabar.pki.authority import Authority, shard_for
from cinnabar.pki.keys import spki_of
from cinnabar.pki.profile import CustomerProfile, customer_profile
from cinnabar.pki.tbs import customer_tbs

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

Sha2 = hashes.SHA224 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SUBJECT = "0123456789ABCDEF"

P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
RSA2048 = rsa.generate_private_key(65537, 2048)


def request_for(
    key: Private, *, name: str = "ignored", digest: Sha2 | None = None, freight: int = 0
) -> bytes:
    """Return a PKCS#10 request, DER, with a name and extensions nobody should believe."""
    builder = x509.CertificateSigningRequestBuilder(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    ).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    unknown = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.3.6.1.4.1.32473.7"), b"x" * freight
    )
    builder = builder.add_extension(unknown, critical=False)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else digest or hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.DER)


def profile_of(env: Env, authority: Authority | None = None) -> CustomerProfile:
    """Return the profile of what is issued now, by the newest CA or another."""
    authority = authority or env.signer.authority()
    return customer_profile(env.firm.certificate, authority, env.base_url, shard_of_now(env.firm))


def shard_of_now(firm: Firm, now: datetime = NOW) -> str:
    """Return the shard of a certificate that begins now."""
    return shard_for(now + firm.certificate.backdate, firm.status.crl_shard_days)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts of a certificate; each may be bent by a test."""

    serial: int = (1 << 126) + 4711
    subject: str = SUBJECT
    key: Private = P256
    not_before: datetime = NOW
    not_after: datetime = NOW + timedelta(days=365)


def tbs_of(profile: CustomerProfile, facts: Facts | None = None) -> bytes:
    facts = facts or Facts()
    return customer_tbs(
        profile,
        serial=facts.serial,
        subject=facts.subject,
        spki_der=spki_of(facts.key.public_key()),
        not_before=facts.not_before,
        not_after=facts.not_after,
    )


def issue(env: Env, facts: Facts | None = None) -> bytes:
    """Return a customer's certificate, DER."""
    tbs = tbs_of(profile_of(env), facts)
    return assemble_certificate(tbs, env.signer.sign_certificate(tbs))


def flipped(octets: bytes, at: int, bit: int) -> bytes:
    """Return `octets` with one bit turned; `at` is taken modulo the length."""
    changed = bytearray(octets)
    changed[at % len(octets)] ^= 1 << bit
    return bytes(changed)
