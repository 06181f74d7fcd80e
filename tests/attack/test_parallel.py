"""Many sessions, many half sign-ins: one account has one day's tries (incident 7, COD-08)."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from cinnabar.codes.actions.ask import ask
from cinnabar.codes.actions.spend import attempt
from cinnabar.codes.models import Code
from cinnabar.codes.rules import Verdict
from cinnabar.firm import load_firm
from cinnabar.firm.attacks import account_tries, attacks
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Digits
from tests.attack.crowds import people
from tests.attack.test_spraying import told
from tests.codes.test_ask import errand
from tests.support.crowd import at_once
from tests.support.place import FIRM

pytestmark = pytest.mark.django_db

KINDS = {"sign-in": "sign-in code", "step-up": "sign-in code"}
if load_firm(FIRM).offers_certificates:
    KINDS["apply"] = "certificate code"


@pytest.fixture
def env(env):
    """The firm of this run; addresses are told apart elsewhere."""
    code = replace(env.firm.code, destination_per_day=1000)
    return replace(env, firm=replace(env.firm, code=code))


def making(env, purpose):
    return env.firm.code if purpose == "apply" else env.firm.sign_in_code


def guessed(env, clock, ming, purposes, sessions):
    """Guess three times in each of many sessions; return how many guesses were compared."""
    compared = 0
    for n in range(sessions):
        purpose = purposes[n % len(purposes)]
        one = errand(ming, purpose=purpose, flow=f"half-{n}", target=f"session-{n}")
        length = making(env, purpose).length
        env.dice.load("5" * length)
        try:
            ask(env, one)
        except Refused as no:
            assert no.refusal in {Refusal.CODE_DAY_LIMIT, Refusal.CODE_DISABLED}  # noqa: PT017
            env.dice.text("0", 1)
            continue
        for guess in "012":
            tried = attempt(env, one, Digits(guess * length), address=f"198.51.{n}.1")
            compared += tried.verdict is not Verdict.LIMIT
        clock.move(seconds=120)
    return compared


@pytest.mark.parametrize("purpose", KINDS)
def test_sixty_sessions_get_the_tries_that_the_firm_file_says(env, clock, ming, purpose):
    said = {(one.name, one.by): one.tries for one in attacks(env.firm)}
    tries = said[f"many sessions, {KINDS[purpose]}", "one account, a day"]
    assert guessed(env, clock, ming, [purpose], 60) == tries
    assert tries == account_tries(env.firm, making(env, purpose))


def test_taking_turns_with_the_kinds_of_codes_buys_nothing(env, clock, ming):
    most = env.firm.code.max_wrong_per_day
    assert guessed(env, clock, ming, list(KINDS), 60) == most


def test_day_after_day_it_ends_at_the_run_of_wrong_ones(env, clock, ming):
    total = 0
    for _ in range(5):
        total += guessed(env, clock, ming, ["sign-in"], 10)
        clock.move(seconds=24 * 3600)
    # The last code may be tried to its end.
    assert total < env.firm.code.max_wrong_in_a_row + env.firm.sign_in_code.max_wrong


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_meet_what_is_left_of_the_day(env, ming):
    """Two are left: whichever sessions they come from, two are compared."""
    from cinnabar.codes import rules
    from cinnabar.limits import actions as limits

    whom = str(ming.id)
    for _ in range(env.firm.code.max_wrong_per_day - 2):
        limits.take(env, rules.WRONG, whom, limit=1000)
    one = errand(ming, purpose="sign-in", flow="half", target="visit")
    env.dice.load("555555")
    ask(env, one)
    guesses = [
        partial(attempt, env, one, Digits("000000"), address=f"198.51.{n}.1") for n in range(20)
    ]
    found = Counter(tried.verdict for tried in at_once(*guesses))
    assert found == {Verdict.WRONG: 2, Verdict.LIMIT: 18}


def test_right_passwords_with_wrong_codes_are_told_when_they_are_many(env, clock):
    """LCK-08: each of them is a password in wrong hands."""
    env = replace(env, firm=replace(env.firm, guard=replace(env.firm.guard, halves_alarm_at=3)))
    for one in people(env, 110, 4):
        guessed(env, clock, one, ["sign-in"], 1)
    assert ("halves", 3) in told()
    for one in people(env, 120, 4):
        guessed(env, clock, one, ["apply"], 1)
    assert len([scope for scope, _ in told() if scope == "halves"]) == 1


def test_a_second_half_sign_in_ends_the_code_of_the_first(env, clock, ming):
    first = errand(ming, purpose="sign-in", flow="half-1", target="visit-1")
    second = errand(ming, purpose="sign-in", flow="half-2", target="visit-2")
    env.dice.load("555555", "666666")
    ask(env, first)
    with pytest.raises(Refused) as refused:
        ask(env, second)
    assert refused.value.refusal is Refusal.CODE_TOO_SOON
    clock.move(seconds=60)
    ask(env, second)
    tried = attempt(env, first, Digits("555555"), address="::1")
    assert tried.verdict is Verdict.CLOSED
    assert Code.objects.filter(state=Code.OPEN).count() == 1
