"""The signer with its keys in an HSM keeps every promise it keeps with keys in files."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from cinnabar.pki.crl import crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.pki.ocsp_answer import State, Status, cert_id, response_data, single_response
from cinnabar.pki.signatures import signature_holds
from cinnabar.signer.ca_certificates import SERVICE_LIFE
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.ledger import Ledger, read_ledger
from cinnabar.signer.protocol import SignerUnavailable
from cinnabar.signer.renewal import Renewal
from tests.pki.support import NOW, Facts, profile_of, tbs_of
from tests.support.authority import BASE_URL, rules, signer_in_hsm
from tests.support.softhsm import taken_out, token


@pytest.fixture
def signer(env) -> LocalSigner:
    return signer_in_hsm(env.firm, env.clock, token())


def _tbs(env, signer: LocalSigner) -> bytes:
    return tbs_of(profile_of(replace(env, signer=signer)), Facts(serial=9 << 100))


def test_a_certificate_sent_again_gets_the_same_signature_also_after_a_restart(env, signer):
    tbs = _tbs(env, signer)
    first = signer.sign_certificate(tbs)
    assert signer.sign_certificate(tbs) == first
    signer.close()
    again = open_signer(signer.places, rules(env.firm), env.clock)
    assert again.sign_certificate(tbs) == first
    assert signature_holds(again.authority().issuing.fields.spki, first, tbs)


def test_two_who_ask_at_once_get_one_signature(env, signer):
    tbs = _tbs(env, signer)
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: signer.sign_certificate(tbs), range(8)))
    assert len(made) == 1


def test_a_list_sent_again_gets_the_same_signature(env, signer):
    until = NOW + env.firm.status.crl_validity
    tbs = crl_tbs(
        signer.authority(), Marks(number=7), this_update=NOW, next_update=until, entries=[]
    )
    assert signer.sign_crl(tbs) == signer.sign_crl(tbs)


def test_an_answer_is_signed_by_the_key_in_the_token(env, signer):
    authority = signer.authority()
    single = single_response(
        cert_id(authority, 5),
        Status(state=State.UNKNOWN),
        this_update=NOW,
        next_update=NOW + env.firm.status.ocsp_validity,
    )
    tbs = response_data(authority, [single], produced_at=NOW)
    assert signature_holds(authority.ocsp.fields.spki, signer.sign_ocsp(tbs), tbs)


def test_no_key_of_the_ca_is_a_file(signer):
    assert not signer.places.issuing_key.exists()
    assert not signer.places.ocsp_key.exists()
    assert signer.places.mail_key.exists()


def test_ping_tells_when_the_token_is_gone(env):
    signer = signer_in_hsm(env.firm, env.clock, token("pinged"))
    signer.ping()
    with taken_out("pinged"), pytest.raises(SignerUnavailable, match="pinged"):
        signer.ping()


def _renewal(env, signer: LocalSigner) -> Renewal:
    return Renewal(
        places=signer.places,
        firm=env.firm,
        base_url=BASE_URL,
        clock=env.clock,
        dice=env.dice,
        keys=signer.keys,
        ledger=signer.ledger,
    )


def test_renewal_without_the_token_leaves_the_old_certificates_and_goes_on_looking(env, clock):
    signer = signer_in_hsm(env.firm, env.clock, token("renewing"))
    clock.move(SERVICE_LIFE * 0.7)
    before = signer.authority().ocsp_der
    with taken_out("renewing"):
        assert _renewal(env, signer).look() == ()
    assert signer.authority().ocsp_der == before


def test_the_services_renew_under_the_key_in_the_token(env, signer, clock):
    clock.move(SERVICE_LIFE * 0.7)
    assert _renewal(env, signer).look() == ("ocsp", "mail")
    issuing = x509.load_der_x509_certificate(signer.authority().issuing_der)
    x509.load_der_x509_certificate(signer.authority().ocsp_der).verify_directly_issued_by(issuing)


# --- the record of signatures


def test_signatures_are_kept_as_long_as_an_intention_may_be_repeated(tmp_path):
    path, drawn = tmp_path / "ledger", iter(range(100))
    ledger = Ledger(path)

    def sign() -> bytes:
        return b"%d" % next(drawn)

    assert ledger.keep_signature(b"a", sign, NOW) == b"0"
    assert ledger.keep_signature(b"b", sign, NOW + timedelta(days=8)) == b"1"
    assert ledger.keep_signature(b"a", sign, NOW + timedelta(days=8)) == b"0"
    ledger.keep_signature(b"c", sign, NOW + timedelta(days=8, seconds=1))
    assert ledger.keep_signature(b"a", sign, NOW + timedelta(days=9)) == b"3"
    ledger.close()
    assert [entry.kind for entry in read_ledger(path)] == ["signature"] * 4
    again = Ledger(path)
    assert again.keep_signature(b"c", sign, NOW + timedelta(days=9)) == b"2"


def test_what_could_not_be_signed_is_not_recorded_as_signed(tmp_path):
    ledger = Ledger(tmp_path / "ledger")

    def fail() -> bytes:
        raise SignerUnavailable

    with pytest.raises(SignerUnavailable):
        ledger.keep_signature(b"a", fail, NOW)
    assert ledger.keep_signature(b"a", lambda: b"later", NOW) == b"later"
