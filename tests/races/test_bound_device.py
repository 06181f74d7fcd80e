"""The door of a bound device under many hands: a statement counts once, whoever stops it wins."""

from functools import partial

import pytest
from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal
from cinnabar.login import devices, sessions
from cinnabar.login.actions import Half, sign_in
from cinnabar.login.models import Session
from cinnabar.login.soft import bound_device, bound_factor
from cinnabar.login.soft.bound_device import Browser
from cinnabar.tokens.soft import actions, proving
from tests.support.bound import bound_here, with_token
from tests.support.crowd import at_once
from tests.support.people import PASSWORD
from tests.support.second import asking
from tests.support.signing import sign_in as sign_in_whole
from tests.support.soft import PIN, row

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

HERE = Stranger(visit="a" * 64, address="203.0.113.7", channel="mobile")


@pytest.fixture
def env(env):
    return asking(with_token(env), methods=("sms", "soft-token"))


@pytest.fixture
def before(env, ming):
    return sign_in_whole(env, ming.identifier, PASSWORD, address=HERE.address)


@pytest.fixture
def app(env, ming, before):
    return bound_here(env, ming.id, before)


@pytest.fixture
def browser(before):
    return Browser(stranger=HERE, device=before.device)


def stated(env, app, purpose=bound_device.PURPOSE, data=None, pin=PIN):
    challenge = proving.challenge(env, proving.bearer(HERE.visit))
    return app.sign(purpose, challenge, data, typed=pin)


def open_ones():
    return Session.objects.filter(channel="mobile", ended_at=None).count()


def test_one_statement_sent_ten_times_opens_one_session(env, app, browser):
    signed = stated(env, app)
    found = at_once(*[partial(bound_device.by_pin, env, browser, signed)] * 10)
    assert found.count(Refusal.TOKEN_NOT_PROVED) == 9, found
    assert open_ones() == 1
    assert row(app).wrong == 0


def test_ten_sign_ins_of_one_device_at_once_all_come_to_an_end(env, app, browser):
    """Two tabs are let in; a third finds its cookie replaced, and nobody waits for another."""
    statements = [stated(env, app) for _ in range(4)]
    acts = [partial(bound_device.by_pin, env, browser, one) for one in statements]
    found = at_once(*acts)
    allowed = {Refusal.BOUND_DEVICE_REFUSED, Refusal.TOO_FAST, Refusal.TOKEN_BUSY}
    assert {one for one in found if isinstance(one, Refusal)} <= allowed, found
    assert open_ones() >= 1
    assert row(app).wrong == 0


def test_one_key_after_one_password_opens_one_session(env, ming, before, app):
    come = sign_in(env, HERE, ming.identifier, PASSWORD, device=before.device)
    assert isinstance(come, Half)
    data = {"flow": come.flow}
    statements = [stated(env, app, bound_factor.SECOND, data, None) for _ in range(6)]
    acts = [
        partial(bound_factor.sign_in, env, HERE, come.flow, one, before.device)
        for one in statements
    ]
    found = at_once(*acts)
    assert sum(not isinstance(one, Refusal) for one in found) == 1, found
    assert open_ones() == 1


def test_beside_a_lost_device_being_stopped_no_session_stays(env, ming, app, browser):
    """Whoever suspends the token and ends its sessions finds what came in before, or is found."""
    signed = stated(env, app)

    def stop():
        with transaction.atomic():
            lock_customer(ming.id)
            actions.suspend(env, row(app).id, "lost")
            devices.end_all(env, ming.id)
            sessions.end_all(env, ming.id)

    at_once(partial(bound_device.by_pin, env, browser, signed), stop)
    assert open_ones() == 0
