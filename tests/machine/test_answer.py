"""A relying party asks the machine face for a status (REV-03, REV-04, RFC 5019)."""

import base64
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.pki import ocsp_answer, oids
from cinnabar.pki.certificate import extension
from cinnabar.pki.der import context, integer, octet_string, sequence, tlv
from cinnabar.pki.ocsp_request import MAX_OCTETS
from tests.machine.support import GOOD, REVOKED, SERIAL, Face, Reply
from tests.support.authority import AwaySigner


@pytest.fixture
def face(env: Env) -> Face:
    return Face(env)


def _said(reply: Reply) -> str:
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/ocsp-response"
    assert reply.headers["Content-Length"] == str(len(reply.body))
    read = ocsp.load_der_ocsp_response(reply.body)
    if read.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return read.response_status.name
    return read.certificate_status.name


def _as_get(der: bytes) -> str:
    return "/ocsp/" + base64.b64encode(der).decode()


def test_an_issued_certificate_is_good_and_one_that_nobody_signed_unknown(face):
    face.issue()
    assert _said(face.post(face.question())) == "GOOD"
    assert _said(face.post(face.question(SERIAL + 1))) == "UNKNOWN"


def test_get_and_post_say_the_same(face):
    face.issue()
    question = face.question()
    assert face.get(_as_get(question)).body == face.post(question).body
    encoded = "/ocsp/" + quote(base64.b64encode(question).decode(), safe="")
    assert _said(face.get(encoded)) == "GOOD"


def test_a_question_asked_before_is_answered_without_looking_anything_up(face):
    face.issue()
    first = face.post(face.question())
    looked_up = face.records.lookups
    assert face.post(face.question()) == first
    face.records.away = True
    assert face.post(face.question()) == first
    assert face.records.lookups == looked_up


def test_a_revocation_is_told_within_one_refresh(face):
    face.issue()
    question = face.question()
    assert _said(face.post(question)) == _said(face.get(_as_get(question))) == "GOOD"
    face.records.say(SERIAL, REVOKED)
    face.tick()
    assert _said(face.post(question)) == _said(face.get(_as_get(question))) == "REVOKED"
    read = ocsp.load_der_ocsp_response(face.post(question).body)
    assert read.revocation_reason is x509.ReasonFlags.superseded


def test_a_revocation_overtaking_a_look_up_is_not_hidden_by_its_answer(face):
    face.issue()
    question = face.question()
    looked_up = face.records.lookup

    def slow_lookup(serial: int):
        found = looked_up(serial)  # then, before the answer is put on the board:
        face.records.say(SERIAL, REVOKED)
        face.tick()
        return found

    face.records.lookup = slow_lookup
    assert _said(face.post(question)) == "GOOD"
    face.records.lookup = looked_up
    assert _said(face.post(question)) == "REVOKED"


def test_a_serial_asked_for_before_it_was_issued_is_good_at_once(face):
    assert _said(face.post(face.question())) == "UNKNOWN"
    face.issue()
    assert _said(face.post(face.question())) == "GOOD"


def test_other_certificates_keep_their_answers_when_one_changes(face):
    for serial in (SERIAL, SERIAL + 1):
        face.issue(serial)
    face.tick()
    for serial in (SERIAL, SERIAL + 1):
        face.post(face.question(serial))
    face.records.say(SERIAL, REVOKED)
    face.tick()
    looked_up = face.records.lookups
    face.post(face.question(SERIAL + 1))
    assert face.records.lookups == looked_up


def test_an_answer_is_looked_up_again_after_five_minutes(face, clock):
    face.issue()
    face.tick()
    face.post(face.question())
    looked_up = face.records.lookups
    clock.move(timedelta(minutes=4, seconds=59))
    face.tick()
    face.post(face.question())
    assert face.records.lookups == looked_up
    clock.move(seconds=1)
    face.tick()
    face.post(face.question())
    assert face.records.lookups == looked_up + 1


def test_the_board_does_not_grow_without_end(env):
    face = Face(env, most=10)
    for n in range(25):
        face.issue(SERIAL + n)
        face.post(face.question(SERIAL + n))
    looked_up = face.records.lookups
    for n in range(15, 25):
        face.post(face.question(SERIAL + n))
    assert face.records.lookups == looked_up
    face.post(face.question(SERIAL))
    assert face.records.lookups == looked_up + 1


def test_unknown_serials_take_no_place_on_the_board(env):
    face = Face(env, most=10)
    face.issue()
    face.post(face.question())
    for n in range(1, 30):
        face.post(face.question(SERIAL + n))
    looked_up = face.records.lookups
    face.post(face.question())
    assert face.records.lookups == looked_up


def test_when_the_records_are_away_what_is_known_is_said_for_a_minute_and_then_nothing(face, clock):
    face.issue()
    face.tick()
    face.post(face.question())
    face.records.away = True
    clock.move(seconds=60)
    face.tick()
    assert _said(face.post(face.question())) == "GOOD"
    clock.move(seconds=1)
    face.tick()
    assert _said(face.post(face.question())) == "TRY_LATER"
    face.records.away = False
    face.tick()
    assert _said(face.post(face.question())) == "GOOD"


def test_without_a_signer_an_answer_signed_before_is_given_and_others_later(env, clock):
    ready = Face(env)
    ready.issue()
    presigned = ready.post(ready.question()).body
    away = Face(_without_signer(env))
    away.records.say(SERIAL, GOOD, presigned)
    assert away.post(away.question()).body == presigned
    assert _said(away.post(away.question(SERIAL + 1))) == "TRY_LATER"
    clock.move(env.firm.status.ocsp_validity - timedelta(seconds=30))
    away.tick()
    assert _said(away.post(away.question())) == "TRY_LATER"


def test_an_answer_signed_before_a_revocation_is_not_given_after_it(face):
    face.issue()
    presigned = face.post(face.question()).body
    face.records.say(SERIAL, REVOKED, presigned)
    face.tick()
    assert _said(face.post(face.question())) == "REVOKED"


def _without_signer(env: Env) -> Env:
    return replace(env, signer=AwaySigner(env.signer))


# --- nonces


def _with_nonce(face: Face, nonce: bytes) -> bytes:
    raw = ocsp_answer.cert_id(face.env.signer.authority(), SERIAL).raw
    extensions = sequence(extension(oids.OCSP_NONCE, octet_string(nonce)))
    return sequence(sequence(sequence(sequence(raw)), tlv(context(2), extensions)))


def test_a_nonce_comes_back_in_an_answer_of_its_own(face):
    face.issue()
    face.post(face.question())
    reply = face.post(_with_nonce(face, b"n" * 32))
    read = ocsp.load_der_ocsp_response(reply.body)
    assert read.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 32
    assert _said(reply) == "GOOD"


def test_an_answer_with_a_nonce_is_kept_by_nobody(face):
    face.issue()
    path = _as_get(_with_nonce(face, b"n" * 32))
    assert face.get(path).headers["Cache-Control"] == "no-store"
    looked_up = face.records.lookups
    face.get(path)
    assert face.records.lookups == looked_up + 1


@pytest.mark.parametrize("octets", [0, 129])
def test_a_nonce_of_a_wrong_length_is_a_malformed_request(face, octets):
    assert _said(face.post(_with_nonce(face, b"n" * octets))) == "MALFORMED_REQUEST"


# --- strangers


def test_a_certificate_of_another_ca_is_not_ours_to_answer_for(face):
    raw = sequence(
        oids.SHA1_ALGORITHM, octet_string(b"x" * 20), octet_string(b"y" * 20), integer(SERIAL)
    )
    assert _said(face.post(sequence(sequence(sequence(sequence(raw)))))) == "UNAUTHORIZED"


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_a_malformed_request_by_post_and_by_get(face, octets):
    assert _said(face.post(octets)) == "MALFORMED_REQUEST"
    assert _said(face.get("/ocsp/" + quote(octets))) == "MALFORMED_REQUEST"


METHODS = st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "?"])
PATHS = st.one_of(
    st.text(max_size=40), st.text(max_size=40).map(lambda t: "/ocsp/" + t), st.just("/ocsp")
)


@given(METHODS, PATHS, st.binary(max_size=100), st.text(max_size=30), st.text(max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_nothing_a_stranger_sends_makes_a_fault(face, method, path, body, kind, length):  # noqa: PLR0917 - the parts of a request
    reply = face.ask(method, path, body, CONTENT_TYPE=kind, CONTENT_LENGTH=length)
    assert reply.status < 500
    if reply.status >= 400:
        assert reply.headers["Content-Type"] == "application/problem+json"


def test_bad_manners_get_the_status_that_says_so(face):
    question = face.question()
    assert face.ask("POST", "/ocsp", question, CONTENT_TYPE="text/plain").status == 415
    assert face.post(b"0" * (MAX_OCTETS + 1)).status == 413
    assert face.ask("GET", "/ocsp").headers["Allow"] == "POST"
    assert face.ask("PUT", _as_get(question)).headers["Allow"] == "GET, HEAD"
    assert face.get("/ocspx").status == 404


def test_the_type_of_the_body_may_be_written_with_a_parameter_or_capitals(face):
    reply = face.post(face.question(), kind="Application/OCSP-Request; x=y")
    assert _said(reply) == "UNKNOWN"


# --- caches on the way (RFC 5019 6)


def test_a_get_may_be_kept_for_seconds_and_asked_for_again_by_its_tag(face, env):
    face.issue()
    path = _as_get(face.question())
    first = face.get(path)
    assert first.headers["Cache-Control"].startswith("max-age=3, public")
    assert first.headers["Last-Modified"] == "Fri, 20 Nov 2026 02:00:00 GMT"
    until = env.clock.now() + env.firm.status.ocsp_validity
    assert first.headers["Expires"] == f"{until:%a, %d %b %Y %H:%M:%S} GMT"
    again = face.get(path, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert face.get(path, HTTP_IF_NONE_MATCH='"other"').status == 200


def test_a_tag_of_before_a_revocation_does_not_match_after_it(face):
    face.issue()
    path = _as_get(face.question())
    tag = face.get(path).headers["ETag"]
    face.records.say(SERIAL, REVOKED)
    face.tick()
    assert _said(face.get(path, HTTP_IF_NONE_MATCH=tag)) == "REVOKED"


def test_head_is_get_without_the_body(face):
    face.issue()
    path = _as_get(face.question())
    assert face.ask("HEAD", path).headers == face.get(path).headers
    assert face.ask("HEAD", path).body == b""
