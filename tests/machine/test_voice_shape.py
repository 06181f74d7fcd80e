"""How the order line must ask, and what it is told when it does not."""

import base64
import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.faces.machine import callers
from cinnabar.faces.machine.ivr import voice_app
from tests.support import voice_line
from tests.support.tree import TOP
from tests.support.voice import DIGITS, MING, PROXY, door_of, give, name, verdict
from tests.support.voice_line import VoiceLine


def test_a_line_behind_a_proxy_asks_by_its_certificate(env, db, ming, tmp_path, clock):
    give(env, ming)
    own = voice_line.certificate(voice_line.p256(), since=clock.now())
    path = tmp_path / callers.FILE
    callers.write(path, [callers.caller("tls-line", own.public_bytes(Encoding.PEM), clock.now())])
    line = VoiceLine(voice_app(env, door_of(tmp_path, clock)), clock)
    seen = {"Client-Cert": f":{base64.b64encode(own.public_bytes(Encoding.DER)).decode()}:"}
    body = b'{"call":"1","identifier":"A123456789","digits":"%s"}' % DIGITS.encode()
    path_ = "/machine/ivr/verify"
    assert verdict(line.send(path_, body, seen, peer=PROXY)) == "right"
    assert line.send(path_, body, seen).status == 401


def test_whoever_proves_nothing_learns_what_would_do(line):
    said = line.send("/machine/ivr/verify", b"{}", {})
    assert (said.status, name(said)) == (401, "no-proof")
    assert '"@target-uri"' in said.headers["Accept-Signature"]
    assert said.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ([], "fields-unknown"),
        ({"call": "1"}, "whom-malformed"),
        ({"call": "1", "identifier": MING}, "digits-malformed"),
        ({"call": "1", "identifier": MING, "digits": ""}, "digits-malformed"),
        ({"call": "1", "identifier": MING, "digits": "12a4"}, "digits-malformed"),
        ({"call": "1", "identifier": MING, "digits": "١٢٣٤"}, "digits-malformed"),
        ({"call": "1", "identifier": MING, "digits": 1234}, "fields-malformed"),
        ({"call": "1", "identifier": MING, "digits": "1\x00"}, "fields-malformed"),
        ({"call": "", "identifier": MING, "digits": "1"}, "call-malformed"),
        ({"call": "x" * 65, "identifier": MING, "digits": "1"}, "call-malformed"),
        ({"call": "1", "identifier": MING, "account": "1", "digits": "1"}, "whom-malformed"),
        ({"call": "1", "branch": "台北", "digits": "1"}, "whom-malformed"),
        ({"call": "1", "account": "x" * 41, "digits": "1"}, "whom-malformed"),
        ({"call": "1", "identifier": "nobody", "digits": "1"}, "identifier-malformed"),
        ({"call": "1", "identifier": MING, "digits": "1", "why": "1"}, "fields-unknown"),
    ],
)
def test_a_question_of_another_shape_is_named(line, fields, wanted):
    said = line.ask("/machine/ivr/verify", fields)
    assert (said.status, name(said)) == (400, wanted)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [(b"", "json"), (b"{", "json"), (b"\xff", "json"), (b"[" * 4000, "json"),
     (b'{"call":"1","call":"2"}', "json"), (b"7", "fields")],
)  # fmt: skip
def test_what_is_no_json_object_is_named(line, body, wanted):
    said = line.send("/machine/ivr/change", body, line.signed("/machine/ivr/change", body))
    assert (said.status, name(said).partition("-")[0]) == (400, wanted)


def test_what_is_no_question_at_all_is_named(line):
    path = "/machine/ivr/verify"
    assert name(line.send(path, b"", {}, method="GET")) == "method-not-allowed"
    assert line.send(path, b"", {}, method="GET").headers["Allow"] == "POST"
    assert name(line.send("/machine/ivr/else", b"{}", {})) == "not-found"
    assert name(line.send(path, b"{}", {}, kind="text/plain")) == "not-json"
    assert name(line.send(path, b"{}", {}, query="a=1")) == "query-not-allowed"
    assert name(line.send(path, b" " * 4097, {})) == "too-large"


def test_the_worked_request_of_the_page_is_let_in(env, line, ming, tmp_path):
    """docs/integration/voice-line.md: every octet of it."""
    page = (TOP / "docs" / "integration" / "voice-line.md").read_text()
    seed = re.search(r"`([0-9a-f]{64})`", page)
    request = re.search(r"^```http\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert seed
    assert request
    head, _, body = request[1].strip().partition("\n\n")
    first, *fields = head.splitlines()
    headers = dict(field.split(": ", 1) for field in fields)
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed[1]))
    path = tmp_path / callers.FILE
    callers.write(path, [callers.caller("voice-line", voice_line.public_pem(key), env.clock.now())])
    give(env, ming)
    there = replace(env, base_url=f"https://{headers.pop('Host')}")
    line.app = voice_app(there, door_of(tmp_path, env.clock))
    method, target, _ = first.split(" ")
    kind = headers.pop("Content-Type")
    said = line.send(target, body.encode(), headers, method=method, kind=kind)
    assert (said.status, said.json()["verdict"]) == (200, "right")
