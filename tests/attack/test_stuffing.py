"""Leaked pairs of identifier and password, tried one after the other (LCK-08)."""

from dataclasses import replace

import pytest

from cinnabar.firm.attacks import attacks
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits import guard
from tests.attack.crowds import knock, strangers
from tests.attack.test_spraying import told

pytestmark = pytest.mark.django_db

HERE = "203.0.113.7"
LEAKED = Password("demo9999")


@pytest.fixture
def env(env):
    """A firm that takes 3 wrong tries of an address, 5 of a network; it is told at 8."""
    login = replace(env.firm.login, per_address_wrong_per_day=3)
    small = replace(env.firm.guard, network_wrong_per_day=5, firm_alarm_at=8)
    return replace(env, firm=replace(env.firm, login=login, guard=small))


def expected(env, by):
    """Return how many tries the firm file says are compared."""
    return next(one.tries for one in attacks(env.firm) if (one.name, one.by) == ("stuffing", by))


def stuffed(env, addresses):
    """Try a pair from each address; return how many were compared."""
    answers = []
    for typed, address in zip(strangers(env, len(addresses)), addresses, strict=True):
        with pytest.raises(Refused) as refused:
            knock(env, typed, LEAKED, address=address)
        answers.append(refused.value.refusal)
    assert set(answers) <= {Refusal.SIGN_IN_FAILED, Refusal.TOO_MANY_TRIES}
    compared = answers.count(Refusal.SIGN_IN_FAILED)
    assert Entry.objects.filter(event=Event.SIGN_IN_FAILED).count() == compared
    return compared


def test_one_address_gets_what_the_firm_file_says(env):
    assert stuffed(env, [HERE] * 12) == expected(env, "one address") == 3
    assert told() == {("address", 3)}


def test_one_network_gets_what_the_firm_file_says(env):
    assert stuffed(env, [f"203.0.113.{n}" for n in range(12)]) == expected(env, "one network") == 5
    assert told() == {("network", 5)}


def test_from_all_over_the_world_it_is_told_of_the_firm_and_the_check_is_asked_of_everybody(env):
    assert stuffed(env, [f"198.51.{n}.1" for n in range(12)]) == 12
    assert told() == {("firm", 8)}
    assert guard.risky(env, "192.0.2.77")
