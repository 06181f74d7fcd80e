"""Keys of the CA that live in an HSM and never leave it (CAK-01)."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import AttributeTypeInvalid, NoSuchKey, PKCS11Error
from pkcs11.types import PrivateKey, PublicKey, Session
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from cinnabar.pki.keys import KeyRefused, kind_of, load_key
from cinnabar.pki.signatures import signature_holds
from cinnabar.signer.cryptoki import sentence
from cinnabar.signer.hsm import Hsm, Seat
from cinnabar.signer.keys import KeyUnusable
from cinnabar.signer.protocol import SignerUnavailable

_HALF = 32
_PRIVATE = {
    Attribute.TOKEN: True,
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.SIGN: True,
    Attribute.DERIVE: False,
    Attribute.DECRYPT: False,
    Attribute.UNWRAP: False,
}
_PUBLIC = {Attribute.TOKEN: True, Attribute.VERIFY: True}
_AS_MADE = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.LOCAL: True}


class Pkcs11Key:
    """A P-256 key in a token. An HSM draws a number for each signature: none is like another."""

    repeats = False

    def __init__(self, hsm: Hsm, identity: bytes) -> None:
        """Sign with the key of this id; raise `KeyUnusable` if there is none or of another kind."""
        self._hsm, self._identity = hsm, identity
        try:
            self.spki = hsm.run(self._public)
            kind = kind_of(load_key(self.spki))
        except (SignerUnavailable, KeyRefused) as problem:
            msg = f"no key {identity.hex()} can be used in {hsm}: {problem}"
            raise KeyUnusable(msg) from problem
        if kind != "P-256":
            msg = f"the key {identity.hex()} in {hsm} is not of P-256"
            raise KeyUnusable(msg)

    def _public(self, seat: Seat) -> bytes:
        seat.key(self._identity)
        return _spki(seat.session, self._identity)

    def sign(self, octets: bytes) -> bytes:
        """Return a DER signature over `octets` that holds; raise `SignerUnavailable`."""
        digest = hashlib.sha256(octets).digest()
        try:
            raw = self._hsm.run(
                lambda seat: seat.key(self._identity).sign(digest, mechanism=Mechanism.ECDSA)
            )
        except KeyUnusable as problem:
            raise SignerUnavailable(str(problem)) from problem
        signature = encode_dss_signature(
            int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
        )
        if not signature_holds(self.spki, signature, octets):  # a fault would give the key away
            msg = f"{self._hsm} made a signature that does not hold"
            raise SignerUnavailable(msg)
        return signature

    def ping(self) -> None:
        """Return if the token answers and has the key; raise `SignerUnavailable`."""
        try:
            self._hsm.run(lambda seat: seat.find(self._identity))
        except KeyUnusable as problem:
            raise SignerUnavailable(str(problem)) from problem


def make_key(hsm: Hsm, identity: bytes, label: str) -> Pkcs11Key:
    """Return the key with this id, made in the token if it is not there.

    It can be used to sign and never be taken out; raises `KeyUnusable` if the HSM made another.
    """
    try:
        hsm.change(lambda session: _make_if_missing(session, identity, label))
    except SignerUnavailable as problem:
        msg = f"no key can be made: {problem}"
        raise KeyUnusable(msg) from problem
    return Pkcs11Key(hsm, identity)


def _make_if_missing(session: Session, identity: bytes, label: str) -> None:
    try:
        private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=identity)
    except NoSuchKey:
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
        _, private = parameters.generate_keypair(
            store=True,
            id=identity,
            label=label,
            mechanism=Mechanism.EC_KEY_PAIR_GEN,
            private_template=_PRIVATE,
            public_template=_PUBLIC,
        )
    assert isinstance(private, PrivateKey)  # noqa: S101 - it was asked for by its class
    _refuse_lesser(private)


def _refuse_lesser(private: PrivateKey) -> None:
    for attribute, value in _AS_MADE.items():
        try:
            found = private[attribute]
        except (AttributeTypeInvalid, PKCS11Error) as problem:
            msg = f"the HSM does not say whether the key is {attribute.name}: {sentence(problem)}"
            raise KeyUnusable(msg) from problem
        if found != value:
            msg = f"the HSM made a key whose {attribute.name} is {found}; it must be {value}"
            raise KeyUnusable(msg)


def _spki(session: Session, identity: bytes) -> bytes:
    public = session.get_key(object_class=ObjectClass.PUBLIC_KEY, id=identity)
    assert isinstance(public, PublicKey)  # noqa: S101 - it was asked for by its class
    return bytes(encode_ec_public_key(public))
