"""Parallel sign-ins: guesses are counted, right ones lock nobody."""

from collections import Counter
from functools import partial

import pytest

from cinnabar.kernel.refusal import Refusal
from cinnabar.kernel.secrets import Password
from cinnabar.login.actions import SignedIn, sign_in
from cinnabar.passwords.models import Lock
from tests.support.crowd import at_once
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_of_a_hundred_parallel_guesses_no_more_than_the_limit_are_evaluated(env, ming):
    """LCK-01, incident 4."""
    guess = partial(sign_in, env, "A123456789", Password("demo9999"), address="203.0.113.7")
    at_once(*[guess] * 50)
    at_once(*[guess] * 50)
    lock = Lock.objects.get()
    assert lock.wrong == env.firm.login.max_wrong
    assert lock.locked_at is not None
    assert lock.in_flight == 0


def test_parallel_right_sign_ins_lock_nobody(env, ming):
    right = partial(sign_in, env, "A123456789", PASSWORD, address="203.0.113.7")
    answers = Counter(
        "in" if isinstance(found, SignedIn) else found for found in at_once(*[right] * 30)
    )
    assert answers["in"] >= 1
    assert set(answers) <= {"in", Refusal.BUSY}
    lock = Lock.objects.get()
    assert (lock.wrong, lock.in_flight, lock.locked_at) == (0, 0, None)
