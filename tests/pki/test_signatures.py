"""A renewal is signed by the old key over the new request (CRT-08)."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.pki.keys import spki_of
from cinnabar.pki.signatures import signature_holds
from tests.pki.support import P256, P384, RSA2048, flipped

MESSAGE = b"a request"
BY_P256 = P256.sign(MESSAGE, ec.ECDSA(hashes.SHA256()))
BY_P384 = P384.sign(MESSAGE, ec.ECDSA(hashes.SHA384()))
BY_RSA = RSA2048.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(
    ("key", "signature"), [(P256, BY_P256), (P384, BY_P384), (RSA2048, BY_RSA)]
)
def test_a_right_signature_holds_and_only_for_its_message_and_key(key, signature):
    spki = spki_of(key.public_key())
    other = spki_of(ec.generate_private_key(ec.SECP256R1()).public_key())
    assert signature_holds(spki, signature, MESSAGE)
    assert not signature_holds(spki, signature, MESSAGE + b"x")
    assert not signature_holds(other, signature, MESSAGE)


def test_the_digest_must_be_the_one_that_was_used():
    spki = spki_of(P256.public_key())
    assert not signature_holds(spki, BY_P256, MESSAGE, digest="sha384")
    assert not signature_holds(spki, BY_P256, MESSAGE, digest="md5")


@given(st.integers(0, 200), st.integers(0, 7))
def test_a_turned_bit_breaks_it(at, bit):
    assert not signature_holds(spki_of(P256.public_key()), flipped(BY_P256, at, bit), MESSAGE)


@given(st.binary(max_size=120), st.binary(max_size=120))
def test_garbage_never_holds_and_raises_nothing(spki, signature):
    assert not signature_holds(spki, signature, MESSAGE)
