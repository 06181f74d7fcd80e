"""The issuing CA is exchanged while customers have certificates of the one before."""

from base64 import b64decode
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from cinnabar.certificates.actions import issue
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.presigning import presign
from cinnabar.certificates.publishing import publish
from cinnabar.certificates.states import State
from cinnabar.env import Env
from cinnabar.faces.machine.app import MachineState
from cinnabar.faces.machine.records import Records
from cinnabar.faces.web import tables
from cinnabar.kernel.refusal import Refused
from cinnabar.pki.authority import list_name
from cinnabar.pki.der import sequence
from cinnabar.pki.ocsp_answer import cert_id
from cinnabar.pki.signatures import signature_holds
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.hsm import TokenAddress
from cinnabar.signer.protocol import authority_of
from tests.support.authority import AwaySigner, rules
from tests.support.centre import Customer
from tests.support.lists import Lists, lists, serials
from tests.support.people import visit
from tests.support.rollover import roll_over
from tests.support.softhsm import token


def rolled_over(env: Env, where: TokenAddress | None = None) -> Env:
    """Return the world after the rollover, its signer started again."""
    assert isinstance(env.signer, LocalSigner)
    places = env.signer.places
    env.signer.close()
    roll_over(places, env.firm, env.clock.now(), token=where)
    return replace(env, signer=open_signer(places, rules(env.firm), env.clock))


def _issuer(env: Env, generation: int) -> x509.Certificate:
    authority = authority_of(env.signer, generation)
    assert authority
    return x509.load_der_x509_certificate(authority.issuing_der)


def _lists(env: Env, generation: int) -> Lists:
    """Return the lists that the issuing CA of a generation signed."""
    authority = authority_of(env.signer, generation)
    assert authority
    name = list_name(authority.issuing_key_id)
    found = {key: crl for key, crl in lists().items() if key.startswith(name)}
    spki = authority.issuing.fields.spki
    for crl in found.values():
        assert signature_holds(spki, crl.signature, crl.tbs_certlist_bytes)
    return found


def _status(env: Env, row: Certificate) -> ocsp.OCSPCertStatus:
    state = MachineState(
        source=Records(env.clock),
        signer=env.signer,
        clock=env.clock,
        validity=env.firm.status.ocsp_validity,
    )
    authority = authority_of(env.signer, row.generation)
    assert authority
    raw = cert_id(authority, int(row.serial, 16)).raw
    answer = state.desk().answer(sequence(sequence(sequence(sequence(raw)))))
    return ocsp.load_der_ocsp_response(answer.body).certificate_status


@pytest.mark.parametrize("in_hsm", [False, True])
def test_renewal_moves_a_customer_to_the_new_generation_and_the_others_stay(
    env, ming, mei, clock, in_hsm
):
    his = Customer(env, visit(env, ming))
    first = his.apply()
    clock.set(first.not_after)
    Customer(env, visit(env, mei)).apply()
    env = rolled_over(env, token() if in_hsm else None)
    his.env, his.visitor = env, visit(env, ming)
    second = his.renew()
    x509.load_der_x509_certificate(first.der).verify_directly_issued_by(_issuer(env, 1))
    x509.load_der_x509_certificate(second.der).verify_directly_issued_by(_issuer(env, 2))
    rows = list(Certificate.objects.order_by("id"))
    assert [(row.generation, row.state) for row in rows] == [
        (1, State.SUPERSEDED),
        (1, State.LIVE),
        (2, State.LIVE),
    ]
    publish(env)
    presign(env)
    revoked, good = ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.GOOD
    assert [_status(env, row) for row in rows] == [revoked, good, good]
    ended, of_first, of_second = int(rows[0].serial, 16), _lists(env, 1), _lists(env, 2)
    assert ended in serials(of_first)
    assert of_second
    assert ended not in serials(of_second)


def test_each_certificate_comes_with_the_chain_of_its_own_generation(env, at_home):
    first = at_home.apply()
    env = rolled_over(env)
    (of_his,), (of_new,) = tables.chain(env, first.generation), tables.chain(env, 2)
    assert x509.load_der_x509_certificate(b64decode(of_his)) == _issuer(env, 1)
    assert x509.load_der_x509_certificate(b64decode(of_new)) == _issuer(env, 2)
    assert tables.chain(env, 3) == []


def test_what_was_left_open_before_the_rollover_is_finished_under_its_own_generation(env, at_home):
    flow, signs = at_home.ready_to_finish(), env
    at_home.env = replace(env, signer=AwaySigner(env.signer))
    with pytest.raises(Refused):
        at_home.finish(flow)
    env = rolled_over(signs)
    env.clock.move(seconds=60)
    assert issue.resume(env) == 1
    row = Certificate.objects.get()
    assert (row.state, row.generation) == (State.LIVE, 1)
    assert row.der is not None
    x509.load_der_x509_certificate(bytes(row.der)).verify_directly_issued_by(_issuer(env, 1))


def test_until_the_signer_is_restarted_applications_wait_and_nothing_is_lost(env, at_home):
    places = env.signer.places
    env.signer.close()
    before = open_signer(places, rules(env.firm), env.clock)
    before.close()
    roll_over(places, env.firm, env.clock.now())
    at_home.env = replace(env, signer=before)
    flow = at_home.ready_to_finish()
    with pytest.raises(Refused, match="signing-unavailable") as caught:
        at_home.finish(flow)
    assert "restart it" in str(caught.value.__cause__)
    after = open_signer(places, rules(env.firm), env.clock)
    at_home.env = replace(env, signer=after)
    assert at_home.finish(flow).generation == 2
