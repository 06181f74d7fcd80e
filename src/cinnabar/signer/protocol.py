"""What the rest of the product knows of the signer."""

from typing import Protocol

from cinnabar.pki.authority import Authority
from cinnabar.pki.findings import Findings

__all__ = [
    "Authority",
    "Signer",
    "SignerBusy",
    "SignerRefused",
    "SignerUnavailable",
    "authority_of",
]


class SignerUnavailable(Exception):  # noqa: N818 - a state, and the name everybody uses
    """No signature now; nothing is wrong with what was sent. Asking again later is right.

    Whether a signature was made is then unknown; asking again with the same octets is harmless.
    """


class SignerBusy(SignerUnavailable):
    """More signatures were asked for in a minute than the signer gives."""


class SignerRefused(Exception):  # noqa: N818 - an answer, not an error
    """The signer will not sign these octets, now or later; `findings` say why."""

    def __init__(self, findings: Findings) -> None:
        """Keep the findings."""
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


class Signer(Protocol):
    """Signs what passes its own look.

    Signatures are DER ECDSA with SHA-256. A certificate or a list that is sent again gets the
    same signature again, so that asking twice never makes two certificates: soft keys sign so
    (RFC 6979), for an HSM's the signer remembers. An OCSP answer may get another one each time;
    nothing depends on it. Each method raises `SignerUnavailable`; the signing ones also
    `SignerRefused`.
    """

    def authority(self) -> Authority:
        """Return the newest generation of the CA: what new certificates are issued under.

        Cheap; ask each time, it may be renewed.
        """
        ...

    def authorities(self) -> tuple[Authority, ...]:
        """Return the newest generation and, after it, those before whose CA is in date.

        Each of them signs the status of its own certificates. Cheap as well.
        """
        ...

    def ping(self) -> None:
        """Return if signatures can be had."""
        ...

    def sign_certificate(self, tbs: bytes) -> bytes:
        """Return the issuing CA's signature over a customer's TBSCertificate.

        Repeating the same octets is right; other octets under a serial once signed are refused.
        """
        ...

    def sign_crl(self, tbs: bytes) -> bytes:
        """Return the signature over a TBSCertList of the issuing CA that it names."""
        ...

    def sign_ocsp(self, tbs: bytes) -> bytes:
        """Return the signature over a ResponseData of the OCSP signer that it names."""
        ...


def authority_of(signer: Signer, generation: int) -> Authority | None:
    """Return a generation, or None once its CA has ended; raise `SignerUnavailable`."""
    known = signer.authorities()
    return next((found for found in known if found.generation == generation), None)
