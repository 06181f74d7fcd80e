"""Several workers on one database publish lists and sign answers."""

from dataclasses import replace
from functools import partial

import pytest
from cryptography.x509 import ocsp

from cinnabar.certificates.models import Certificate, PublishedCrl, StatusAnswer
from cinnabar.certificates.presigning import presign
from cinnabar.certificates.publishing import publish
from tests.support.authority import AwaySigner
from tests.support.crowd import at_once
from tests.support.lists import full_lists, lists, number, serials, with_shards, written
from tests.support.world import make_env

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("days", [0, 7])
def test_eight_workers_at_once_never_take_a_number_twice_nor_go_back(env, clock, ming, days):
    env = make_env(firm=with_shards(env.firm, days), clock=clock)
    before: dict[str, int] = {}
    ended = set()
    for _ in range(8):
        ended.add(written(env, ming.id))
        at_once(*[partial(publish, env)] * 8)
        newest = {name: number(crl) for name, crl in lists().items()}
        assert all(newest[name] > before[name] for name in before if name in newest)
        assert serials(full_lists()) == ended
        before = newest
        clock.move(env.firm.status.crl_cadence)
    held = PublishedCrl.objects.values_list("generation", "shard", "number")
    assert len(held) == len(set(held))


class Overtaken(AwaySigner):
    """A signer whose answer comes when another worker has published something newer."""

    def __init__(self, env, meanwhile):
        super().__init__(env.signer)
        self._signer, self._meanwhile = env.signer, [meanwhile]

    def sign_crl(self, tbs: bytes) -> bytes:
        signature = self._signer.sign_crl(tbs)
        for act in self._meanwhile[:1]:
            self._meanwhile.clear()
            act()
        return signature


def test_a_worker_that_stood_still_after_signing_does_not_put_an_older_list_back(env, clock, ming):
    env = make_env(firm=with_shards(env.firm, 0), clock=clock)
    publish(env)
    clock.move(env.firm.status.crl_cadence)
    newer = []

    def meanwhile():
        clock.move(seconds=10)
        newer.append(written(env, ming.id))
        publish(env)
        newer.append(number(*full_lists().values()))

    publish(replace(env, signer=Overtaken(env, meanwhile)))
    assert serials(full_lists()) == {newer[0]}
    assert number(*full_lists().values()) == newer[1]


def test_workers_that_sign_the_same_answers_leave_the_newest_state(env, clock, ming):
    for _ in range(20):
        written(env, ming.id)
    at_once(*[partial(presign, env)] * 6)
    assert StatusAnswer.objects.count() == 20
    for answer in StatusAnswer.objects.select_related("certificate"):
        told = ocsp.load_der_ocsp_response(bytes(answer.der))
        assert told.certificate_status is ocsp.OCSPCertStatus.REVOKED
        assert told.serial_number == int(answer.certificate.serial, 16)
    assert Certificate.objects.count() == 20
