"""A customer's device, as the scripts of the pages make one: keys, requests, signatures."""

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Device:
    """Holds one key at a time."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)

    def request(self) -> bytes:
        """Return a PKCS#10 request for the key, DER."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ignored")])
        builder = x509.CertificateSigningRequestBuilder().subject_name(name)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def sign(self, message: bytes) -> bytes:
        """Return an ECDSA signature over `message`, DER."""
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
