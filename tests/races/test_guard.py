"""Parallel guesses at many accounts from one address, and one answer handed in by many."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.identifiers import is_national_id
from cinnabar.kernel.refusal import Refusal
from cinnabar.kernel.secrets import Password
from cinnabar.limits import guard
from cinnabar.limits.models import Tally
from cinnabar.login.opening import SignedIn
from cinnabar.robots.actions import make, spend
from tests.support.crowd import at_once
from tests.support.people import PASSWORD
from tests.support.robots import solved
from tests.support.signing import sign_in

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

HERE = "203.0.113.7"


def strangers(count):
    """Return identifiers of nobody in particular."""
    numbers = (f"A1{n:08d}" for n in range(10 * count + 10))
    return [number for number in numbers if is_national_id(number)][:count]


def allowing(env, tries):
    login = replace(env.firm.login, per_address_wrong_per_day=tries)
    return replace(env, firm=replace(env.firm, login=login))


def test_of_fifty_parallel_guesses_at_fifty_accounts_the_limit_is_evaluated(env, ming):
    """LCK-08: no account is tried twice, and still no more than the address may try."""
    tight = allowing(env, 5)
    guesses = [
        partial(sign_in, tight, typed, Password("demo9999"), address=HERE)
        for typed in strangers(50)
    ]
    answers = Counter(at_once(*guesses))
    assert set(answers) <= {Refusal.SIGN_IN_FAILED, Refusal.TOO_MANY_TRIES, Refusal.BUSY}
    assert answers[Refusal.SIGN_IN_FAILED] <= 5
    failed = Entry.objects.filter(event=Event.SIGN_IN_FAILED).count()
    assert failed == answers[Refusal.SIGN_IN_FAILED] == guard.wrong_today(tight)["sign-in"]
    assert Tally.objects.get(what="sign-in-wrong-address", whom=HERE).n == failed


def test_parallel_right_sign_ins_leave_no_count(env, ming, mei):
    people = ["A123456789", "B223456782"] * 8
    answers = Counter(
        "in" if isinstance(found, SignedIn) else found
        for found in at_once(
            *[partial(sign_in, env, who, PASSWORD, address=HERE) for who in people]
        )
    )
    assert answers["in"] >= 1
    assert set(answers) <= {"in", Refusal.BUSY, Refusal.SIGN_IN_OVER}
    assert set(Tally.objects.values_list("n", flat=True)) == {0}


def test_of_ten_who_hand_in_the_same_answer_one_passes(env):
    """Single use, whoever is first."""
    answer = solved(make(env, "sign-in", "a" * 64, risky=False))
    hand_in = partial(spend, env, "sign-in", "a" * 64, answer)
    assert Counter(at_once(*[hand_in] * 10)) == {None: 1, Refusal.ROBOT_CHECK_VOID: 9}
