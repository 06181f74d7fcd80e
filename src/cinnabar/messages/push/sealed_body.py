"""A body that only one browser can read: RFC 8291 over RFC 8188, one record. Pure."""

from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT, AUTH, SALT = 65, 16, 16
"""Octets of an uncompressed point (RFC 8291, section 3.1), of a secret, and of a salt."""

DRAWN = 40
"""Random octets that a key is made of: 32, and 8 more so that no key is likelier than another."""

_RECORD = 4096
_LAST = b"\x02"
_KEY, _NONCE, _IKM = 16, 12, 32
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Reader:
    """The browser that reads: its public point, and the secret that it shares with its sender."""

    def __init__(self, point: ec.EllipticCurvePublicKey, auth: bytes) -> None:
        """Read with these; `of` makes one of what a browser sends."""
        self.point = point
        self.auth = auth

    @classmethod
    def of(cls, point: bytes, auth: bytes) -> Self:
        """Return the reader; raise `ValueError` for what is no point of P-256 or no secret."""
        if len(point) != POINT or len(auth) != AUTH:
            msg = "a browser's key has 65 octets, its secret 16"
            raise ValueError(msg)
        return cls(ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point), auth)


def key_from(octets: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the key that 40 random octets stand for (FIPS 186-5, A.2.1: extra random bits)."""
    if len(octets) != DRAWN:
        msg = "a key is made of 40 octets"
        raise ValueError(msg)
    return ec.derive_private_key(int.from_bytes(octets) % (_ORDER - 1) + 1, CURVE)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as an uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sealed(
    plain: bytes, reader: Reader, *, ephemeral: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """Return `plain` for `reader` alone: header and one record (RFC 8188, section 2).

    `ephemeral` and the 16 octets of `salt` are for this one body.
    """
    ours = point_of(ephemeral.public_key())
    shared = ephemeral.exchange(ec.ECDH(), reader.point)
    info = b"WebPush: info\x00" + point_of(reader.point) + ours
    ikm = _derived(shared, reader.auth, info, _IKM)
    key = _derived(ikm, salt, b"Content-Encoding: aes128gcm\x00", _KEY)
    nonce = _derived(ikm, salt, b"Content-Encoding: nonce\x00", _NONCE)
    header = salt + _RECORD.to_bytes(4) + len(ours).to_bytes(1) + ours
    return header + AESGCM(key).encrypt(nonce, plain + _LAST, None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)
