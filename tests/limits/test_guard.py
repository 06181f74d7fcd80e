"""Wrong tries beyond one account: who is turned away, what is cleared, when somebody is told."""

import json
from dataclasses import replace

import pytest
from django.db import transaction

from cinnabar.journal import alarms
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.limits.models import Tally
from cinnabar.passwords.models import Lock
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

pytestmark = pytest.mark.django_db

HERE, NEXT_DOOR, ELSEWHERE = "203.0.113.7", "203.0.113.8", "198.51.100.1"
WRONG = Password("demo9999")


@pytest.fixture
def env(env):
    """A firm with small numbers: 3 of an address, 4 of a network, alarms at 5 and 2 locks."""
    login = replace(env.firm.login, per_address_wrong_per_day=3)
    small = replace(
        env.firm.guard, network_wrong_per_day=4, firm_alarm_at=5, locks_alarm_at=2, risk_after=2
    )
    return replace(env, firm=replace(env.firm, login=login, guard=small))


def fail(env, address, door=Door.SIGN_IN):
    guard.enter(env, door, address)
    with transaction.atomic():
        alarms.wrong(env, door, address, channel="web")


def turned_away(env, address, door=Door.SIGN_IN):
    try:
        guard.enter(env, door, address)
    except Refused as refused:
        return refused.refusal is Refusal.TOO_MANY_TRIES
    with transaction.atomic():
        guard.leave(env, door, address)
    return False


def told():
    entries = Entry.objects.filter(event=Event.GUARD_ALARM).order_by("id")
    details = [json.loads(entry.payload)["details"] for entry in entries]
    return [(one["scope"], one["whom"], one["today"]) for one in details]


def test_an_address_is_turned_away_and_its_neighbour_is_not(env):
    for _ in range(3):
        fail(env, HERE)
    assert turned_away(env, HERE)
    assert not turned_away(env, NEXT_DOOR)


def test_a_network_is_turned_away_and_the_next_one_is_not(env):
    for last in range(4):
        fail(env, f"203.0.113.{last}")
    assert turned_away(env, "203.0.113.200")
    assert not turned_away(env, ELSEWHERE)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::/64", "2001:db8:1::/48"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_a_network_is_a_24_or_a_48(address, network):
    """COD-10, LCK-08."""
    assert guard.network(address) == network


def test_a_right_try_clears_its_own_place_and_nothing_else(env):
    fail(env, HERE)
    fail(env, NEXT_DOOR)
    before = list(Tally.objects.order_by("what", "whom").values_list("what", "whom", "n"))
    guard.enter(env, Door.SIGN_IN, HERE)
    with transaction.atomic():
        guard.leave(env, Door.SIGN_IN, HERE)
    assert list(Tally.objects.order_by("what", "whom").values_list("what", "whom", "n")) == before


def test_one_door_does_not_shut_another(env):
    for _ in range(3):
        fail(env, HERE, Door.CLAIM)
    assert turned_away(env, HERE, Door.CLAIM)
    assert not turned_away(env, HERE, Door.SIGN_IN)


def test_a_new_day_begins_at_nought(env, clock):
    for _ in range(3):
        fail(env, HERE)
    clock.move(seconds=24 * 3600)
    assert not turned_away(env, HERE)


def test_the_order_line_has_no_address_and_counts_for_the_firm(env):
    for _ in range(5):
        fail(env, "", Door.VOICE)
    assert told() == [("firm", "", 5)]


def test_each_mark_is_told_once_a_day(env, clock):
    for n in range(3):
        fail(env, HERE)
        fail(env, f"198.51.{n}.1")
    assert told() == [("address", HERE, 3), ("firm", "", 5)] or told() == [
        ("firm", "", 5),
        ("address", HERE, 3),
    ]
    fail(env, "192.0.2.1")
    assert len(told()) == 2
    clock.move(seconds=24 * 3600)
    for n in range(5):
        fail(env, f"198.51.{n}.1")
    assert told()[2:] == [("firm", "", 5)]


def test_a_shut_network_is_told(env):
    for last in range(4):
        fail(env, f"203.0.113.{last}")
    assert told() == [("network", "203.0.113.0/24", 4)]


def test_an_alarm_stands_with_its_wrong_try_or_not_at_all(env):
    for _ in range(4):
        fail(env, "", Door.VOICE)
    with transaction.atomic():
        alarms.wrong(env, Door.VOICE, "", channel="voice")
        assert told() == [("firm", "", 5)]
        transaction.set_rollback(True)
    assert told() == []
    fail(env, "", Door.VOICE)
    assert told() == [("firm", "", 5)]


def test_who_was_wrong_often_is_a_risk_and_in_an_alarm_everybody_is(env):
    fail(env, HERE)
    assert not guard.risky(env, HERE)
    fail(env, HERE, Door.CLAIM)
    assert guard.risky(env, HERE)
    assert not guard.risky(env, ELSEWHERE)
    for n in range(4):
        fail(env, f"198.51.{n}.1")
    assert guard.risky(env, "192.0.2.1")


def wrong(env, typed, address):
    with pytest.raises(Refused) as refused:
        sign_in(env, typed, WRONG, address=address)
    return refused.value.refusal


def test_guessing_at_many_accounts_locks_none_and_is_stopped(env, ming, mei, lin):
    """LCK-08: one try each at many accounts."""
    for typed in ("A123456789", "B223456782", "C123456781"):
        assert wrong(env, typed, HERE) is Refusal.SIGN_IN_FAILED
    assert wrong(env, "F123456784", HERE) is Refusal.TOO_MANY_TRIES
    assert Lock.objects.count() == 3, "who is turned away has tried nothing"
    assert not Lock.objects.filter(locked_at__isnull=False).exists()
    assert told() == [("address", HERE, 3)]


def test_somebody_elses_success_clears_nothing(env, ming, mei):
    for _ in range(2):
        wrong(env, "A123456789", HERE)
    for _ in range(5):
        sign_in(env, "B223456782", PASSWORD, address=HERE)
    assert wrong(env, "F123456784", HERE) is Refusal.SIGN_IN_FAILED
    assert wrong(env, "F123456784", HERE) is Refusal.TOO_MANY_TRIES


def test_a_day_of_many_locks_is_told(env, ming, mei):
    """LCK-04."""
    for who, typed in enumerate(("A123456789", "B223456782")):
        for n in range(env.firm.login.max_wrong):
            wrong(env, typed, f"198.51.{who * 50 + n}.1")
    assert ("locks", "", 2) in told()
    assert guard.wrong_today(env)["locked"] == 2


def test_a_claim_counts_until_it_is_fulfilled(env):
    for _ in range(2):
        alarms.claimed(env, HERE, channel="web")
    assert guard.wrong_today(env)["claim"] == 2
    with transaction.atomic():
        guard.fulfilled(env, HERE)
    assert guard.wrong_today(env)["claim"] == 1
    for _ in range(2):
        alarms.claimed(env, HERE, channel="web")
    assert turned_away(env, HERE, Door.CLAIM)
    assert told() == [("address", HERE, 3)]
    with transaction.atomic():
        guard.fulfilled(env, NEXT_DOOR)
    assert turned_away(env, HERE, Door.CLAIM)
