"""The order line at the machine face, with its key registered."""

import pytest

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.faces.machine import callers
from cinnabar.faces.machine.door import Door
from cinnabar.faces.machine.ivr import voice_app
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.kinds import PasswordKind
from tests.support import voice_line
from tests.support.voice_line import VoiceLine

DIGITS = "73519284"
"""A voice password by the rules of every shipped firm."""

NEW = "50617283"
"""Another one."""

PROXY = "192.0.2.1"
MING = "A123456789"


@pytest.fixture
def line(env: Env, db: None, tmp_path) -> VoiceLine:
    """A line that may ask, by a key."""
    path = tmp_path / callers.FILE
    known = callers.caller(
        "voice-line", voice_line.public_pem(voice_line.ed25519()), env.clock.now()
    )
    callers.write(path, [known])
    return VoiceLine(voice_app(env, door_of(tmp_path, env.clock)), env.clock)


def give(env: Env, customer: CustomerView, digits: str = DIGITS, *accounts: int | None) -> None:
    """Give the customer, or some of his accounts, a voice password."""
    kind, whose = PasswordKind.VOICE, accounts or (None,)
    set_password(env, customer.id, Password(digits), kind=kind, accounts=whose)


def door_of(folder, clock) -> Door:
    """Return a door that opens by the callers in `folder`."""
    return Door(callers=callers.Callers(folder / callers.FILE), trusted=(PROXY,), clock=clock)


def verdict(said) -> str:
    assert said.status == 200, said.body
    assert said.headers["Cache-Control"] == "no-store"
    return said.json()["verdict"]


def name(said) -> str:
    """Return what a refusal is called."""
    assert said.headers["Content-Type"] == "application/problem+json"
    assert said.headers["Content-Length"] == str(len(said.body))
    return said.json()["type"].removeprefix("urn:cinnabar:")


def wrong(line: VoiceLine, times: int, *, first: int = 0, who: str = MING) -> None:
    for n in range(first, first + times):
        assert verdict(line.verify(f"wrong-{n}", "11111111", identifier=who)) == "wrong"
