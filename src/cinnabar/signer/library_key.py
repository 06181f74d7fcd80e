"""The CA's keys in the shape that the library's builders of certificates and lists sign with."""

from typing import NoReturn, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    PrivateFormat,
    load_der_public_key,
)
from cryptography.utils import Buffer

from cinnabar.signer.keys import SigningKey


class LibraryKey(ec.EllipticCurvePrivateKey):
    """A `SigningKey` of P-256, wherever it is. It signs with SHA-256 and does nothing else."""

    def __init__(self, key: SigningKey) -> None:
        """Sign with `key`."""
        self._key = key

    @property
    def curve(self) -> ec.EllipticCurve:
        """The curve."""
        return ec.SECP256R1()

    @property
    def key_size(self) -> int:
        """Bits."""
        return self.curve.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Return the public half."""
        public = load_der_public_key(self._key.spki)
        if not isinstance(public, ec.EllipticCurvePublicKey):
            msg = "the CA's own keys are of elliptic curves"
            raise TypeError(msg)
        return public

    def sign(self, data: Buffer, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """Return the DER signature over `data`."""
        del signature_algorithm
        return self._key.sign(bytes(data))

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:
        """Refuse: it signs only."""
        del algorithm, peer_public_key
        self._never()

    def private_numbers(self) -> NoReturn:
        """Refuse: the key stays where it is."""
        self._never()

    def private_bytes(
        self,
        encoding: Encoding,
        format: PrivateFormat,  # noqa: A002 - the library's word
        encryption_algorithm: KeySerializationEncryption,
    ) -> NoReturn:
        """Refuse: the key stays where it is."""
        del encoding, format, encryption_algorithm
        self._never()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    @staticmethod
    def _never() -> NoReturn:
        msg = "this key signs and does nothing else"
        raise TypeError(msg)
