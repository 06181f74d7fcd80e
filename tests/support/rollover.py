"""The next generation of an installation's CA, signed by its root as people would."""

from datetime import datetime, timedelta

from cinnabar.firm import Firm
from cinnabar.kernel.clock import Clock
from cinnabar.kernel.dice import SystemDice
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.files import Places
from cinnabar.signer.hsm import TokenAddress
from cinnabar.signer.requests import Answer, read_wish
from cinnabar.signer.rollover import Adopted, adopt_generation, request_generation
from cinnabar.signer.root import open_root, sign_wish
from tests.support.authority import BASE_URL, MADE_AT, PASSPHRASE, rules, signer


def answer_of(places: Places, pem: bytes, now: datetime) -> Answer:
    """Return what the root in `places` answers to a request."""
    certificate, key = places.certificate("root").read_bytes(), places.root_key.read_bytes()
    root = open_root(certificate, key, PASSPHRASE)
    return sign_wish(read_wish(pem), root, SystemDice(), now)


def adopt(places: Places, firm: Firm, answer: Answer, now: datetime) -> Adopted:
    """Put an answer in place."""
    return adopt_generation(places.data, firm, SystemDice(), answer, base_url=BASE_URL, now=now)


def roll_over(
    places: Places, firm: Firm, now: datetime, *, token: TokenAddress | None = None
) -> Adopted:
    """Take the three steps; the signer must not be open."""
    asked = request_generation(places.data, firm, SystemDice(), base_url=BASE_URL, token=token)
    return adopt(places, firm, answer_of(places, asked.pem, now), now)


def signer_of_two(firm: Firm, clock: Clock, token: TokenAddress | None = None) -> LocalSigner:
    """Return a signer of a CA in its second generation, both in date; `token` has the second."""
    first = signer(firm, clock)
    first.close()
    roll_over(first.places, firm, MADE_AT + timedelta(days=10), token=token)
    return open_signer(first.places, rules(firm), clock)
