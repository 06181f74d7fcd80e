"""Names of keys, and what counts as a national id in clear (CRT-05)."""

import hashlib

import pytest

from cinnabar.pki.der import DerError
from cinnabar.pki.keys import key_bits, key_id, spki_of, subject_key_identifier
from cinnabar.pki.names import attribute, shows_national_id
from tests.pki.support import P256


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("A123456789", True),
        ("A800000014-00-CN01", True),
        ("id A123456789", True),
        ("22099131-00", True),
        ("0123456789ABCDEF-00-CN01", False),
        ("XA1234567890123X", False),
        ("AE12345678", False),
        ("AC12345678", True),
        ("A323456789", False),
    ],
)
def test_words_of_the_shape_of_an_id_are_seen(text, shows):
    assert shows_national_id(text) is shows


def test_a_name_has_1_to_64_characters_however_many_octets():
    assert attribute("2.5.4.3", "丹" * 64)
    for text in ("", "丹" * 65):
        with pytest.raises(DerError):
            attribute("2.5.4.3", text)


def test_the_identifier_is_the_start_of_a_hash_over_the_bits_alone():
    spki = P256.public_key().public_numbers()
    point = b"\x04" + spki.x.to_bytes(32, "big") + spki.y.to_bytes(32, "big")
    der = spki_of(P256.public_key())
    assert key_bits(der) == point
    assert subject_key_identifier(der) == hashlib.sha256(point).digest()[:20]
    assert key_id(der) == hashlib.sha256(der).hexdigest()
