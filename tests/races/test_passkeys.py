"""Passkeys under many hands: a challenge, a count and the last place are taken once."""

from functools import partial

import pytest

from cinnabar.flows.actions import steps
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal
from cinnabar.login import passkey_sign_in, passkeys
from cinnabar.login.models import Session
from cinnabar.tokens import actions, factor
from cinnabar.tokens.models import Passkey
from tests.support.crowd import at_once
from tests.support.passkeys import Device, stepped_up, with_passkeys
from tests.support.people import visit

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def env(env):
    return with_passkeys(env, alone=True, most=2)


@pytest.fixture
def visitor(env, ming):
    return stepped_up(env, visit(env, ming))


def make(env, visitor, device):
    return passkeys.register(env, visitor, device.make(passkeys.begin(env, visitor)), "x")


def test_one_answer_sent_ten_times_proves_once(env, visitor):
    device = Device()
    make(env, visitor, device)
    flow = steps.open_flow(env, visitor, FlowKind.STEP_UP).id
    answer = device.use(factor.ask(env, visitor, flow))
    found = at_once(*[partial(factor.prove, env, visitor, flow, answer, frozenset)] * 10)
    assert found.count(Refusal.PASSKEY_NOT_PROVED) == 9
    assert Passkey.objects.get().stopped_at is None


def test_of_two_who_show_the_same_count_one_is_a_copy(env, visitor):
    device = Device()
    make(env, visitor, device)
    flow = steps.open_flow(env, visitor, FlowKind.STEP_UP).id
    key, answers = device.keys[0], []
    for _ in range(2):
        key.count = 6
        answers.append(device.use(factor.ask(env, visitor, flow)))
    found = at_once(*[partial(factor.prove, env, visitor, flow, one, frozenset) for one in answers])
    assert found.count(Refusal.PASSKEY_STOPPED) == 1
    assert Passkey.objects.get().stopped_at is not None


def test_the_last_places_are_taken_once_each(env, visitor):
    devices = [Device() for _ in range(6)]
    made = [device.make(passkeys.begin(env, visitor)) for device in devices]
    found = at_once(*[partial(passkeys.register, env, visitor, one, "x") for one in made])
    assert found.count(Refusal.PASSKEY_LIMIT) == 4
    assert Passkey.objects.count() == 2


def test_signing_in_beside_this_was_not_me_opens_nothing_that_stays(env, visitor):
    """Each way round: whoever stops the passkeys also ends what they have opened."""
    from django.db import transaction

    from cinnabar.customers.locks import lock_customer
    from cinnabar.login import sessions

    device = Device()
    make(env, visitor, device)
    browsers = [Stranger(visit=f"{n:064}", address=f"203.0.113.{n}") for n in range(5)]
    answers = [device.use(passkey_sign_in.ask(env, one)) for one in browsers]

    def stop():
        with transaction.atomic():
            lock_customer(visitor.customer_id)
            actions.stop_all(env, visitor.customer_id)
            sessions.end_all(env, visitor.customer_id)

    enter = [
        partial(passkey_sign_in.sign_in, env, who, shown, device=None)
        for who, shown in zip(browsers, answers, strict=True)
    ]
    at_once(stop, *enter)
    assert not Session.objects.filter(customer_id=visitor.customer_id, ended_at=None).exists()
