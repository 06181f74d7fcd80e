"""PBMAC1 in PKCS#12 (RFC 9879): what is valid is read, what its appendix A calls invalid is not.

Few programs make such files yet, so the MAC is put on here with the standard library, and
`cryptography` says whether we did it right.
"""

import hashlib
import hmac
from dataclasses import dataclass

import pytest
from asn1crypto import core
from asn1crypto.pkcs12 import Pfx
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.contract.p12_makers import openssl
from tests.support.p12 import Holder

pytestmark = [
    pytest.mark.contract,
    pytest.mark.filterwarnings("ignore:PKCS#12 bundle could not be parsed as DER"),
]

PASSPHRASE = "朱砂 battery"
HMACS = {"sha1": 7, "sha256": 9, "sha384": 10, "sha512": 11}
"""Last arc of each OID under 1.2.840.113549.2."""


def der(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    size = len(body)
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big") if size >= 128 else b""
    return bytes([tag]) + (bytes([128 + len(digits)]) + digits if digits else bytes([size])) + body


def sequence(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def oid(dotted: str) -> bytes:
    return core.ObjectIdentifier(dotted).dump()


def integer(value: int) -> bytes:
    return core.Integer(value).dump()


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The MAC as it is made, and as it is said to be made."""

    prf: str = "sha256"
    digest: str = "sha256"
    salt: bytes = b"saltsalt"
    rounds: int = 2048
    length: int = 32
    said_salt: bytes = b"saltsalt"
    said_rounds: int = 2048
    said_length: int | None = 32

    def over(self, content: bytes) -> bytes:
        """Return MacData; its own salt and rounds mean nothing."""
        key = hashlib.pbkdf2_hmac(
            self.prf, PASSPHRASE.encode(), self.salt, self.rounds, self.length
        )
        value = hmac.new(key, content, self.digest).digest()
        length = [] if self.said_length is None else [integer(self.said_length)]
        pbkdf2 = sequence(
            oid("1.2.840.113549.1.5.12"),
            sequence(der(4, self.said_salt), integer(self.said_rounds), *length, _hmac(self.prf)),
        )
        pbmac1 = sequence(oid("1.2.840.113549.1.5.14"), sequence(pbkdf2, _hmac(self.digest)))
        return sequence(sequence(pbmac1, der(4, value)), der(4, b"NOT USED"), integer(1))


def _hmac(name: str) -> bytes:
    return sequence(oid(f"1.2.840.113549.2.{HMACS[name]}"), b"\x05\x00")


@pytest.fixture(scope="module")
def bare(customer: Holder, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the customer's file without a MAC."""
    place = tmp_path_factory.mktemp("bare")
    return openssl("-nomac", customer=customer, place=place, passphrase=PASSPHRASE, name="n")


def _proved(bare: bytes, proof: Proof) -> bytes:
    file = Pfx.load(bare)
    safe = file["auth_safe"]["content"].native
    return sequence(integer(3), file["auth_safe"].dump(), proof.over(safe))


GOOD = {
    "A.1": Proof(prf="sha256", digest="sha256"),
    "A.2": Proof(prf="sha256", digest="sha512"),
    "A.3": Proof(prf="sha512", digest="sha512", length=64, said_length=64),
    "SHA-384": Proof(prf="sha384", digest="sha384", length=48, said_length=48),
    "SHA-1": Proof(prf="sha1", digest="sha1", length=20, said_length=20),
}
BAD = {
    "A.4, other rounds": Proof(said_rounds=2047),
    "A.5, another salt": Proof(said_salt=b"saltsalT"),
    "A.6, no length of the key": Proof(said_length=None),
    "a key of one octet, found in 256 tries": Proof(length=1, said_length=1),
    "a key of another length": Proof(said_length=31),
    "a negative length": Proof(said_length=-32),
    "a length without end": Proof(said_length=2**40),
    "no rounds": Proof(said_rounds=0),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_valid_proof_is_taken(pages, customer, bare, name):
    file = _proved(bare, GOOD[name])
    told = pages.read(file, PASSPHRASE)
    assert (told["mac"], told["entries"][0].is_of(customer)) == (True, True)
    assert pages.read(file, "another") == {"refused": "passphrase"}
    if GOOD[name].prf != "sha1":
        key, _, _ = pkcs12.load_key_and_certificates(file, PASSPHRASE.encode())
        assert key is not None


@pytest.mark.parametrize("name", BAD)
def test_an_invalid_proof_is_not_taken_even_where_none_would_be_asked(pages, bare, name):
    file = _proved(bare, BAD[name])
    for without_mac in (False, True):
        told = pages.read(file, PASSPHRASE, without_mac=without_mac)
        assert told["refused"] in {"damaged", "unsupported"}


@pytest.mark.parametrize("name", [one for one in BAD if one.startswith("A.")])
def test_cryptography_refuses_the_same(bare, name):
    with pytest.raises(ValueError, match=r".+"):
        pkcs12.load_key_and_certificates(_proved(bare, BAD[name]), PASSPHRASE.encode())
