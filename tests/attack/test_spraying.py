"""A few codes at each of many accounts, by somebody who has their passwords (COD-10, LCK-08)."""

import json
from dataclasses import replace

import pytest

from cinnabar.codes.actions.ask import ask
from cinnabar.codes.actions.spend import attempt
from cinnabar.codes.rules import Verdict
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.secrets import Digits
from tests.attack.crowds import people
from tests.codes.test_ask import digits, errand

pytestmark = pytest.mark.django_db

HERE = "203.0.113.7"


@pytest.fixture
def env(env):
    """A firm that takes 4 wrong codes of an address, 6 of a network; one code is told at 5."""
    code = replace(
        env.firm.code,
        address_wrong_per_day=4,
        network_wrong_per_day=6,
        same_wrong_alarm_at=5,
        firm_alarm_at=8,
        firm_tighten_at=9,
    )
    return replace(env, firm=replace(env.firm, code=code))


def sprayed(env, everybody, typed, addresses):
    """Try one code at each account, from these addresses in turn; return what became of each."""
    verdicts = []
    for one, address in zip(everybody, addresses, strict=False):
        env.dice.load(digits(env, "5523"))
        ask(env, errand(one))
        tried = attempt(env, errand(one), Digits(digits(env, typed)), address=address)
        verdicts.append(tried.verdict)
    return verdicts


def told():
    entries = Entry.objects.filter(event=Event.GUARD_ALARM).order_by("id")
    details = [json.loads(entry.payload)["details"] for entry in entries]
    return {(one["scope"], one["today"]) for one in details}


def test_one_address_is_stopped_after_its_few(env):
    verdicts = sprayed(env, people(env, 110, 7), "0001", [HERE] * 7)
    assert verdicts == [Verdict.WRONG] * 4 + [Verdict.LIMIT] * 3
    assert told() == {("code-address", 4)}


def test_a_network_is_stopped_though_each_address_keeps_below(env):
    addresses = [f"203.0.113.{n}" for n in range(8)]
    verdicts = sprayed(env, people(env, 110, 8), "0001", addresses)
    assert verdicts == [Verdict.WRONG] * 6 + [Verdict.LIMIT] * 2
    assert ("code-network", 6) in told()


def test_one_code_at_many_accounts_from_all_over_the_world_is_told(env):
    addresses = [f"198.51.{n}.1" for n in range(6)]
    sprayed(env, people(env, 110, 6), "0001", addresses)
    assert told() == {("same-code", 5)}


def test_codes_mistyped_here_and_there_are_not_told(env):
    everybody = people(env, 110, 6)
    for n, one in enumerate(everybody):
        sprayed(env, [one], f"000{n}", [f"198.51.{n}.1"])
    assert told() == set()


def test_past_the_firms_budget_codes_get_longer(env):
    everybody = people(env, 110, 10)
    addresses = [f"198.51.{n}.1" for n in range(9)]
    sprayed(env, everybody[:9], "0001", addresses)
    assert Entry.objects.filter(event=Event.CODE_BUDGET_TIGHTENED).count() == 1
    assert ask(env, errand(everybody[9])).length == env.firm.code.tightened_length


def test_what_was_typed_is_nowhere(env):
    sprayed(env, people(env, 110, 6), "0001", [f"198.51.{n}.1" for n in range(6)])
    from cinnabar.limits.models import Tally

    kept = [*Tally.objects.values_list("whom", flat=True)]
    kept += [entry.payload for entry in Entry.objects.all()]
    assert not [
        one for one in kept if digits(env, "0001") == one or f'"{digits(env, "0001")}"' in one
    ]


def test_a_right_code_gives_its_places_back(env):
    everybody = people(env, 110, 6)
    verdicts = []
    for one in everybody:
        env.dice.load(digits(env, "5523"))
        ask(env, errand(one))
        tried = attempt(env, errand(one), Digits(digits(env, "5523")), address=HERE)
        verdicts.append(tried.verdict)
        from cinnabar.codes.actions.spend import consume

        assert tried.code is not None
        assert consume(env, errand(one), tried.code, address=HERE)
    assert verdicts == [Verdict.ACCEPTED] * 6
