"""The life of a certificate whose CA has its keys in an HSM: nothing is different outside."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.presigning import presign
from cinnabar.certificates.publishing import publish
from cinnabar.certificates.states import State
from cinnabar.faces.machine.app import MachineState
from cinnabar.faces.machine.records import Records
from cinnabar.pki.der import sequence
from cinnabar.pki.ocsp_answer import cert_id
from cinnabar.pki.signatures import signature_holds
from tests.support.authority import signer_in_hsm
from tests.support.centre import Customer
from tests.support.lists import full_lists, lists, serials
from tests.support.people import visit
from tests.support.softhsm import token


@pytest.fixture
def env(env):
    return replace(env, signer=signer_in_hsm(env.firm, env.clock, token()))


@pytest.fixture
def at_home(env, ming):
    return Customer(env, visit(env, ming))


def _status(env, serial: str) -> ocsp.OCSPCertStatus:
    desk = MachineState(
        source=Records(env.clock),
        signer=env.signer,
        clock=env.clock,
        validity=env.firm.status.ocsp_validity,
    ).desk()
    raw = cert_id(env.signer.authority(), int(serial, 16)).raw
    answer = desk.answer(sequence(sequence(sequence(sequence(raw)))))
    return ocsp.load_der_ocsp_response(answer.body).certificate_status


def tick(env):
    """What the worker does each second."""
    publish(env)
    presign(env)


def test_apply_renew_revoke_with_every_signature_from_the_token(env, at_home, clock):
    issuing = x509.load_der_x509_certificate(env.signer.authority().issuing_der)
    first = at_home.apply()
    x509.load_der_x509_certificate(first.der).verify_directly_issued_by(issuing)
    clock.set(first.not_after)
    second = at_home.renew()
    x509.load_der_x509_certificate(second.der).verify_directly_issued_by(issuing)
    tick(env)
    assert _status(env, second.serial) is ocsp.OCSPCertStatus.GOOD
    at_home.revoke()
    tick(env)
    assert _status(env, second.serial) is ocsp.OCSPCertStatus.REVOKED
    clock.move(env.firm.status.crl_cadence)
    tick(env)
    spki = env.signer.authority().issuing.fields.spki
    for read in lists().values():
        assert signature_holds(spki, read.signature, read.tbs_certlist_bytes)
    assert int(second.serial, 16) in serials(full_lists())
    states = Certificate.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [State.SUPERSEDED, State.REVOKED]
