"""Who is at the door of the machine face (API-04, RFC 9421, RFC 9530, RFC 9440)."""

import base64
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.faces.machine import callers
from cinnabar.faces.machine.callers import Callers, CallersError, caller
from cinnabar.faces.machine.door import Door
from cinnabar.faces.machine.signed.request import Fault, Sent, Unproved
from tests.support import voice_line
from tests.support.voice_line import VoiceLine

PATH = "/machine/ivr/verify"
BODY = b'{"call":"1","digits":"2222"}'
PROXY = "192.0.2.1"


@pytest.fixture
def register(tmp_path, clock):
    """A file of callers, and how a key or certificate gets into it."""

    def add(octets: bytes, name: str = "voice-line"):
        path = tmp_path / callers.FILE
        callers.write(path, [*callers.read(path), caller(name, octets, clock.now())])
        return path

    return add


@pytest.fixture
def door(tmp_path, clock):
    return Door(callers=Callers(tmp_path / callers.FILE), trusted=(PROXY,), clock=clock)


@pytest.fixture
def line(clock, register):
    """A line whose key was registered."""
    register(voice_line.public_pem(voice_line.ed25519()))
    return VoiceLine(lambda *_: (), clock)


def sent(headers, *, body=BODY, method="POST", path=PATH, peer="203.0.113.50") -> Sent:
    return Sent(
        method=method,
        base_url="http://127.0.0.1:8000",
        path=path,
        query="",
        headers={name.lower(): value for name, value in headers.items()},
        body=body,
        peer=peer,
    )


def fault(door: Door, request: Sent) -> Fault:
    with pytest.raises(Unproved) as refused:
        door.caller(request)
    return refused.value.fault


# --- signed requests


def test_a_registered_key_says_who_asks(door, line):
    assert door.caller(sent(line.signed(PATH, BODY))) == "voice-line"


def test_a_key_on_p256_does_as_well(door, line, register):
    line.key, line.name = voice_line.p256(), "other-line"
    register(voice_line.public_pem(line.key), "other-line")
    line.parameters = {"alg": "ecdsa-p256-sha256"}
    assert door.caller(sent(line.signed(PATH, BODY))) == "other-line"


def test_a_line_may_sign_more_than_it_must(door, line):
    line.covered = (
        "@method",
        "@authority",
        "@path",
        "@target-uri",
        "content-digest",
        "content-type",
    )
    headers = {**line.signed(PATH, BODY), "Content-Type": "application/json"}
    assert door.caller(sent(headers)) == "voice-line"


def test_nobody_is_let_in_without_a_proof(door, line):
    assert fault(door, sent({})) is Fault.NO_PROOF


def test_nobody_is_let_in_where_no_one_is_registered(tmp_path, clock, line):
    empty = Door(callers=Callers(tmp_path / "none.json"), trusted=(), clock=clock)
    assert fault(empty, sent(line.signed(PATH, BODY))) is Fault.UNKNOWN


def test_another_key_under_a_known_name_is_wrong(door, line):
    honest = line.signed(PATH, BODY)
    line.key = voice_line.p256()
    line.parameters = {"keyid": voice_line.keyid("voice-line", voice_line.ed25519())}
    assert fault(door, sent(line.signed(PATH, BODY))) is Fault.WRONG
    assert door.caller(sent(honest)) == "voice-line"


def test_what_was_signed_cannot_be_changed(door, line):
    headers = line.signed(PATH, BODY)
    other = BODY.replace(b"2222", b"3333")
    assert fault(door, sent(headers, body=other)) is Fault.DIGEST
    swapped = {**headers, "Content-Digest": voice_line.digest(other)}
    assert fault(door, sent(swapped, body=other)) is Fault.WRONG
    assert fault(door, sent(headers, path="/machine/ivr/change")) is Fault.WRONG
    assert fault(door, sent(headers, method="PUT")) is Fault.WRONG


def test_a_signature_for_another_house_is_none_here(door, line):
    """The address is the configured one, whatever Host says (law 10)."""
    line.base_url = "https://elsewhere.example"
    assert fault(door, sent(line.signed(PATH, BODY) | {"Host": "elsewhere.example"})) is Fault.WRONG


@pytest.mark.parametrize("left_out", voice_line.COVERED)
def test_a_signature_that_leaves_something_out_is_too_little(door, line, left_out):
    line.covered = tuple(name for name in voice_line.COVERED if name != left_out)
    assert fault(door, sent(line.signed(PATH, BODY))) is Fault.TOO_LITTLE


@pytest.mark.parametrize(("seconds", "fresh"), [(60, True), (61, False), (-60, True), (-61, False)])
def test_a_signature_is_good_for_a_minute(door, line, clock, seconds, fresh):
    headers = line.signed(PATH, BODY)
    clock.move(seconds=seconds)
    if fresh:
        assert door.caller(sent(headers)) == "voice-line"
    else:
        assert fault(door, sent(headers)) is Fault.STALE


def test_a_line_may_make_it_good_for_less(door, line, clock):
    line.parameters = {"expires": int(clock.now().timestamp()) + 5}
    headers = line.signed(PATH, BODY)
    clock.move(seconds=6)
    assert fault(door, sent(headers)) is Fault.STALE


def test_an_algorithm_other_than_the_keys_is_wrong(door, line):
    line.parameters = {"alg": "hmac-sha256"}
    assert fault(door, sent(line.signed(PATH, BODY))) is Fault.WRONG


@pytest.mark.parametrize(
    "change",
    [
        {"Signature": ""},
        {"Signature": "line=:AAAA"},
        {"Signature": "other=:AAAA:"},
        {"Signature": "line=7"},
        {"Signature-Input": "line=7"},
        {"Signature-Input": 'line=("@method"'},
        {"Signature-Input": 'line=("@method" "@method");created=1'},
        {"Signature-Input": 'line=("@method";req "@target-uri" "content-digest");created=1'},
        {"Signature-Input": 'line=("x-nobody");created=1'},
        {"Signature-Input": 'line=("@status");created=1'},
        {"Signature-Input": 'line=("@method" "@target-uri" "content-digest")'},
        {"Signature-Input": 'line=("@method" "@target-uri" "content-digest");created="now"'},
        {"Content-Digest": "sha-256=:AAAA"},
        {"Content-Digest": "sha-256=1"},
    ],
)
def test_what_is_no_signature_is_called_so(door, line, change):
    assert fault(door, sent(line.signed(PATH, BODY) | change)) is Fault.MALFORMED


def test_two_signatures_are_one_too_many(door, line):
    headers = line.signed(PATH, BODY)
    twice = {
        **headers,
        "Signature": f"{headers['Signature']}, b={headers['Signature'].partition('=')[2]}",
        "Signature-Input": (
            f"{headers['Signature-Input']}, b={headers['Signature-Input'].partition('=')[2]}"
        ),
    }
    assert fault(door, sent(twice)) is Fault.MALFORMED


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_anything_at_all_is_an_answer(signature, given_input, digest):
    """Nothing a stranger sends is a surprise."""
    headers = {"Signature": signature, "Signature-Input": given_input, "Content-Digest": digest}
    from cinnabar.faces.machine.signed.signatures import verify

    with pytest.raises(Unproved):
        verify(sent(headers), lambda _: None, datetime.fromisoformat("2026-11-20T02:00:00Z"))


# --- certificates


@pytest.fixture
def presented(clock, register):
    """The certificate of a line, as its proxy presents it; registered."""
    own = voice_line.certificate(voice_line.p256(), since=clock.now() - timedelta(days=1))
    register(own.public_bytes(Encoding.PEM))
    return {"Client-Cert": f":{base64.b64encode(own.public_bytes(Encoding.DER)).decode()}:"}


def test_a_trusted_proxy_says_whose_certificate_it_saw(door, presented):
    assert door.caller(sent(presented, peer=PROXY)) == "voice-line"
    assert door.caller(sent(presented, peer=f"::ffff:{PROXY}")) == "voice-line"


def test_from_anybody_else_the_field_is_not_there(door, presented):
    assert fault(door, sent(presented)) is Fault.NO_PROOF
    assert fault(door, sent(presented, peer="no address")) is Fault.NO_PROOF


def test_another_certificate_is_nobodys(door, presented, clock):
    other = voice_line.certificate(voice_line.p256(), since=clock.now())
    field = f":{base64.b64encode(other.public_bytes(Encoding.DER)).decode()}:"
    assert fault(door, sent({"Client-Cert": field}, peer=PROXY)) is Fault.UNKNOWN


def test_a_certificate_ends(door, presented, clock):
    clock.move(timedelta(days=365))
    assert fault(door, sent(presented, peer=PROXY)) is Fault.STALE


@pytest.mark.parametrize("field", ["", "7", ":AAAA:", "nothing", ":AA"])
def test_what_is_no_certificate_is_called_so(door, field):
    assert fault(door, sent({"Client-Cert": field}, peer=PROXY)) is Fault.MALFORMED


def test_a_proxys_word_does_not_mend_a_wrong_signature(door, presented, line):
    headers = line.signed(PATH, BODY) | presented
    assert fault(door, sent(headers, body=b"{}", peer=PROXY)) is Fault.DIGEST


# --- the file of callers


def test_a_key_that_is_taken_out_is_out_at_once(door, line, tmp_path):
    assert door.caller(sent(line.signed(PATH, BODY))) == "voice-line"
    callers.write(tmp_path / callers.FILE, [])
    assert fault(door, sent(line.signed(PATH, BODY))) is Fault.UNKNOWN


def test_a_damaged_file_lets_nobody_in(door, line, tmp_path):
    (tmp_path / callers.FILE).write_text('{"callers": [{"name": 1}]}')
    with pytest.raises(CallersError, match="no list of callers"):
        door.caller(sent(line.signed(PATH, BODY)))


@pytest.mark.parametrize("name", ["", "Voice", "voice line", "1st", "x" * 33])
def test_a_name_is_short_and_plain(name, clock):
    with pytest.raises(CallersError, match="no name"):
        caller(name, voice_line.public_pem(voice_line.ed25519()), clock.now())


@pytest.mark.parametrize("octets", [b"", b"nothing", b"-----BEGIN PUBLIC KEY-----\n"])
def test_what_is_no_key_is_not_registered(octets, clock):
    with pytest.raises(CallersError, match="no public key"):
        caller("voice-line", octets, clock.now())


def test_a_key_of_another_kind_is_not_registered(clock):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key

    with pytest.raises(CallersError, match="Ed25519"):
        caller("line", voice_line.public_pem(generate_private_key(SECP384R1())), clock.now())
