"""OCSP answers are signed before they are asked for, and again before they age (REV-03)."""

from datetime import timedelta

import pytest
from cryptography.x509 import ocsp

from cinnabar.certificates.models import StatusAnswer
from cinnabar.certificates.presigning import forget_answers, presign, presign_missed
from cinnabar.faces.machine.app import MachineState
from cinnabar.faces.machine.records import Records
from cinnabar.pki.der import sequence
from cinnabar.pki.ocsp_answer import cert_id
from tests.support.lists import written

pytestmark = pytest.mark.django_db

GOOD, REVOKED = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED


@pytest.fixture
def ask(env):
    """Return a function that asks the machine face of a serial, with nothing in its memory."""
    state = MachineState(
        source=Records(env.clock),
        signer=env.signer,
        clock=env.clock,
        validity=env.firm.status.ocsp_validity,
    )

    def run(serial):
        raw = cert_id(env.signer.authority(), serial).raw
        answer = state.desk().answer(sequence(sequence(sequence(sequence(raw)))))
        return ocsp.load_der_ocsp_response(answer.body)

    return run


def kept(serial):
    answer = StatusAnswer.objects.get(certificate__serial=f"{serial:032x}")
    return ocsp.load_der_ocsp_response(bytes(answer.der))


def test_while_the_worker_runs_no_answer_is_kept_or_served_that_is_about_to_end(
    env, clock, ming, ask
):
    serials = [written(env, ming.id) for _ in range(5)]
    validity = env.firm.status.ocsp_validity
    for _ in range(60):
        while presign(env, limit=3):
            pass
        for serial in serials:
            assert kept(serial).next_update_utc - clock.now() >= validity / 4
            served = ask(serial)
            assert served.this_update_utc <= clock.now() < served.next_update_utc
            assert served.certificate_status is REVOKED
        clock.move(validity / 10)


def test_answers_are_given_as_they_were_kept(env, ming, ask):
    serial = written(env, ming.id)
    presign(env)
    assert ask(serial).produced_at_utc == kept(serial).produced_at_utc


def test_of_a_backlog_what_ends_first_is_signed_first(env, clock, ming):
    order = []
    for _ in range(4):
        order.append(written(env, ming.id))
        presign(env)
        clock.move(minutes(env, 1 / 50))
    clock.move(minutes(env, 0.9))
    before = {serial: kept(serial).next_update_utc for serial in order}
    for done, serial in enumerate(order, start=1):
        assert presign(env, limit=1)
        fresh = [s for s in order if kept(s).next_update_utc != before[s]]
        assert fresh == order[:done], serial
    assert not presign(env, limit=1)


def minutes(env, part):
    return env.firm.status.ocsp_validity * part


def test_nothing_is_signed_again_without_need(env, clock, ming):
    serial = written(env, ming.id)
    presign(env)
    first = kept(serial).produced_at_utc
    clock.move(minutes(env, 0.7))
    presign(env)
    presign_missed(env, 0)
    assert kept(serial).produced_at_utc == first


def test_what_changed_is_signed_anew_at_once(env, clock, at_home):
    serial = int(at_home.apply().serial, 16)
    presign(env)
    assert kept(serial).certificate_status is GOOD
    clock.move(seconds=61)
    at_home.revoke()
    presign(env)
    assert kept(serial).certificate_status is REVOKED


def test_an_answer_that_the_signer_refuses_does_not_keep_the_others_back(env, ming, caplog):
    """Such as "good" for a serial that the ledger does not know, after a restore."""
    never = written(env, ming.id, state="live", revoked_at=None)
    other = written(env, ming.id)
    assert not presign(env, limit=2)
    assert kept(other).certificate_status is REVOKED
    assert f"{never:032x}" in caplog.text


def test_what_changed_while_no_worker_ran_is_found_going_round(env, clock, ming):
    serials = [written(env, ming.id) for _ in range(3)]
    clock.move(timedelta(hours=2))
    presign(env)
    assert not StatusAnswer.objects.exists()
    assert presign_missed(env, 0) == 0
    assert [kept(serial).certificate_status for serial in serials] == [REVOKED] * 3


def test_answers_to_what_expired_are_neither_renewed_nor_kept(env, clock, ming):
    written(env, ming.id, not_after=clock.now() + timedelta(hours=1))
    presign(env)
    clock.move(minutes(env, 2))
    assert not presign(env)
    clock.move(timedelta(days=2))
    assert forget_answers(env) == 1
    assert not StatusAnswer.objects.exists()
