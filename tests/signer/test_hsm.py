"""Keys in a real PKCS #11 token: threads, forks, wrong PINs, a token that is taken out."""

import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from pkcs11 import Attribute, ObjectClass
from pkcs11.exceptions import AttributeSensitive

from cinnabar.kernel.dice import SystemDice
from cinnabar.pki.signatures import signature_holds
from cinnabar.signer.files import Places
from cinnabar.signer.hsm import Hsm, Seat
from cinnabar.signer.key_store import HsmFile, load_keys, make_keys
from cinnabar.signer.keys import KeyUnusable
from cinnabar.signer.pkcs11_key import Pkcs11Key, make_key
from cinnabar.signer.protocol import SignerUnavailable
from tests.support.softhsm import PIN, key_id, taken_out, token


def _key(label: str = "shared", most: int = 8) -> Pkcs11Key:
    return make_key(Hsm(token(label), most=most), key_id(), "of a test")


def test_a_signature_of_the_token_holds_and_is_another_each_time():
    key = _key()
    first, second = key.sign(b"octets"), key.sign(b"octets")
    assert first != second
    for signature in (first, second):
        assert signature_holds(key.spki, signature, b"octets")


def test_the_key_can_sign_and_never_leave():
    identity, hsm = key_id(), Hsm(token())
    make_key(hsm, identity, "of a test")

    def look(seat: Seat) -> None:
        private = seat.session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=identity)
        assert private[Attribute.NEVER_EXTRACTABLE]
        assert private[Attribute.ALWAYS_SENSITIVE]
        assert not private[Attribute.DERIVE]
        with pytest.raises(AttributeSensitive):
            _ = private[Attribute.VALUE]

    hsm.run(look)


def test_making_a_key_again_finds_the_one_that_is_there():
    hsm, identity = Hsm(token()), key_id()
    assert make_key(hsm, identity, "x").spki == make_key(hsm, identity, "x").spki


def test_eight_threads_sign_at_once_and_never_share_a_session():
    key, together = _key(most=4), Barrier(8)

    def sign(number: int) -> bool:
        together.wait()
        texts = [b"%d-%d" % (number, n) for n in range(50)]
        return all(signature_holds(key.spki, key.sign(text), text) for text in texts)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(sign, range(8)))


def test_there_are_never_more_sessions_than_allowed():
    hsm, inside, most = Hsm(token(), most=2), Barrier(2), []

    def hold(seat: Seat) -> int:
        inside.wait(timeout=10)
        most.append(seat.session)
        return id(seat)

    with ThreadPoolExecutor(4) as threads:
        used = list(threads.map(lambda _: hsm.run(hold), range(4)))
    assert len(most) == 4
    assert len(set(used)) <= 2


def test_a_session_that_the_token_closed_is_replaced():
    hsm, identity = Hsm(token()), key_id()
    key = make_key(hsm, identity, "x")
    hsm.run(lambda seat: seat.session.close())
    assert signature_holds(key.spki, key.sign(b"after"), b"after")


def test_a_token_taken_out_stops_signing_and_ping_in_a_sentence_and_another_goes_on():
    key, other = _key("taken-out"), _key()
    with taken_out("taken-out"):
        for work in (lambda: key.sign(b"x"), key.ping):
            with pytest.raises(SignerUnavailable, match="'taken-out'"):
                work()
        assert signature_holds(other.spki, other.sign(b"x"), b"x")


def test_a_wrong_pin_is_tried_once_and_not_again_until_the_file_is_corrected():
    address = token("other-pin", pin="not the PIN")
    hsm = Hsm(address)
    with pytest.raises(KeyUnusable, match="is refused"):
        make_key(hsm, key_id(), "x")
    for _ in range(20):  # a token that counts would have locked itself
        with pytest.raises(KeyUnusable, match="was refused"):
            make_key(hsm, key_id(), "x")
    address.pin_file.write_text(PIN)
    make_key(hsm, key_id(), "x").ping()


def test_the_pin_is_in_no_sentence_and_no_representation():
    address = token("secret-pin", pin="very secret PIN")
    with pytest.raises(KeyUnusable) as caught:
        make_key(Hsm(address), key_id(), "x")
    chain = [caught.value, caught.value.__context__, caught.value.__cause__]
    assert not any("very secret" in f"{told} {told!r}" for told in [*chain, Hsm(address), address])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda file: file.chmod(0o640), "others than its owner"),
        (lambda file: file.unlink(), "no PIN can be read"),
        (lambda file: file.write_text("\n"), "holds no PIN"),
    ],
)
def test_a_pin_file_that_will_not_do_is_named(spoil, sentence):
    address = token()
    spoil(address.pin_file)
    with pytest.raises(KeyUnusable, match=sentence) as caught:
        make_key(Hsm(address), key_id(), "x")
    assert str(address.pin_file) in str(caught.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"token": "nowhere"}, "the token is not there"),
        ({"module": "/nowhere/module.so"}, "no PKCS #11 module"),
    ],
)
def test_an_hsm_that_is_not_there_is_named(change, sentence):
    with pytest.raises(KeyUnusable, match=sentence):
        Pkcs11Key(Hsm(replace(token(), **change)), key_id())


def test_a_module_known_by_two_names_is_one(tmp_path):
    named = tmp_path / "module.so"
    named.symlink_to(token().module)
    for module in (token().module, named):
        make_key(Hsm(replace(token(), module=module)), key_id(), "x").ping()


def test_a_key_that_is_not_in_the_token_is_named():
    with pytest.raises(KeyUnusable, match="the key is not in the token"):
        Pkcs11Key(Hsm(token()), key_id())


def test_a_process_forked_from_one_that_signs_touches_none_of_its_sessions():
    key = _key()
    said, tell = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            key.sign(b"x")
        except SignerUnavailable as problem:
            os.write(tell, str(problem).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(tell)
    assert b"before this process was forked" in os.read(said, 1000)
    os.close(said)
    assert signature_holds(key.spki, key.sign(b"x"), b"x")


def test_the_place_of_the_keys_is_a_small_file_for_the_owner_without_the_pin(tmp_path):
    own = Places(tmp_path).generation(1)
    own.private.mkdir()
    made = make_keys(own, 1, token(), SystemDice())
    assert stat.S_IMODE(own.hsm.stat().st_mode) == 0o600
    assert PIN not in own.hsm.read_text()
    assert not own.issuing_key.exists()
    found = load_keys(own)
    assert (found.issuing.spki, found.ocsp.spki) == (made.issuing.spki, made.ocsp.spki)
    shown = subprocess.run(
        ["softhsm2-util", "--show-slots"], capture_output=True, text=True, check=True
    )
    assert "shared" in shown.stdout


def test_making_keys_goes_on_where_it_was_interrupted(tmp_path):
    own = Places(tmp_path).generation(2)
    own.private.mkdir(parents=True)
    address = token()
    file = HsmFile(address=address, issuing=key_id(), ocsp=key_id())
    file.write(own.hsm)
    half = make_key(Hsm(address), file.issuing, "x")
    made = make_keys(own, 2, None, SystemDice())
    assert made.issuing.spki == half.spki
    assert load_keys(own).ocsp.spki == made.ocsp.spki


def test_a_damaged_file_of_the_place_is_named(tmp_path):
    own = Places(tmp_path).generation(1)
    own.private.mkdir()
    own.hsm.write_text("{}")
    with pytest.raises(KeyUnusable, match=r"hsm\.json"):
        load_keys(own)
