"""The lock cycle: three wrong, one unlock, three more, and only a new password helps."""

from dataclasses import replace

import pytest
from django.db import connection, transaction

from cinnabar.centre.unlock import By, by_staff
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import lock
from cinnabar.passwords.lock import Lift
from cinnabar.passwords.models import Lock
from tests.support.people import visit
from tests.support.signing import sign_in

WRONG = Password("demo1235")


def guess(env, times=1, typed="A123456789"):
    for _ in range(times):
        with pytest.raises(Refused):
            sign_in(env, typed, WRONG, address="203.0.113.7")


def is_locked(env, typed="A123456789"):
    return (
        Lock.objects.get(pk=lock.name(env, env.firm.login.identifier(typed))).locked_at is not None
    )


def phone(env, customer):
    return by_staff(env, customer, by=By.PHONE, case="A-1")


def counter(env, customer):
    return by_staff(env, customer, by=By.COUNTER, case="A-2")


def locked_again(env, customer):
    """Lock, unlock by phone, lock for good."""
    guess(env, env.firm.login.max_wrong)
    assert phone(env, customer) is Lift.LIFTED
    guess(env, env.firm.lock.final_wrong - env.firm.login.max_wrong)
    assert is_locked(env)


def test_g24_three_wrong_unlock_three_wrong_and_no_second_unlock(env, ming):
    """G24, LCK-06, LCK-07; the counter and a reissue remain."""
    locked_again(env, ming)
    assert phone(env, ming) is Lift.SPENT
    assert is_locked(env)
    assert counter(env, ming) is Lift.LIFTED
    visit(env, ming)


def test_after_the_unlock_the_password_is_as_it_was(env, ming):
    """P123."""
    guess(env, env.firm.login.max_wrong)
    phone(env, ming)
    visit(env, ming)


def test_a_right_password_does_not_clear_what_the_cycle_has_counted(env, ming):
    """Decision 11: toward three it does, toward six it does not."""
    guess(env, env.firm.login.max_wrong)
    phone(env, ming)
    left = env.firm.lock.final_wrong - env.firm.login.max_wrong
    for _ in range(left - 1):
        guess(env)
        visit(env, ming)
    assert not is_locked(env)
    guess(env)
    assert is_locked(env)
    assert phone(env, ming) is Lift.SPENT


def test_slips_before_any_lock_never_add_up_to_the_final_one(env, ming):
    for _ in range(env.firm.lock.final_wrong):
        guess(env, env.firm.login.max_wrong - 1)
        visit(env, ming)
    guess(env, env.firm.login.max_wrong)
    assert phone(env, ming) is Lift.LIFTED


def test_where_a_right_sign_in_clears_nothing_slips_add_up_to_a_lock(env, ming):
    """P119 the other way."""
    strict = replace(env.firm.login, counter_reset_on_success=False)
    env = replace(env, firm=replace(env.firm, login=strict))
    for _ in range(env.firm.login.max_wrong - 1):
        guess(env)
        visit(env, ming)
    guess(env)
    assert is_locked(env)


def test_the_counter_begins_a_new_cycle_with_an_unlock_of_its_own(env, ming):
    locked_again(env, ming)
    counter(env, ming)
    locked_again(env, ming)


def test_what_is_tried_at_a_lock_counts_nothing(env, ming):
    guess(env, env.firm.login.max_wrong + 20)
    assert phone(env, ming) is Lift.LIFTED
    guess(env, env.firm.lock.final_wrong - env.firm.login.max_wrong - 1)
    assert not is_locked(env)


def test_whoever_is_not_locked_does_not_use_up_his_unlock(env, ming):
    assert phone(env, ming) is Lift.NOT_LOCKED
    guess(env)
    assert phone(env, ming) is Lift.NOT_LOCKED
    assert counter(env, ming) is Lift.LIFTED
    assert counter(env, ming) is Lift.NOT_LOCKED
    guess(env, env.firm.login.max_wrong)
    assert phone(env, ming) is Lift.LIFTED


def test_the_lock_of_one_is_no_lock_of_another(env, ming, mei):
    locked_again(env, ming)
    visit(env, mei)


def test_the_journal_says_who_lifted_it_and_under_which_record(env, ming):
    guess(env, env.firm.login.max_wrong)
    phone(env, ming)
    counter(env, ming)
    told = Entry.objects.filter(event=Event.SIGN_IN_UNLOCKED).order_by("id")
    assert ['"way":"phone"' in t.payload for t in told] == [True, False]
    assert all('"case":"A-' in t.payload for t in told)


def test_a_row_that_an_older_version_counted_leads_to_the_same_lock(env, clock, ming):
    """Old and new versions run on one database; the old one counts `wrong` alone."""
    index = lock.name(env, env.firm.login.identifier("A123456789"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO passwords_lock (id, wrong, in_flight, reserved_at, locked_at)"
            " VALUES (%s, %s, 0, %s, %s)",
            [index, env.firm.login.max_wrong, clock.now(), clock.now()],
        )
    with transaction.atomic():
        assert lock.lift(env, index, lock.caps(env.firm)) is Lift.LIFTED
    guess(env, env.firm.lock.final_wrong - env.firm.login.max_wrong)
    assert phone(env, ming) is Lift.SPENT


def test_whoever_says_it_was_not_him_is_locked_until_reissue_or_counter(env, ming):
    """Item 10: neither page nor telephone lift that lock."""
    with transaction.atomic():
        lock.shut(env, lock.name(env, env.firm.login.identifier("A123456789")), lock.caps(env.firm))
    assert is_locked(env)
    with pytest.raises(Refused):
        visit(env, ming)
    assert phone(env, ming) is Lift.SPENT
    assert counter(env, ming) is Lift.LIFTED
    visit(env, ming)


def test_where_the_counter_is_no_remedy_it_unlocks_once_as_the_telephone(env, ming):
    """P126 for a firm that says otherwise."""
    other = replace(env.firm.lock, final_remedy=("reissue",))
    env = replace(env, firm=replace(env.firm, lock=other))
    guess(env, env.firm.login.max_wrong)
    assert counter(env, ming) is Lift.LIFTED
    guess(env, env.firm.lock.final_wrong - env.firm.login.max_wrong)
    assert counter(env, ming) is Lift.SPENT
