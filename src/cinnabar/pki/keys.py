"""Which public keys the firm certifies: P-256, P-384, RSA 2048 to 4096 bits (ENR-01, CRT-04)."""

import hashlib
from dataclasses import dataclass
from math import gcd, isqrt, prod

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from cinnabar.pki.der import Cursor

RSA_BITS = range(2048, 4097)
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384"}
_LEAST_EXPONENT, _LARGEST_EXPONENT = 65537, 1 << 256
_FERMAT_ROUNDS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRefused(Exception):  # noqa: N818 - an answer, not an error
    """The key is not one the firm certifies; `why` is a short stable name."""

    why: str


def kind_of(key: PublicKeyTypes) -> str:
    """Return the kind of an acceptable key: "P-256", "P-384" or "RSA-<bits>".

    Raises `KeyRefused` for every other key: other algorithms and sizes, an exponent below 65537
    or even, a modulus with a small factor, with two primes close together, or of the form made
    by the faulty generator of ROCA (CVE-2017-15361). Lists of Debian's weak keys of 2008 are
    not carried: none of them is of a browser.
    """
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPublicKey):
        _refuse_weak_rsa(key.public_numbers())
        return f"RSA-{key.key_size}"
    raise KeyRefused(why="algorithm")


def _refuse_weak_rsa(numbers: rsa.RSAPublicNumbers) -> None:
    n, e = numbers.n, numbers.e
    if n.bit_length() not in RSA_BITS:
        raise KeyRefused(why="size")
    if not _LEAST_EXPONENT <= e < _LARGEST_EXPONENT or e % 2 == 0:
        raise KeyRefused(why="exponent")
    if gcd(n, _SMALL_PRIMES) != 1:
        raise KeyRefused(why="small-factor")
    if _of_roca(n):
        raise KeyRefused(why="roca")
    if _primes_are_close(n):
        raise KeyRefused(why="close-primes")


def _primes_up_to(limit: int) -> list[int]:
    sieve = bytearray([1]) * (limit + 1)
    for p in range(2, isqrt(limit) + 1):
        if sieve[p]:
            sieve[p * p :: p] = bytes(len(range(p * p, limit + 1, p)))
    return [p for p in range(2, limit + 1) if sieve[p]]


_SMALL_PRIMES = prod(_primes_up_to(4000))

# The faulty generator made primes k·M + (65537^a mod M): modulo each small p its moduli are
# powers of 65537. Seventeen primes leave one honest key in 2^27 (Nemec et al., CCS 2017, 3.3).
_ROCA = {
    p: frozenset(pow(65537, i, p) for i in range(p))
    for p in (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
}


def _of_roca(n: int) -> bool:
    return all(n % p in powers for p, powers in _ROCA.items())


def _primes_are_close(n: int) -> bool:
    """Tell whether Fermat's factorisation finds the primes at once (CVE-2022-26320)."""
    a = isqrt(n - 1) + 1
    for _ in range(_FERMAT_ROUNDS):
        square = a * a - n
        if isqrt(square) ** 2 == square:
            return True
        a += 1
    return False


def spki_of(key: PublicKeyTypes) -> bytes:
    """Return the key's SubjectPublicKeyInfo in its one canonical DER form."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def load_key(spki: bytes) -> PublicKeyTypes:
    """Return the key in `spki`, which must be an acceptable one in canonical form.

    Raises `KeyRefused`.
    """
    try:
        key = load_der_public_key(spki)
        kind_of(key)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise KeyRefused(why="malformed") from problem
    if spki_of(key) != spki:
        raise KeyRefused(why="encoding")
    return key


def key_id(spki: bytes) -> str:
    """Return the name of a key in the product: SHA-256 of its SPKI, 64 hex digits."""
    return hashlib.sha256(spki).hexdigest()


def key_bits(spki: bytes) -> bytes:
    """Return the octets of the subjectPublicKey bit string of `spki`; raise `DerError`."""
    outer = Cursor(spki)
    inner = outer.enter()
    outer.finish()
    inner.whole()
    bits = inner.octets_of_bits()
    inner.finish()
    return bits


def subject_key_identifier(spki: bytes) -> bytes:
    """Return the 20 leftmost octets of SHA-256 over the key's bits (RFC 7093 2, method 1)."""
    return hashlib.sha256(key_bits(spki)).digest()[:20]
