"""A push service, browsers that subscribe at it, and a reason to wake them."""

import base64

import pytest
from django.db import transaction

from cinnabar.messages.push import keys, subscriptions
from cinnabar.messages.push.subscriptions import Place
from tests.messages.push.hands import LIFE
from tests.support.push import HOST, PushTwin, waking


@pytest.fixture
def env(env):
    return waking(env)


@pytest.fixture
def twin(clock):
    with PushTwin(clock) as service:
        yield service


@pytest.fixture
def subscribe(env, ming, twin):
    """Let a browser subscribe for a token; give the browser."""
    keys.upkeep(env)

    def act(name="phone", token="token-1", key=None):
        browser = twin.browser(name)
        said = browser.place(key or keys.newest(env))
        point, auth = (base64.b64decode(said[one]) for one in ("p256dh", "auth"))
        place = Place(endpoint=said["endpoint"], point=point, auth=auth, key=said["key"])
        assert subscriptions.check(env, place) == HOST
        with transaction.atomic():
            subscriptions.keep(env, ming.id, token, place)
        return browser

    return act


@pytest.fixture
def wake(env, ming):
    def act(key="approval:1", tokens=("token-1",)):
        until = env.clock.now() + LIFE
        whose = {"customer_id": ming.id, "subject": ming.subject}
        with transaction.atomic():
            return subscriptions.wake(env, tokens, **whose, key=key, expires_at=until)

    return act
