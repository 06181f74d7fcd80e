"""Notices by SMS to numbers that begin alike: so many an hour, the rest in the next (COD-10)."""

import json
from dataclasses import replace

import pytest

from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.limits import actions as limits
from cinnabar.limits.hours import hour
from cinnabar.messages import budget
from cinnabar.messages.channel import DownError, RefusedForGoodError, TryLaterError
from cinnabar.messages.deliver import Tally, tick
from cinnabar.messages.kinds import State
from tests.messages.support import PHONE, Shelf, post_change, post_code, row

pytestmark = pytest.mark.django_db

MOST = 3
ELSEWHERE = "0911000111"


@pytest.fixture
def env(env):
    """A firm that sends three by SMS to a range in an hour."""
    code = replace(env.firm.code, sms_per_range_and_hour=MOST)
    return replace(env, firm=replace(env.firm, code=code))


@pytest.fixture
def shelf():
    return Shelf()


def notices(env, many, **more):
    return [post_change(env, "sms", key=f"{more}:{n}", **more) for n in range(many)]


def used(env):
    whom = f"{PHONE[: env.firm.code.sms_range_digits]} {hour(env)}"
    return limits.count(env, budget.RANGE, whom)


def test_what_is_beyond_the_hours_share_leaves_in_the_next_hour(env, shelf):
    sent = notices(env, MOST + 2)
    env.clock.move(seconds=600)
    assert tick(env, {"sms": shelf}) == Tally(handed_over=MOST, later=2)
    waiting = [row(one) for one in sent if row(one).state == State.WAITING]
    assert {one.attempts for one in waiting} == {0}, "waiting costs no try"
    assert {(one.not_before - env.clock.now()).total_seconds() for one in waiting} == {3000}
    env.clock.move(seconds=2999)
    assert tick(env, {"sms": shelf}) == Tally()
    env.clock.move(seconds=1)
    assert tick(env, {"sms": shelf}) == Tally(handed_over=2)
    assert sorted(one.id for one in shelf.taken) == sorted(sent), "each of them, once"


def test_another_range_mails_and_codes_are_not_held_up(env, shelf):
    notices(env, MOST + 1)
    tick(env, {"sms": shelf})
    others = [*notices(env, 1, to=ELSEWHERE), post_code(env), post_change(env)]
    assert tick(env, {"sms": shelf, "email": shelf}) == Tally(handed_over=3)
    assert {one.id for one in shelf.taken[MOST:]} == {*others}
    assert used(env) == MOST, "a code has a count of its own"


@pytest.mark.parametrize("trouble", [TryLaterError("x"), DownError("x"), RefusedForGoodError("x")])
def test_what_nobody_took_uses_up_nothing(env, shelf, trouble):
    notices(env, 1)
    shelf.troubles.append(trouble)
    tick(env, {"sms": shelf})
    assert used(env) == 0


def test_however_many_ranges_there_are_the_firm_has_one_hour(env, shelf):
    """Numbers all over the world, one or two of each range."""
    code = replace(env.firm.code, sms_alarm_at=MOST, sms_per_hour=MOST + 1)
    env = replace(env, firm=replace(env.firm, code=code))
    starts = (PHONE[:7], "0911000", "0922000", "0933000", "0955000")
    sent = [one for n in starts for one in notices(env, 1, to=f"{n}111")]
    assert tick(env, {"sms": shelf}) == Tally(handed_over=MOST + 1, later=1)
    told = [
        json.loads(one.payload)["details"] for one in Entry.objects.filter(event=Event.GUARD_ALARM)
    ]
    assert [(one["door"], one["scope"], one["today"]) for one in told] == [("notice", "sms", MOST)]
    post_code(env, key="code:9")
    assert tick(env, {"sms": shelf}) == Tally(handed_over=1), "codes have an hour of their own"
    env.clock.move(seconds=3600)
    assert tick(env, {"sms": shelf}) == Tally(handed_over=1)
    assert {one.id for one in shelf.taken} >= {*sent}


def test_the_operators_are_told_once_an_hour(env, shelf):
    notices(env, MOST + 2)
    tick(env, {"sms": shelf})
    (entry,) = Entry.objects.filter(event=Event.GUARD_ALARM)
    told = json.loads(entry.payload)["details"]
    assert (told["door"], told["scope"], told["today"]) == ("notice", "sms-range", MOST)
