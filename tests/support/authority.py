"""A real CA for tests, made once a run; each world signs with a ledger of its own."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.firm import Firm
from cinnabar.kernel.clock import Clock
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.keys import spki_of
from cinnabar.signer.ca_certificates import (
    Draft,
    Issuer,
    issuing_certificate,
    issuing_name,
    ocsp_certificate,
)
from cinnabar.signer.ceremony import init_authority
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.files import Places
from cinnabar.signer.guard import Rules
from cinnabar.signer.hsm import TokenAddress
from cinnabar.signer.keys import new_key, private_pem, write_private
from cinnabar.signer.locked_key import unlock
from cinnabar.signer.protocol import Authority, Signer, SignerUnavailable
from tests.support.place import DATA

BASE_URL = "http://127.0.0.1:8000"
PASSPHRASE = Secret("a passphrase for tests only")
MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)


@cache
def _made_for(firm: Firm) -> Path:
    place = Path(tempfile.mkdtemp(prefix="ca-", dir=DATA))
    init_authority(
        place,
        firm,
        SystemDice(),
        root_passphrase=PASSPHRASE,
        base_url=BASE_URL,
        now=MADE_AT,
        rounds=1000,
    )
    return place


def signer(firm: Firm, clock: Clock) -> LocalSigner:
    """Return a signer in the process, over keys of this run and an empty ledger."""
    place = Path(tempfile.mkdtemp(prefix="signer-", dir=DATA))
    shutil.copytree(_made_for(firm), place, dirs_exist_ok=True)
    places = Places(place)
    return open_signer(places, rules(firm), clock)


def signer_in_hsm(firm: Firm, clock: Clock, token: TokenAddress) -> LocalSigner:
    """Return such a signer over a CA of its own whose keys are in `token`."""
    place = Path(tempfile.mkdtemp(prefix="hsm-", dir=DATA))
    made = init_authority(
        place,
        firm,
        SystemDice(),
        root_passphrase=PASSPHRASE,
        base_url=BASE_URL,
        now=MADE_AT,
        token=token,
        rounds=1000,
    )
    return open_signer(made.places, rules(firm), clock)


def signer_of_two(firm: Firm, clock: Clock) -> LocalSigner:
    """Return such a signer in its second generation, both in date."""
    first = signer(firm, clock)
    first.close()
    places = first.places
    add_generation(places, firm, now=MADE_AT + timedelta(days=10))
    return open_signer(places, rules(firm), clock)


def add_generation(places: Places, firm: Firm, *, now: datetime) -> None:
    """Make the second generation of a CA whose root's key is at hand."""
    own = places.generation(2)
    root_key = unlock(places.root_key.read_bytes(), PASSPHRASE)
    root = x509.load_pem_x509_certificate(places.certificate("root").read_bytes())
    keys = new_key(), new_key()
    above = [
        Draft(firm=firm, serial=SystemDice().serial(), now=now, spki=spki_of(key.public_key()))
        for key in keys
    ]
    top = Issuer(certificate=root, key=root_key)
    issuing = issuing_certificate(above[0], issuing_name(firm, 2), top, BASE_URL)
    ocsp = ocsp_certificate(above[1], Issuer(certificate=issuing, key=keys[0]), BASE_URL)
    for folder in (own.private, own.public):
        folder.mkdir()
    write_private(own.issuing_key, private_pem(keys[0]))
    write_private(own.ocsp_key, private_pem(keys[1]))
    own.ocsp_certificate.write_bytes(ocsp.public_bytes(Encoding.PEM))
    own.issuing_certificate.write_bytes(issuing.public_bytes(Encoding.PEM))


class AwaySigner:
    """A signer whose process is gone: it is known, and signs nothing."""

    def __init__(self, known: Signer) -> None:
        self._known = known

    def authority(self) -> Authority:
        return self._known.authority()

    def authorities(self) -> tuple[Authority, ...]:
        return self._known.authorities()

    def ping(self) -> None:
        raise SignerUnavailable

    def sign_certificate(self, tbs: bytes) -> bytes:
        del tbs
        raise SignerUnavailable

    def sign_crl(self, tbs: bytes) -> bytes:
        del tbs
        raise SignerUnavailable

    def sign_ocsp(self, tbs: bytes) -> bytes:
        del tbs
        raise SignerUnavailable


def rules(firm: Firm) -> Rules:
    """Return what the signer holds callers to."""
    return Rules(certificate=firm.certificate, status=firm.status, base_url=BASE_URL)
