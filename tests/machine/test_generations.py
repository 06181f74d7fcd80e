"""Relying parties ask about certificates of every generation whose CA is in date."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from cinnabar.env import Env
from cinnabar.faces.machine.source import Known
from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.der import sequence
from cinnabar.pki.ocsp_answer import UNAUTHORIZED, cert_id
from tests.machine.support import GOOD, Face
from tests.pki.support import Facts, profile_of, tbs_of
from tests.support.rollover import signer_of_two

FIRST, SECOND = 7 << 100, 8 << 100


@pytest.fixture
def face(env: Env) -> Face:
    face = Face(replace(env, signer=signer_of_two(env.firm, env.clock)))
    for authority, serial in zip(face.env.signer.authorities(), (SECOND, FIRST), strict=True):
        profile = profile_of(env, authority)
        face.env.signer.sign_certificate(tbs_of(profile, Facts(serial=serial)))
        face.records.known[serial] = Known(status=GOOD, generation=authority.generation)
    return face


def _question(*raw: bytes) -> bytes:
    return sequence(sequence(sequence(*(sequence(one) for one in raw))))


def _ask(face: Face, serial: int, generation: int) -> ocsp.OCSPResponse:
    authority = face.env.signer.authorities()[2 - generation]
    reply = face.post(_question(cert_id(authority, serial).raw))
    return ocsp.load_der_ocsp_response(reply.body)


@pytest.mark.parametrize(("serial", "generation"), [(FIRST, 1), (SECOND, 2)])
def test_each_certificate_is_answered_for_by_the_responder_of_its_own_ca(face, serial, generation):
    answer = _ask(face, serial, generation)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    authority = face.env.signer.authorities()[2 - generation]
    assert answer.responder_key_hash == authority.ocsp_key_hash
    issuing = x509.load_der_x509_certificate(authority.issuing_der)
    answer.certificates[0].verify_directly_issued_by(issuing)


@pytest.mark.parametrize(("serial", "generation"), [(FIRST, 2), (SECOND, 1)])
def test_what_another_generation_issued_is_unknown_to_this_one(face, serial, generation):
    answer = _ask(face, serial, generation)
    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_one_question_about_two_issuers_gets_no_answer_that_only_one_could_sign(face):
    newest, first = face.env.signer.authorities()
    asked = _question(cert_id(first, FIRST).raw, cert_id(newest, SECOND).raw)
    assert face.post(asked).body == UNAUTHORIZED


def test_the_certificate_of_every_generation_can_be_fetched(face):
    for authority in face.env.signer.authorities():
        reply = face.get(f"/ca/{authority.issuing_key_id[:16]}.crt")
        assert read_certificate(reply.body) == authority.issuing
