"""The world of a test: a clock that stands, loaded dice, a real signer, cheap hashing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cinnabar.config import compose
from cinnabar.config.demo_people import demo_customers
from cinnabar.env import Env
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm import Firm, load_firm
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.hashing import Argon2Hasher
from cinnabar.kernel.vault import Vault, new_keyring
from tests.support.authority import signer as signer_of
from tests.support.place import FIRM

TEN_IN_TAIPEI = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Friday 20 November 2026, 10:00 in Taipei."""

RING = new_keyring(LoadedDice(7))
HASHER = Argon2Hasher("test", RING.pepper)


def unhurried(firm: Firm) -> Firm:
    """Return the firm without the wait after wrong tries: the clock of a test stands.

    The wait has tests of its own, `tests/attack/test_waiting.py`.
    """
    return replace(firm, guard=replace(firm.guard, delay_after=100_000))


def make_env(*, firm: Firm | None = None, clock: FrozenClock | None = None, seed: int = 0) -> Env:
    """Return a world of its own."""
    firm = firm or unhurried(load_firm(FIRM))
    clock = clock or FrozenClock(TEN_IN_TAIPEI)
    dice = LoadedDice(seed)
    return Env(
        clock=clock,
        dice=dice,
        vault=Vault(RING, LoadedDice(seed + 1)),
        hasher=HASHER,
        firm=firm,
        signer=signer_of(firm, clock),
        base_url="http://127.0.0.1:8000",
    )


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(TEN_IN_TAIPEI)


@pytest.fixture
def env(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Env:
    """The world; pages answered in this process live in it too."""
    made = make_env(clock=clock)
    web = WebOptions(is_demo=True, demo=demo_customers(made.firm))
    here = compose.World(env=made, web=web)
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made
