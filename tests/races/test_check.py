"""One challenge, many answers at once."""

from functools import partial

import pytest

from cinnabar.certificates import challenges
from cinnabar.kernel.refusal import Refusal
from tests.support.crowd import at_once
from tests.support.people import visit

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_of_twenty_answers_at_once_one_uses_the_challenge(env, ming):
    visitor = visit(env, ming)
    text = challenges.make(env, visitor)
    answers = at_once(*[partial(challenges.spend, env, visitor, text)] * 20)
    assert answers.count(None) == 1
    assert answers.count(Refusal.CHALLENGE_USED) == 19
