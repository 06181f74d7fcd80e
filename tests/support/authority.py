"""A real CA for tests, made once a run; each world signs with a ledger of its own."""

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cinnabar.firm import Firm
from cinnabar.kernel.clock import Clock
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.secrets import Secret
from cinnabar.signer.ceremony import init_authority
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.files import Places
from cinnabar.signer.guard import Rules
from cinnabar.signer.hsm import TokenAddress
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


def signer(firm: Firm, clock: Clock, *, per_minute: int = 6000) -> LocalSigner:
    """Return a signer in the process, over keys of this run and an empty ledger."""
    place = Path(tempfile.mkdtemp(prefix="signer-", dir=DATA))
    shutil.copytree(_made_for(firm), place, dirs_exist_ok=True)
    places = Places(place)
    return open_signer(places, replace(rules(firm), per_minute=per_minute), clock)


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
