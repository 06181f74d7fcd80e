"""Somebody sends a request for a certificate; what of it is believed (ENR-01)?"""

import hashlib
from contextlib import suppress
from math import prod

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.der import Cursor, bit_string, sequence
from cinnabar.pki.keys import KeyRefused, kind_of, load_key, spki_of
from cinnabar.pki.request import MAX_OCTETS, read_request
from tests.pki.support import P256, P384, RSA2048, Private, flipped, request_for

REQUEST = request_for(P256)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (P256, "P-256"),
        (P384, "P-384"),
        (RSA2048, "RSA-2048"),
        (rsa.generate_private_key(65537, 3072), "RSA-3072"),
    ],
)
def test_a_key_of_an_accepted_kind_is_read_with_its_name(key: Private, kind):
    request = read_request(request_for(key))
    spki = spki_of(key.public_key())
    assert (request.kind, request.spki_der) == (kind, spki)
    assert request.key_id == hashlib.sha256(spki).hexdigest()


@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_a_request_may_be_signed_with_any_sha2(digest):
    assert read_request(request_for(P256, digest=digest)).kind == "P-256"


def test_what_the_request_says_of_name_and_extensions_changes_nothing():
    assert read_request(request_for(P256, name="A123456789")) == read_request(REQUEST)


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP521R1()),
        ec.generate_private_key(ec.SECP256K1()),
        ed25519.Ed25519PrivateKey.generate(),
    ],
)
def test_a_key_of_another_algorithm_is_refused(key: Private):
    assert _refusal(request_for(key)) == (Refusal.KEY_NOT_ACCEPTED, {"why": "algorithm"})


def _modulus(*primes: int, e: int = 65537) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(e, prod(primes)).public_key()


_N = RSA2048.private_numbers()


def test_rsa_of_2047_bits_is_too_small_and_of_4097_too_large():
    for bits in (2047, 4097):
        assert _why(_modulus((1 << (bits - 1)) + 1)) == "size"


def test_rsa_with_a_small_or_even_exponent_is_refused():
    for e in (3, 17, 65535):
        assert _why(_modulus(_N.p, _N.q, e=e)) == "exponent"


def test_rsa_with_a_small_factor_is_refused():
    assert _why(_modulus(3989, (1 << 2040) + 1)) == "small-factor"


def test_rsa_with_two_primes_side_by_side_is_refused():
    assert _why(_modulus(_N.p, _N.p + 1000)) in {"close-primes", "small-factor"}
    odd = (1 << 1024) - 105  # prime; the largest below 2^1024
    assert _why(_modulus(odd, odd)) == "close-primes"


def test_rsa_of_the_faulty_generator_is_refused():
    primes = [p for p in range(2, 702) if all(p % d for d in range(2, p))]
    m = prod(primes)
    halves = [(1 << 60 | k) * m + pow(65537, k, m) for k in (11, 12)]
    assert _why(_modulus(*halves)) == "roca"


def test_an_honest_rsa_key_is_none_of_these():
    assert kind_of(RSA2048.public_key()) == "RSA-2048"


def _why(key: rsa.RSAPublicKey) -> str:
    with pytest.raises(KeyRefused) as caught:
        kind_of(key)
    return caught.value.why


def test_a_request_signed_by_another_key_proves_nothing():
    outer = Cursor(REQUEST).enter()
    info, algorithm = outer.whole(), outer.whole()
    other = ec.generate_private_key(ec.SECP256R1())
    signature = other.sign(info, ec.ECDSA(hashes.SHA256()))
    forged = sequence(info, algorithm, bit_string(signature))
    assert _refusal(forged) == (Refusal.POSSESSION_NOT_PROVED, {})


def test_a_request_signed_with_a_shorter_digest_proves_nothing():
    short = request_for(P256, digest=hashes.SHA224())
    assert _refusal(short) == (Refusal.POSSESSION_NOT_PROVED, {})


def test_a_request_that_carries_freight_is_refused_unread():
    light = request_for(P256, freight=MAX_OCTETS - 500)
    assert read_request(light) == read_request(REQUEST)
    laden = request_for(P256, freight=MAX_OCTETS)
    assert _refusal(laden) == (Refusal.REQUEST_MALFORMED, {})


@pytest.mark.parametrize("der", [b"", REQUEST + b"\x00", REQUEST[:-1]])
def test_octets_that_are_no_request_or_more_than_one_are_refused(der):
    assert _refusal(der) == (Refusal.REQUEST_MALFORMED, {})


@given(st.binary(max_size=400))
def test_garbage_is_refused_and_nothing_else(der):
    assert _refusal(der)[0] is Refusal.REQUEST_MALFORMED


@given(st.integers(0, len(REQUEST) - 1), st.integers(0, 7))
def test_a_request_with_a_bit_turned_gives_no_other_key(at, bit):
    # one bit says nothing: how many of the signature's last bits are unused
    with suppress(Refused):
        assert read_request(flipped(REQUEST, at, bit)) == read_request(REQUEST)


def test_a_key_spelt_another_way_does_not_pass_for_a_new_one():
    point = P256.public_key().public_numbers()
    compressed = bytes([2 + point.y % 2]) + point.x.to_bytes(32, "big")
    algorithm = spki_of(P256.public_key())[2:23]
    spelt = sequence(algorithm, bit_string(compressed))
    with pytest.raises(KeyRefused):
        load_key(spelt)


def _refusal(der: bytes) -> tuple[Refusal, dict[str, object]]:
    with pytest.raises(Refused) as caught:
        read_request(der)
    return caught.value.refusal, dict(caught.value.facts)
