"""S/MIME: multipart/signed with a detached CMS signature (RFC 8551 section 3.5, MSG-01)."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID

_T = TypeVar("_T")

_CRLF = b"\r\n"
_OPTIONS = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSigner:
    """The firm's mail certificate with its key and the certificates above it, root left out."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    def check(self, sender: str, now: datetime) -> None:
        """Raise `ValueError` if mail from `sender` signed with this would not verify.

        The address must be a subjectAltName of the certificate, which must be for
        emailProtection and in date (RFC 8550 sections 3 and 4.4.4), and the key its own.
        """
        extensions = self.certificate.extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = {name.lower() for name in names.get_values_for_type(x509.RFC822Name)}
        usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if sender.lower() not in addresses:
            msg = f"the mail certificate is for {sorted(addresses)}, not for {sender}"
            raise ValueError(msg)
        if ExtendedKeyUsageOID.EMAIL_PROTECTION not in usage:
            msg = "the mail certificate is not for emailProtection"
            raise ValueError(msg)
        if not self.certificate.not_valid_before_utc <= now <= self.certificate.not_valid_after_utc:
            msg = f"the mail certificate ended on {self.certificate.not_valid_after_utc:%Y-%m-%d}"
            raise ValueError(msg)
        if self.key.public_key() != self.certificate.public_key():
            msg = "the mail key is not that of the mail certificate"
            raise ValueError(msg)


def load_mail_signer(
    *, key: Path, certificate: Path, chain: Path, passphrase: bytes | None = None
) -> MailSigner:
    """Read the signer from PEM files; raise `ValueError` naming the file that is not right.

    `chain` may hold more than is needed: a root is left out, as verifiers have it, and so is
    the mail certificate itself.
    """
    loaded = _read(key, lambda data: serialization.load_pem_private_key(data, passphrase))
    if not isinstance(loaded, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        msg = f"{key.name} holds neither an EC nor an RSA key"
        raise ValueError(msg)  # noqa: TRY004 - a wrong file, not a wrong type
    own = _read(certificate, x509.load_pem_x509_certificate)
    above = _read(chain, x509.load_pem_x509_certificates)
    return MailSigner(
        key=loaded,
        certificate=own,
        chain=tuple(one for one in above if one != own and one.issuer != one.subject),
    )


def _read(path: Path, parse: Callable[[bytes], _T]) -> _T:
    try:
        return parse(path.read_bytes())
    except (OSError, ValueError, TypeError) as problem:
        msg = f"{path.name} cannot be read: {problem}"
        raise ValueError(msg) from problem


def sign(signer: MailSigner, content: bytes, boundary: str) -> tuple[str, bytes]:
    """Return the Content-Type and the body of a multipart/signed round `content`.

    `content` is a whole MIME part, header and all, with CRLF line ends and 7-bit octets, so
    that no relay has a reason to touch it. `boundary` must not occur in it.
    """
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(signer.certificate, signer.key, hashes.SHA256())
    for above in signer.chain:
        builder = builder.add_certificate(above)
    signature = builder.sign(serialization.Encoding.DER, _OPTIONS)
    line = b"--" + boundary.encode()
    body = _CRLF.join(
        [
            line,
            content,
            line,
            b'Content-Type: application/pkcs7-signature; name="smime.p7s"',
            b"Content-Transfer-Encoding: base64",
            b'Content-Disposition: attachment; filename="smime.p7s"',
            b"",
            base64.encodebytes(signature).rstrip().replace(b"\n", _CRLF),
            line + b"--",
            b"",
        ]
    )
    kind = (
        'multipart/signed; protocol="application/pkcs7-signature"; '
        f'micalg=sha-256; boundary="{boundary}"'
    )
    return kind, body
