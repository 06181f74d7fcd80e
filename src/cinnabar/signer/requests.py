"""What goes to the root and comes back: the request of an issuing CA, and the answer to it.

Both are files of PEM that people carry. The request (PKCS #10) names the CA, proves its key and
says where the installation is reached: a subjectAltName of kind URI, which does not go into the
certificate. The answer is the certificate, the root above it and the root's list.
"""

from dataclasses import dataclass
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.kernel.refusal import Refused
from cinnabar.pki.keys import key_id
from cinnabar.pki.request import read_request
from cinnabar.signer.ceremony import CeremonyRefused
from cinnabar.signer.keys import SigningKey
from cinnabar.signer.library_key import LibraryKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a request asks for, its signature checked; `spki` is the proved key."""

    subject: x509.Name
    spki: bytes
    kind: str
    base_url: str

    @property
    def key(self) -> str:
        """Return the key's SHA-256, for people to compare on both sides."""
        return key_id(self.spki)


def write_request(key: SigningKey, subject: x509.Name, base_url: str) -> bytes:
    """Return the request for a CA certificate on `key`, PEM; raise `SignerUnavailable`."""
    builder = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(base_url)]), critical=False
        )
    )
    return builder.sign(LibraryKey(key), hashes.SHA256()).public_bytes(Encoding.PEM)


def read_wish(pem: bytes) -> Wish:
    """Return what the request in `pem` asks for; raise `CeremonyRefused` with a sentence."""
    try:
        request = x509.load_pem_x509_csr(pem)
        asked = read_request(request.public_bytes(Encoding.DER))
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        (base_url,) = names.get_values_for_type(x509.UniformResourceIdentifier)
    except Refused as refused:
        why = {"possession-not-proved": "its signature is not of its key"}
        msg = f"the request is refused: {why.get(refused.refusal.value, 'its key will not do')}"
        raise CeremonyRefused(msg) from refused
    except (ValueError, TypeError, x509.ExtensionNotFound) as problem:
        msg = f"this is no request of an issuing CA: {problem}"
        raise CeremonyRefused(msg) from problem
    return Wish(subject=request.subject, spki=asked.spki_der, kind=asked.kind, base_url=base_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes back: certificates of the issuing CA and of its root, the root's list in DER."""

    issuing: x509.Certificate
    root: x509.Certificate
    root_crl: bytes

    def pem(self) -> bytes:
        """Return all three, the issuing CA first."""
        crl = x509.load_der_x509_crl(self.root_crl)
        return b"".join(one.public_bytes(Encoding.PEM) for one in (self.issuing, self.root, crl))

    @classmethod
    def read(cls, pem: bytes) -> Self:
        """Return what is in `pem`; raise `CeremonyRefused`. Nothing is checked yet."""
        try:
            issuing, root = x509.load_pem_x509_certificates(pem)
            crl = x509.load_pem_x509_crl(pem).public_bytes(Encoding.DER)
        except ValueError as problem:
            msg = f"this is not what `cinnabar ca sign-request` wrote: {problem}"
            raise CeremonyRefused(msg) from problem
        return cls(issuing=issuing, root=root, root_crl=crl)
