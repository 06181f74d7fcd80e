"""Our look at the certificate of an issuing CA that comes back from the root, before it is used.

It knows nothing of how the certificate was made: another program may have signed it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import AuthorityInformationAccessOID

from cinnabar.pki.authority import addresses
from cinnabar.pki.findings import Finding, Findings
from cinnabar.pki.keys import spki_of, subject_key_identifier
from cinnabar.signer.requests import Answer
from cinnabar.signer.root_list import is_of

_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_LEAST_SERIAL_BITS = 64
_CLOCKS_DIFFER = timedelta(hours=1)
"""How far the clock of the root's machine, which is on no network, may be ahead."""
_LEAST_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the certificate must be; `root` is the installation's, None before it has one."""

    subject: x509.Name
    spki: bytes
    base_url: str
    root: x509.Certificate | None
    now: datetime


def judge(answer: Answer, expected: Expected) -> Findings:
    """Return what stands against adopting `answer`; each detail is the half of a sentence."""
    try:
        return (
            *_judge_chain(answer, expected.root),
            *_judge_body(answer, expected),
            *_judge_extensions(answer, expected.base_url),
        )
    except (ValueError, TypeError, x509.ExtensionNotFound) as problem:
        return (Finding("der", f"it cannot be read: {problem}"),)


def _judge_chain(answer: Answer, root: x509.Certificate | None) -> Iterator[Finding]:
    if root is not None and answer.root != root:
        yield Finding("root", "it is of another root than this installation's")
    try:
        answer.root.verify_directly_issued_by(answer.root)
        answer.issuing.verify_directly_issued_by(answer.root)
    except (InvalidSignature, ValueError, TypeError):
        yield Finding("chain", "the root did not sign it")
    crl = x509.load_der_x509_crl(answer.root_crl)
    if not is_of(crl, answer.root):
        yield Finding("root-list", "the root's list with it is not the root's")
    if crl.get_revoked_certificate_by_serial_number(answer.issuing.serial_number):
        yield Finding("revoked", "the root has revoked it")


def _judge_body(answer: Answer, expected: Expected) -> Iterator[Finding]:
    issuing, now = answer.issuing, expected.now
    if spki_of(issuing.public_key()) != expected.spki:
        yield Finding("key", "it is not for the key of the request")
    if issuing.subject != expected.subject:
        yield Finding("subject", f"its name is not {expected.subject.rfc4514_string()}")
    if issuing.not_valid_before_utc > now + _CLOCKS_DIFFER:
        yield Finding("validity", "it is not valid yet; compare the clocks")
    if issuing.not_valid_after_utc < now + _LEAST_LIFE:
        yield Finding("validity", "it ends within a year")
    if issuing.not_valid_after_utc > answer.root.not_valid_after_utc:
        yield Finding("validity", "it outlives the root")
    if issuing.serial_number.bit_length() < _LEAST_SERIAL_BITS:
        yield Finding("serial", "its serial number is short")
    if not isinstance(issuing.signature_hash_algorithm, _HASHES):
        yield Finding("algorithm", "it is signed with an old hash")


def _judge_extensions(answer: Answer, base_url: str) -> Iterator[Finding]:
    found = {one.oid: one for one in answer.issuing.extensions}
    root_key = _identifier(answer.root)
    own_key = subject_key_identifier(spki_of(answer.issuing.public_key()))
    for kind, is_right, says in (
        (x509.BasicConstraints, _is_lowest_ca, "it is not a CA with none below it"),
        (x509.KeyUsage, _signs_only, "its key is not for certificates and lists alone"),
        (
            x509.SubjectKeyIdentifier,
            lambda e: e.value.digest == own_key,
            "it names another key",
        ),
        (
            x509.AuthorityKeyIdentifier,
            lambda e: e.value.key_identifier == root_key,
            "it names another root key",
        ),
        (
            x509.CRLDistributionPoints,
            lambda e: _urls(e) == [addresses(base_url, root_key.hex()).crl],
            f"its list is not at {base_url}",
        ),
        (
            x509.AuthorityInformationAccess,
            lambda e: _urls(e) == [addresses(base_url, root_key.hex()).issuer],
            f"its root is not at {base_url}",
        ),
    ):
        extension = found.pop(kind.oid, None)
        if extension is None or not is_right(extension):
            yield Finding(kind.__name__, says)
    found.pop(x509.CertificatePolicies.oid, None)
    for extension in found.values():
        yield Finding("extension", f"it has an extension {extension.oid.dotted_string} too many")


def _is_lowest_ca(extension: x509.Extension[x509.BasicConstraints]) -> bool:
    return extension.critical and extension.value.ca and extension.value.path_length == 0


def _signs_only(extension: x509.Extension[x509.KeyUsage]) -> bool:
    usage = extension.value
    others = (
        usage.digital_signature,
        usage.content_commitment,
        usage.key_encipherment,
        usage.data_encipherment,
        usage.key_agreement,
    )
    return extension.critical and usage.key_cert_sign and usage.crl_sign and not any(others)


def _urls(extension: x509.Extension[x509.CRLDistributionPoints]) -> list[str]:
    if isinstance(extension.value, x509.AuthorityInformationAccess):
        issuers = AuthorityInformationAccessOID.CA_ISSUERS
        return [d.access_location.value for d in extension.value if d.access_method == issuers]
    return [name.value for point in extension.value for name in point.full_name or ()]


def _identifier(root: x509.Certificate) -> bytes:
    return root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
