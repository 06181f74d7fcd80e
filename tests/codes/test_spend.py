"""Trying a certificate code."""

import pytest

from cinnabar.codes.actions.ask import ask
from cinnabar.codes.actions.spend import attempt, consume
from cinnabar.codes.models import Code, Streak
from cinnabar.codes.rules import ADDRESS_WRONG, WRONG, Verdict
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.secrets import Digits
from cinnabar.limits import actions as limits
from tests.codes.test_ask import digits, errand

HERE = "203.0.113.7"


@pytest.fixture
def code(env, ming):
    """5523, sent to ming for his application."""
    env.dice.load(digits(env, "5523"))
    ask(env, errand(ming))
    return errand(ming)


def tries(env, code, *typed):
    return [attempt(env, code, Digits(digits(env, one)), address=HERE).verdict for one in typed]


def test_third_wrong_try_kills_the_code_even_if_the_fourth_is_right(env, code):
    """COD-06."""
    verdicts = tries(env, code, "0000", "1111", "2222", "5523")
    assert verdicts == [Verdict.WRONG, Verdict.WRONG, Verdict.CLOSED, Verdict.CLOSED]
    assert Code.objects.get().tries == 3
    assert Entry.objects.filter(event=Event.CODE_EXHAUSTED).count() == 1


def test_a_right_code_is_accepted_once(env, code):
    """COD-03."""
    found = attempt(env, code, Digits(digits(env, "5523")), address=HERE)
    assert found.verdict is Verdict.ACCEPTED
    assert found.code is not None
    assert consume(env, code, found.code, address=HERE)
    assert not consume(env, code, found.code, address=HERE)
    assert tries(env, code, "5523") == [Verdict.CLOSED]


def test_a_right_code_gives_back_what_its_try_reserved(env, code, ming):
    tries(env, code, "0000")
    found = attempt(env, code, Digits(digits(env, "5523")), address=HERE)
    assert found.code is not None
    consume(env, code, found.code, address=HERE)
    assert limits.count(env, WRONG, str(ming.id)) == 1
    assert limits.count(env, ADDRESS_WRONG, HERE) == 1
    assert Streak.objects.get(pk=ming.id).wrong == 0


def test_g15_it_lives_three_hundred_seconds(env, clock, code):
    clock.move(seconds=299)
    assert tries(env, code, "1111") == [Verdict.WRONG]
    clock.move(seconds=2)
    assert tries(env, code, "5523") == [Verdict.CLOSED]


def test_g14_it_is_typed_with_its_zero(env, clock, ming):
    env.dice.load("0902".rjust(env.firm.code.length, "0"))
    ask(env, errand(ming))
    short = attempt(env, errand(ming), Digits("902"), address=HERE)
    assert short.verdict is Verdict.MALFORMED
    assert Code.objects.get().tries == 0
    assert tries(env, errand(ming), "0902") == [Verdict.ACCEPTED]


@pytest.mark.parametrize("elsewhere", [{"purpose": "revoke"}, {"flow": "f2"}, {"target": "t2"}])
def test_it_is_good_for_its_own_act_only(env, code, ming, elsewhere):
    """COD-05."""
    assert tries(env, errand(ming, **elsewhere), "5523") == [Verdict.CLOSED]


def test_another_customer_cannot_use_it(env, code, mei):
    assert tries(env, errand(mei), "5523") == [Verdict.CLOSED]


def test_it_rests_as_a_keyed_hash_only(env, code):
    """COD-11."""
    row = Code.objects.get()
    assert digits(env, "5523") not in repr(vars(row))


def test_an_address_that_guesses_too_much_is_not_compared(env, code):
    from cinnabar.limits.models import Tally

    Tally.objects.create(
        what=ADDRESS_WRONG,
        whom=HERE,
        day=limits.firm_day(env),
        n=env.firm.code.address_wrong_per_day,
    )
    assert tries(env, code, "5523") == [Verdict.LIMIT]
    assert Code.objects.get().tries == 0
    elsewhere = attempt(env, code, Digits(digits(env, "5523")), address="198.51.100.1")
    assert elsewhere.verdict is Verdict.ACCEPTED


def test_the_firms_budget_raises_its_alarm_once(env, code, ming):
    from cinnabar.limits.models import Tally

    Tally.objects.create(
        what=WRONG, whom="", day=limits.firm_day(env), n=env.firm.code.firm_alarm_at - 1
    )
    tries(env, code, "0000", "1111")
    assert Entry.objects.filter(event=Event.CODE_BUDGET_ALARM).count() == 1
