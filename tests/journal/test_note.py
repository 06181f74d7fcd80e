"""Checkpoints as the C2SP writes them, held against plain cryptography."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.journal.notary import NotaryError, create_notary, load_keys, load_notary
from cinnabar.journal.notes import NoteError, VerifierKey, read_note
from cinnabar.kernel.dice import LoadedDice

NAME = "cinnabar.example/journal"
ROOT = bytes(range(32))


@pytest.fixture
def notary(tmp_path):
    return create_notary(tmp_path / "journal.key", name=NAME, dice=LoadedDice(1))


def test_a_checkpoint_verifies_with_nothing_but_the_published_form(notary):
    note = notary.sign(20852163, ROOT)
    body, _, tail = note.partition("\n\n")
    assert body == f"{NAME}\n20852163\n{base64.b64encode(ROOT).decode()}"
    dash, name, code = tail.removesuffix("\n").split(" ")
    raw = base64.b64decode(code, validate=True)
    name_of_vkey, key_id, encoded = str(notary.key).split("+", 2)
    public = base64.b64decode(encoded)
    assert (dash, name, name_of_vkey) == ("—", NAME, NAME)
    assert raw[:4].hex() == key_id == sha256(f"{NAME}\n".encode() + public).hexdigest()[:8]
    assert public[0] == 1
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(raw[4:], f"{body}\n".encode())


def test_what_was_signed_is_read_back(notary):
    head = read_note(notary.sign(7, ROOT), notary.keys)
    assert (head.origin, head.size, head.root) == (NAME, 7, ROOT)


@given(place=st.integers(min_value=0), char=st.characters(codec="utf-8"))
def test_no_other_text_passes_for_a_checkpoint(tmp_path_factory, place, char):
    key = tmp_path_factory.getbasetemp() / "note-law.key"
    notary = load_notary(key) if key.exists() else create_notary(key, name=NAME, dice=LoadedDice(1))
    note = notary.sign(123456, ROOT)
    place %= len(note)
    other = note[:place] + char + note[place + 1 :]
    if other != note:
        with pytest.raises(NoteError):
            read_note(other, notary.keys)


def test_the_signature_of_a_witness_is_passed_over(notary):
    witness = "— witness.example/w " + base64.b64encode(b"w" * 72).decode() + "\n"
    assert read_note(notary.sign(7, ROOT) + witness, notary.keys).size == 7


def test_a_wrong_signature_beside_a_right_one_spoils_it(notary):
    wrong = base64.b64encode(notary.key.id + bytes(64)).decode()
    with pytest.raises(NoteError, match="wrong"):
        read_note(f"{notary.sign(7, ROOT)}— {NAME} {wrong}\n", notary.keys)


def test_a_stranger_cannot_sign_for_us(notary, tmp_path):
    stranger = create_notary(tmp_path / "stranger.key", name=NAME, dice=LoadedDice(2))
    with pytest.raises(NoteError, match="no key that is known"):
        read_note(stranger.sign(7, ROOT), notary.keys)


def test_the_checkpoint_of_another_log_is_not_ours(notary):
    body = f"other.example/log\n7\n{base64.b64encode(ROOT).decode()}\n"
    code = base64.b64encode(notary.key.id + notary.private.sign(body.encode())).decode()
    with pytest.raises(NoteError, match="another log"):
        read_note(f"{body}\n— {NAME} {code}\n", notary.keys)


def test_a_signature_has_one_spelling(notary):
    note = notary.sign(7, ROOT)
    code = note.split()[-1]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    again = code[:-2] + letters[letters.index(code[-2]) + 1] + "="
    assert base64.b64decode(again, validate=True) == base64.b64decode(code)
    with pytest.raises(NoteError, match="second spelling"):
        read_note(note.replace(code, again), notary.keys)


@pytest.mark.parametrize("size", ["07", "-1", "+7", "7 ", "٧", "7.0", ""])
def test_a_count_has_one_spelling(notary, size):
    body = f"{NAME}\n{size}\n{base64.b64encode(ROOT).decode()}\n"
    code = base64.b64encode(notary.key.id + notary.private.sign(body.encode())).decode()
    with pytest.raises(NoteError, match="form"):
        read_note(f"{body}\n— {NAME} {code}\n", notary.keys)


def test_a_verifier_key_survives_being_written_down(notary):
    assert VerifierKey.parse(f" {notary.key}\n") == notary.key


@pytest.mark.parametrize(
    "text", ["", "a", "a+b", "a+00000000+AQ==", "a+00000000+!", "a+00000000+" + "AQ" * 22 + "=="]
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(NoteError, match="verifier key"):
        VerifierKey.parse(text)


def test_a_key_is_made_once_and_for_its_owner_only(notary, tmp_path):
    file = tmp_path / "journal.key"
    assert file.stat().st_mode & 0o777 == 0o600
    load_pem_private_key(file.read_bytes(), password=None)
    assert "PRIVATE" not in (tmp_path / "journal.vkey").read_text()
    with pytest.raises(FileExistsError):
        create_notary(file, name=NAME, dice=LoadedDice(3))
    assert load_notary(file).key == notary.key


def test_after_a_change_of_key_both_are_believed_and_the_new_one_signs(notary, tmp_path):
    old = notary.sign(7, ROOT)
    (tmp_path / "journal.key").rename(tmp_path / "journal-2026.key")
    new = create_notary(tmp_path / "journal.key", name=NAME, dice=LoadedDice(3))
    assert new.key != notary.key
    assert set(new.keys) == {notary.key, new.key} == set(load_keys(tmp_path / "journal.vkey"))
    assert read_note(old, new.keys).size == 7
    assert read_note(new.sign(8, ROOT), [new.key]).size == 8


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u3000b"])
def test_a_key_has_a_name_that_fits_in_a_signature_line(tmp_path, name):
    with pytest.raises(ValueError, match="cannot be called"):
        create_notary(tmp_path / "journal.key", name=name, dice=LoadedDice())
    assert not list(tmp_path.iterdir())


def test_a_key_that_cannot_be_used_is_named(notary, tmp_path):
    with pytest.raises(NotaryError, match=r"gone\.key"):
        load_notary(tmp_path / "gone.key")
    (tmp_path / "journal.vkey").write_text("")
    with pytest.raises(NotaryError, match=r"journal\.vkey"):
        load_notary(tmp_path / "journal.key")
    other = create_notary(tmp_path / "other.key", name=NAME, dice=LoadedDice(4))
    (tmp_path / "journal.vkey").write_text(f"{other.key}\n")
    with pytest.raises(NotaryError, match="public half"):
        load_notary(tmp_path / "journal.key")
    (tmp_path / "journal.key").write_text("no key at all")
    with pytest.raises(NotaryError, match=r"journal\.key"):
        load_notary(tmp_path / "journal.key")
