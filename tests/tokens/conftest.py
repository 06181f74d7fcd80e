"""A world at a domain, whose firm offers passkeys."""

import pytest

from cinnabar.login import passkeys
from tests.support.passkeys import Device, stepped_up, with_passkeys
from tests.support.people import visit


@pytest.fixture
def env(env):
    return with_passkeys(env)


@pytest.fixture
def device():
    return Device()


@pytest.fixture
def visitor(env, ming):
    """王小明, signed in and stepped up by SMS."""
    return stepped_up(env, visit(env, ming))


@pytest.fixture
def register(env, visitor, device):
    """Make a passkey with the device and store it; give its id."""

    def act(name="我的手機", who=None, with_device=None):
        whose, chosen = who or visitor, with_device or device
        return passkeys.register(env, whose, chosen.make(passkeys.begin(env, whose)), name)

    return act
