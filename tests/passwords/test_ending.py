"""Which passwords are near their end, by the firm's calendar."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.passwords import store
from cinnabar.passwords.due import ends_soon
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Expiry, ending, expires, expiry
from tests.support.ending import DAY, ninety
from tests.support.people import OTHER, PASSWORD

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 2 * 365 * 86400).map(lambda s: BEGINNING + timedelta(seconds=s))
ZONES = st.sampled_from(["Asia/Taipei", "Asia/Hong_Kong", "America/New_York", "Europe/London"])


@given(INSTANTS, st.floats(-1, 120), ZONES, st.integers(2, 120), st.integers(0, 119))
def test_those_asked_for_are_those_of_which_it_is_said(now, ago, zone, age, before_end):
    """Through every change of the clocks and at every midnight."""
    remind, life, where = before_end % age * DAY, age * DAY, ZoneInfo(zone)
    chosen = now - timedelta(days=ago)
    since, before = ending(life, remind, now, where)
    soon = expiry(expires(life, chosen, where), now, remind) is Expiry.SOON
    # The rule reckons `remind` in hours back from the end: where the clocks were changed
    # meanwhile the two may differ by that hour, and nowhere else.
    if soon != (since <= chosen < before):
        end = expires(life, chosen, where)
        assert abs(now - (end - remind)) <= timedelta(hours=1, seconds=1)


def test_nothing_is_said_until_fourteen_days_before_and_nothing_after_the_end(env, clock, ming):
    """P87, G22."""
    world = ninety(env)
    said = []
    for day in range(92):
        if ends_soon(world, ming.id):
            said.append(day)
        clock.move(DAY)
    assert (said[0], said[-1]) == (77, 90)


def test_of_several_accounts_the_first_end_is_told(env, clock, hua):
    world = ninety(env)
    before = ends_soon(world, hua.id)
    clock.move(80 * DAY)
    first = ends_soon(world, hua.id)
    store.put(
        env,
        hua.id,
        PasswordKind.LOGIN,
        store.encode(env, hua.id, PasswordKind.LOGIN, OTHER),
        accounts=(store.rows(hua.id, PasswordKind.LOGIN)[0].account,),
    )
    assert (before, ends_soon(world, hua.id)) == (None, first)
    assert first is not None


def test_a_password_that_was_given_out_is_not_told_of(env, clock, ming):
    until = clock.now() + 100 * DAY
    encoded = store.encode(env, ming.id, PasswordKind.LOGIN, PASSWORD)
    store.put(env, ming.id, PasswordKind.LOGIN, encoded, accounts=(None,), expires_at=until)
    clock.move(80 * DAY)
    assert ends_soon(ninety(env), ming.id) is None


def test_where_passwords_have_no_end_nothing_is_asked(env, ming, django_assert_num_queries):
    """Decision 14, PWD-04."""
    login = replace(env.firm.password.login, max_age=0 * DAY)
    password = replace(env.firm.password, login=login)
    world = replace(env, firm=replace(env.firm, password=password))
    with django_assert_num_queries(0):
        assert ends_soon(world, ming.id) is None


@pytest.mark.parametrize("remind", [0, 1, 14])
def test_on_the_last_day_it_is_still_good(env, clock, ming, remind):
    clock.move(90 * DAY)
    assert bool(ends_soon(ninety(env, remind=remind), ming.id)) is (remind > 0)
