"""The second stage at many hands at once: one code, one session; a guess is a try wherever made."""

from collections import Counter
from functools import partial

import pytest

from cinnabar.codes.models import Code
from cinnabar.kernel.refusal import Refusal
from cinnabar.login.models import Session
from cinnabar.login.opening import SignedIn
from cinnabar.login.stages import second
from tests.support.crowd import at_once
from tests.support.second import Visit, asking, code, codes, other

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def env(env):
    return asking(env)


def told(answers):
    return Counter("in" if isinstance(found, SignedIn) else found for found in answers)


def test_of_twenty_right_codes_at_once_one_opens_one_session(env, ming):
    """Incident 5, COD-03."""
    at = Visit(env, ming.identifier).type().ask()
    right = partial(at.enter, code(env))
    answers = told(at_once(*[right] * 20))
    assert answers["in"] == 1
    assert set(answers) <= {
        "in",
        Refusal.SIGN_IN_CODE_CLOSED,
        Refusal.SIGN_IN_OVER,
        Refusal.SIGN_IN_CODE_WRONG,
        Refusal.BUSY,
    }
    assert Session.objects.count() == 1


def test_of_fifty_parallel_guesses_three_are_tried(env, ming):
    """COD-06, incident 4."""
    at = Visit(env, ming.identifier).type().ask()
    right = code(env)
    at_once(*[partial(at.enter, other(right))] * 50)
    assert Code.objects.get().tries == env.firm.sign_in_code.max_wrong
    assert not Session.objects.exists()


def test_many_half_sign_ins_at_once_have_one_code_and_its_tries(env, ming):
    """AuthQuake, incident 7: parallel visits are no more tries, and no more messages."""
    visits = [Visit(env, ming.identifier, at=f"{n:064}").type() for n in range(10)]
    asked = at_once(*[partial(visit.ask) for visit in visits])
    assert sum(isinstance(found, Visit) for found in asked) == 1
    assert len(codes(env)) == 1
    right = code(env)
    at_once(*[partial(visit.enter, other(right)) for visit in visits for _ in "123"])
    assert Code.objects.get().tries == env.firm.sign_in_code.max_wrong


def test_a_code_and_leaving_at_once_end_well_either_way(env, ming):
    at = Visit(env, ming.identifier).type().ask()
    leave = partial(second.leave, env, at.stranger, at.flow)
    answers = told(at_once(partial(at.enter, code(env)), leave))
    assert Session.objects.count() == answers["in"]
