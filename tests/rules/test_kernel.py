"""Keys, secrets, chance and canonical octets."""

import json
import pickle
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.kernel.canonical import canonical
from cinnabar.kernel.dice import LoadedDice, SystemDice, new_id
from cinnabar.kernel.secrets import Digits, Password, Secret
from cinnabar.kernel.vault import Vault, VaultError, load_keyring, new_keyring

RING = new_keyring(LoadedDice(1))
VAULT = Vault(RING, SystemDice())


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_what_is_sealed_opens_in_its_own_place_only(plain, place):
    sealed = VAULT.seal("name", plain, bound_to=place)
    assert VAULT.open("name", sealed, bound_to=place) == plain
    for purpose, where in (("phone", place), ("name", place + b"x")):
        with pytest.raises(VaultError):
            VAULT.open(purpose, sealed, bound_to=where)


@given(st.integers(0, 40), st.integers(1, 255))
def test_one_altered_octet_keeps_it_shut(position, change):
    sealed = bytearray(VAULT.seal("name", b"some name at all", bound_to=b"1"))
    sealed[position] ^= change
    with pytest.raises(VaultError):
        VAULT.open("name", bytes(sealed), bound_to=b"1")


@pytest.mark.parametrize("octets", [b"", b"\x01", b"\x09" + b"0" * 40])
def test_what_was_never_sealed_does_not_open(octets):
    with pytest.raises(VaultError):
        VAULT.open("name", octets, bound_to=b"1")


def test_after_a_rotation_the_old_still_opens_and_the_new_is_used():
    before = VAULT.seal("name", b"old", bound_to=b"1")
    rotated = Vault(RING.rotated(LoadedDice(2)), SystemDice())
    assert rotated.open("name", before, bound_to=b"1") == b"old"
    assert rotated.seal("name", b"new", bound_to=b"1")[0] == 2
    with pytest.raises(VaultError):
        VAULT.open("name", rotated.seal("name", b"new", bound_to=b"1"), bound_to=b"1")


def test_an_index_tells_nothing_of_another_purpose():
    assert VAULT.index("id", "A123456789") == VAULT.index("id", "A123456789")
    assert VAULT.index("id", "A123456789") != VAULT.index("phone", "A123456789")


def test_where_one_part_ends_and_the_next_begins_counts():
    assert VAULT.mac("code", b"ab", b"c") != VAULT.mac("code", b"a", b"bc")


def test_a_ring_is_kept_for_its_owner_only_and_comes_back(tmp_path):
    path = tmp_path / "keyring.json"
    RING.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_keyring(path) == RING


@pytest.mark.parametrize("text", ["", "{}", '{"sealing": 1}', "not json"])
def test_a_ring_that_cannot_be_read_is_named(tmp_path, text):
    path = tmp_path / "keyring.json"
    path.write_text(text)
    with pytest.raises(VaultError, match=r"keyring\.json"):
        load_keyring(path)


@pytest.mark.parametrize("kind", [Secret, Password, Digits])
def test_a_secret_does_not_print(kind):
    secret = kind("5523")
    assert f"{secret} {secret!r} {secret:>10} {[secret]}" == "*** *** *** [***]"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_codes_are_even_over_their_alphabet():
    """COD-01: chi-squared over 9 degrees of freedom; 40 is beyond one in a hundred thousand."""
    drawn = Counter(SystemDice().text("0123456789", 100_000))
    assert sum((n - 10_000) ** 2 / 10_000 for n in drawn.values()) < 40


def test_serials_are_long_positive_and_never_the_same():
    """CRT-01."""
    serials = {SystemDice().serial() for _ in range(1000)}
    assert len(serials) == 1000
    assert {serial.bit_length() for serial in serials} == {127}


def test_names_of_rows_are_letters_and_digits():
    assert new_id(SystemDice()).isalnum()
    assert len(new_id(SystemDice())) == 26


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), plain))
def test_one_value_has_one_spelling(value):
    again = dict(reversed(list(value.items())))
    assert canonical(value) == canonical(again)
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize("value", [1.5, b"x", Secret("x"), {1: "x"}, {"a": {1.0}}])
def test_what_has_no_one_spelling_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"value": value})
