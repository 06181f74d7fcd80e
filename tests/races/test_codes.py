"""Many guesses, many right codes, a resend beside them: counted one by one."""

from collections import Counter
from functools import partial

import pytest

from cinnabar.codes.actions.ask import ask
from cinnabar.codes.actions.spend import attempt
from cinnabar.codes.models import Code
from cinnabar.codes.rules import Verdict
from cinnabar.flows.actions.code import try_code
from cinnabar.flows.kinds import ProofKind
from cinnabar.flows.models import Proof
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal
from cinnabar.kernel.secrets import Digits
from tests.codes.test_ask import digits, errand
from tests.support.centre import Customer
from tests.support.crowd import at_once
from tests.support.people import visit

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

HERE = "203.0.113.7"


def test_of_fifty_parallel_guesses_exactly_three_are_evaluated(env, ming):
    env.dice.load(digits(env, "5523"))
    ask(env, errand(ming))
    wrong = Digits(digits(env, "0001"))
    guesses = [partial(attempt, env, errand(ming), wrong, address=HERE)] * 50
    verdicts = Counter(found.verdict for found in at_once(*guesses))
    assert verdicts == {Verdict.WRONG: 2, Verdict.CLOSED: 48}
    assert Code.objects.get().tries == 3
    evaluated = Entry.objects.filter(event__in=[Event.CODE_WRONG, Event.CODE_EXHAUSTED])
    assert evaluated.count() == 3


def test_of_fifty_parallel_right_codes_one_is_accepted(env, ming):
    """COD-03, incident 5."""
    customer = Customer(env, visit(env, ming))
    flow = customer.open()
    customer.present(flow)
    env.dice.load(digits(env, "5523"))
    from cinnabar.flows.actions.code import ask_code

    ask_code(env, customer.visitor, flow)
    right = [partial(try_code, env, customer.visitor, flow, digits(env, "5523"))] * 50
    verdicts = Counter(found.verdict for found in at_once(*right))
    assert verdicts[Verdict.ACCEPTED] == 1
    assert Proof.objects.filter(kind=ProofKind.CODE).count() == 1
    assert Entry.objects.filter(event=Event.CODE_ACCEPTED).count() == 1


def test_many_requests_send_one_code(env, ming):
    """COD-09: the others are told to wait."""
    answers = at_once(*[partial(ask, env, errand(ming))] * 12)
    assert answers.count(Refusal.CODE_TOO_SOON) == 11
    assert Code.objects.count() == 1


def test_a_resend_beside_a_try_never_leaves_two_open_codes(env, clock, ming):
    """The old code is accepted before the resend or not at all."""
    for _ in range(env.firm.code.max_per_day - 1):
        Code.objects.all().delete()
        env.dice.load(digits(env, "5523"))
        ask(env, errand(ming))
        clock.move(seconds=60)
        env.dice.load(digits(env, "1111"))
        typed = Digits(digits(env, "5523"))
        at_once(
            partial(ask, env, errand(ming)),
            partial(attempt, env, errand(ming), typed, address=HERE),
        )
        assert Code.objects.filter(state=Code.OPEN).count() == 1
        assert Code.objects.filter(state=Code.DEAD).count() == 1
        clock.move(seconds=60)
        Code.objects.all().delete()
        from cinnabar.limits.models import Tally

        Tally.objects.all().delete()
