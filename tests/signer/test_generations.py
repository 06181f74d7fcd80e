"""Several generations of the issuing CA side by side: each signs what is its own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.env import Env
from cinnabar.pki.crl import crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.pki.ocsp_answer import State, Status, cert_id, response_data, single_response
from cinnabar.pki.signatures import signature_holds
from cinnabar.signer.client import SocketSigner
from cinnabar.signer.core import open_signer
from cinnabar.signer.protocol import Authority, SignerRefused, authority_of
from tests.pki.support import NOW, Facts, profile_of, tbs_of
from tests.support.authority import MADE_AT, rules
from tests.support.rollover import signer_of_two


@pytest.fixture
def env(env: Env) -> Env:
    return replace(env, signer=signer_of_two(env.firm, env.clock))


def _certificate(env: Env, authority: Authority, serial: int = 7 << 100) -> bytes:
    profile = profile_of(env, authority)
    return tbs_of(profile, Facts(serial=serial))


def _list(env: Env, authority: Authority, number: int) -> bytes:
    until = NOW + env.firm.status.crl_validity
    return crl_tbs(authority, Marks(number=number), this_update=NOW, next_update=until, entries=[])


def _answer(env: Env, authority: Authority, about: Authority | None = None) -> bytes:
    single = single_response(
        cert_id(about or authority, 5),
        Status(state=State.UNKNOWN),
        this_update=NOW,
        next_update=NOW + env.firm.status.ocsp_validity,
    )
    return response_data(authority, [single], produced_at=NOW)


def test_the_newest_comes_first_and_is_what_certificates_are_issued_under(env):
    newest, first = env.signer.authorities()
    assert (newest.generation, first.generation) == (2, 1)
    assert env.signer.authority() is newest
    assert newest.issuing_name != first.issuing_name
    assert newest.root_der == first.root_der


def test_each_key_signs_the_certificates_lists_and_answers_that_name_it(env):
    for serial, authority in enumerate(env.signer.authorities(), start=7 << 100):
        issuing, ocsp = authority.issuing.fields.spki, authority.ocsp.fields.spki
        for sign, tbs, spki in (
            (env.signer.sign_certificate, _certificate(env, authority, serial), issuing),
            (env.signer.sign_crl, _list(env, authority, 9), issuing),
            (env.signer.sign_ocsp, _answer(env, authority), ocsp),
        ):
            assert signature_holds(spki, sign(tbs), tbs)


def test_the_numbers_of_lists_are_counted_for_each_generation(env):
    newest, first = env.signer.authorities()
    env.signer.sign_crl(_list(env, first, 9))
    assert env.signer.sign_crl(_list(env, newest, 1))
    with pytest.raises(SignerRefused, match="number"):
        env.signer.sign_crl(_list(env, first, 8))


def test_the_numbers_go_on_after_a_restart(env):
    first = env.signer.authorities()[1]
    env.signer.sign_crl(_list(env, first, 9))
    env.signer.close()
    again = open_signer(env.signer.places, rules(env.firm), env.clock)
    newest, first = again.authorities()
    assert again.sign_crl(_list(env, newest, 1))
    with pytest.raises(SignerRefused, match="number"):
        again.sign_crl(_list(env, first, 8))


def test_one_generation_answers_for_no_certificate_of_another(env):
    newest, first = env.signer.authorities()
    with pytest.raises(SignerRefused, match="issuer"):
        env.signer.sign_ocsp(_answer(env, newest, about=first))


def test_a_generation_is_gone_when_its_ca_has_ended(env, clock):
    first = env.signer.authorities()[1]
    clock.move(first.issuing_not_after - MADE_AT + timedelta(seconds=1))
    assert [known.generation for known in env.signer.authorities()] == [2]
    assert authority_of(env.signer, 1) is None


def test_the_other_processes_see_a_new_generation_without_a_restart(env, tmp_path):
    data = env.signer.places.data
    hidden = tmp_path / "generation-2"
    (data / "ca" / "generation-2").rename(hidden)
    client = SocketSigner(env.signer.places.socket, env.clock)
    assert [known.generation for known in client.authorities()] == [1]
    hidden.rename(data / "ca" / "generation-2")
    assert [known.generation for known in client.authorities()] == [2, 1]
    assert client.authorities() == env.signer.authorities()


def test_each_certificate_points_to_lists_and_issuer_of_its_own_generation(env):
    for authority in env.signer.authorities():
        tbs = _certificate(env, authority)
        short = authority.issuing_key_id[:16].encode()
        assert tbs.count(short) == 2  # its CRL, its issuer
