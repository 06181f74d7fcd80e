"""Statements and keys: the vectors that the pages' script makes too, and what is no key."""

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cinnabar.kernel.canonical import canonical
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.soft import keys, otp, signed
from tests.support.soft import App
from tests.support.tree import TOP

VECTORS = json.loads((TOP / "tests/support/token-vectors.json").read_text())
REQUEST = signed.Signed(
    token=VECTORS["key"], challenge=VECTORS["challenge"], pin=VECTORS["proof"], signature=b""
)


def spki(key):
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_what_the_device_makes_of_a_pin():
    stretched = hashlib.pbkdf2_hmac(
        "sha256", VECTORS["pin"].encode(), bytes.fromhex(VECTORS["salt"]), 600_000
    )
    for info, name in ((b"cinnabar otp v1", "k_otp"), (b"cinnabar vault v1", "k_vault")):
        made = hmac.digest(bytes.fromhex(VECTORS["seed"]), info + stretched, "sha256")
        assert made.hex() == VECTORS[name]


def test_the_statement_and_the_proof_are_those_of_the_script():
    assert canonical(VECTORS["data"]).decode() == VECTORS["canonical"]
    said = signed.statement(REQUEST, VECTORS["purpose"], VECTORS["data"])
    assert said.decode() == VECTORS["statement"]
    secret = bytes.fromhex(VECTORS["k_otp"])
    made = signed.proof(secret, VECTORS["purpose"], VECTORS["challenge"], VECTORS["data"])
    assert made == VECTORS["proof"]


@pytest.mark.parametrize(("at", "code"), VECTORS["codes"].items())
def test_the_offline_codes_are_those_of_the_script(at, code):
    from datetime import datetime, timedelta

    step = otp.step_of(datetime.fromisoformat(at), timedelta(seconds=30))
    assert otp.hotp(bytes.fromhex(VECTORS["k_otp"]), step, digits=6) == code


def test_every_part_of_a_request_is_in_what_is_signed():
    here = signed.statement(REQUEST, "approve", {"a": 1})
    others = [
        signed.statement(REQUEST, "sign-in", {"a": 1}),
        signed.statement(REQUEST, "approve", {"a": 2}),
        signed.statement(REQUEST, "approve", {"a": True}),
        signed.statement(REQUEST, "approve", {"a": "1"}),
        *(
            signed.statement(signed.Signed(**{**whole, name: "other"}), "approve", {"a": 1})
            for name in ("token", "challenge", "pin")
            for whole in [
                {n: getattr(REQUEST, n) for n in ("token", "challenge", "pin", "signature")}
            ]
        ),
    ]
    assert len({here, *others}) == 1 + len(others)


@pytest.mark.parametrize("data", [{"a": 0.5}, {"a": "\ud800"}, {"a": {1: 2}}, {"\udfff": 1}])
def test_what_has_no_one_spelling_is_refused(data):
    with pytest.raises(Refused) as caught:
        signed.digest(data)
    assert caught.value.refusal is Refusal.INPUT_MALFORMED


@pytest.mark.parametrize("text", ["", "=", "AA==", "AB", "A", "漢字", "A A", "AA\n", "AAAAA"])
def test_a_challenge_has_one_spelling(text):
    assert signed.challenge_octets(text) == b""


def test_a_challenge_goes_there_and_back():
    for n in range(1, 60):
        octets = bytes(range(n))
        assert signed.challenge_octets(signed.challenge_text(octets)) == octets


def test_a_key_is_called_by_its_hash_whatever_the_device_says():
    app = App()
    assert keys.key_id(app.public_key) == hashlib.sha256(app.public_key).hexdigest()


def not_keys():
    whole = App().public_key
    p384 = spki(ec.generate_private_key(ec.SECP384R1()))
    pressed = ec.generate_private_key(ec.SECP256R1()).public_key()
    short = pressed.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    off_the_curve = whole[:-1] + bytes([whole[-1] ^ 1])
    big = spki(rsa.generate_private_key(65537, 2048))
    return [b"", b"\x30", whole[:-1], whole + b"\0", p384, short, off_the_curve, big]


def test_only_a_p256_key_in_its_one_form_is_taken():
    for octets in not_keys():
        with pytest.raises(Refused) as caught:
            keys.key_id(octets)
        assert caught.value.refusal is Refusal.KEY_NOT_ACCEPTED
        assert not keys.signed_by(octets, bytes(64), b"")


def test_only_the_keys_own_signature_over_just_this_holds():
    app, said = App(), b"what was seen"
    right = app.raw_signature(said)
    assert keys.signed_by(app.public_key, right, said)
    assert not keys.signed_by(app.public_key, right, said + b".")
    assert not keys.signed_by(App().public_key, right, said)
    for wrong in (b"", right[:-1], right + b"\0", bytes(64), b"\xff" * 64, right[32:] + right[:32]):
        assert not keys.signed_by(app.public_key, wrong, said)


def test_base64_of_the_vectors_is_without_padding():
    assert "=" not in VECTORS["proof"]
    assert len(base64.urlsafe_b64decode(VECTORS["proof"] + "=")) == 32
