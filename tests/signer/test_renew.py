"""The CA's own certificates renew by themselves before anybody has to think of it."""

from datetime import timedelta

import pytest
from cryptography import x509

from cinnabar.env import Env
from cinnabar.signer.ca_certificates import SERVICE_LIFE
from cinnabar.signer.core import LocalSigner
from cinnabar.signer.files import Places
from cinnabar.signer.renewal import Renewal
from tests.support.authority import BASE_URL


@pytest.fixture
def renewal(env: Env) -> Renewal:
    assert isinstance(env.signer, LocalSigner)
    places = env.signer.places
    return Renewal(
        places=places,
        firm=env.firm,
        base_url=BASE_URL,
        clock=env.clock,
        dice=env.dice,
        keys=env.signer.keys,
        ledger=env.signer.ledger,
    )


def _read(places: Places, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(places.certificate(name).read_bytes())


def test_a_young_certificate_stays(renewal):
    before = _read(renewal.places, "ocsp")
    assert renewal.look() == ()
    assert _read(renewal.places, "ocsp") == before


@pytest.mark.parametrize("name", ["ocsp", "mail"])
def test_one_that_ages_is_renewed_with_its_key_and_recorded(renewal, clock, name):
    old = _read(renewal.places, name)
    clock.move(SERVICE_LIFE * 0.7)
    assert name in renewal.look()
    new = _read(renewal.places, name)
    assert new.public_key() == old.public_key()
    assert new.subject == old.subject
    assert new.not_valid_after_utc - old.not_valid_after_utc > SERVICE_LIFE / 2
    assert renewal.ledger.knows(new.serial_number)
    new.verify_directly_issued_by(_read(renewal.places, "issuing"))


def test_the_signer_and_its_clients_see_the_new_one_at_once(renewal, env, clock):
    before = env.signer.authority()
    clock.move(SERVICE_LIFE * 0.7)
    renewal.look()
    after = env.signer.authority()
    assert after.ocsp_der != before.ocsp_der
    assert after.ocsp_key_hash == before.ocsp_key_hash


def test_nothing_outlives_the_issuing_ca_nor_is_renewed_in_vain(renewal, env, clock):
    end = env.signer.authority().issuing_not_after
    clock.set(end - timedelta(days=30))
    assert renewal.look() == ("ocsp", "mail")
    assert _read(renewal.places, "ocsp").not_valid_after_utc <= end
    assert renewal.look() == ()


def test_one_that_cannot_be_written_is_left_and_said(renewal, clock, caplog):
    renewal.places.certificate("mail").write_text("broken")
    clock.move(SERVICE_LIFE * 0.7)
    assert renewal.look() == ("ocsp",)
    assert "mail" in caplog.text
