"""Sessions that begin, go on and end at the same moment."""

from collections import Counter
from functools import partial

import pytest
from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.kernel.refusal import Refusal
from cinnabar.login.models import Session
from cinnabar.login.sessions import end_all
from cinnabar.login.stages import step_up
from tests.support.crowd import at_once
from tests.support.people import PASSWORD, visit
from tests.support.second import asking, code
from tests.support.signing import sign_in

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

BACK = "/account/"


def accept(env, visitor, flow_id):
    with transaction.atomic():
        return step_up.accept(env, visitor, flow_id, frozenset({"sms"}))


def end_every(env, customer_id):
    """As whoever ends all sessions does: behind the customer's lock."""
    with transaction.atomic():
        lock_customer(customer_id)
        end_all(env, customer_id)


def alive():
    return Session.objects.filter(ended_at=None).count()


def test_parallel_sign_ins_leave_no_more_sessions_than_may_be(env, ming):
    """SES-08, law 2."""
    right = partial(sign_in, env, ming.identifier, PASSWORD, address="203.0.113.7")
    for _ in range(3):
        at_once(*[right] * 8)
    assert alive() == env.firm.login.sessions_max


def test_of_ten_parallel_step_ups_one_goes_on(env, ming):
    visitor = visit(env, ming)
    flows = [step_up.begin(env, visitor, BACK).id for _ in range(2)]
    answers = Counter(
        type(found).__name__ if not isinstance(found, Refusal) else found
        for found in at_once(*[partial(accept, env, visitor, flow) for flow in flows * 5])
    )
    assert answers["SteppedUp"] == 1
    assert set(answers) <= {"SteppedUp", Refusal.FLOW_CLOSED, Refusal.SIGNED_OUT}
    assert alive() == 1


def test_no_step_up_survives_the_end_of_all_sessions(env, ming):
    """RST-08: whoever steps up at that very moment is signed out like the rest."""
    for _ in range(10):
        visitor = visit(env, ming)
        flow = step_up.begin(env, visitor, BACK).id
        at_once(partial(accept, env, visitor, flow), partial(end_every, env, ming.id))
        assert alive() == 0


def test_of_one_code_sent_in_twenty_times_at_once_one_steps_up(env, ming):
    """Incident 5."""
    env = asking(env, when="certificate-change", methods=("email", "sms", "soft-token"))
    visitor = visit(env, ming)
    flow = step_up.begin(env, visitor, BACK).id
    step_up.ask_code(env, visitor, flow, "sms")
    typed = partial(step_up.try_code, env, visitor, flow, code(env))
    answers = [type(found).__name__ for found in at_once(*[typed] * 20)]
    assert answers.count("SteppedUp") == 1
    assert alive() == 1
