"""The lane: strangers lock nobody out where he is known, and a stolen cookie is worth no more."""

import pytest
from django.db import transaction

from cinnabar.centre import not_me
from cinnabar.centre.change import Wish, change
from cinnabar.centre.unlock import By, by_staff
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.models import KnownDevice
from cinnabar.passwords import lock
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.lock import Lift
from cinnabar.passwords.models import Lock
from tests.support.devices import Machine
from tests.support.notices import secret
from tests.support.passwords import NEW
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db

WRONG = Password("demo9999")
SOMEBODY = Stranger(visit="0" * 64, address="203.0.113.9")


def shared(env, customer):
    return Lock.objects.get(pk=lock.name(env, env.firm.login.identifier(customer.identifier)))


def strangers_lock(env, customer):
    for _ in range(env.firm.login.max_wrong):
        Machine(env, address="203.0.113.5").try_in(customer, WRONG)


@pytest.fixture
def home(env, ming):
    """王小明's browser, which he is known on."""
    machine = Machine(env)
    machine.sign_in(ming)
    return machine


def test_strangers_who_lock_an_account_do_not_lock_its_owner_out(env, ming, home):
    """CONFLICT-7, LCK-04."""
    strangers_lock(env, ming)
    assert Machine(env).try_in(ming, PASSWORD) is Refusal.SIGN_IN_FAILED
    assert home.try_in(ming, PASSWORD) is None
    assert shared(env, ming).locked_at is not None, "their lock stays"


def test_a_device_is_a_lane_to_its_own_customer_only(env, ming, company, home):
    strangers_lock(env, company)
    assert home.try_in(company, PASSWORD) is Refusal.SIGN_IN_FAILED


def test_a_stolen_cookie_has_the_places_of_its_lane_and_no_more(env, ming, home):
    thief = home.copied()
    answers = [thief.try_in(ming, WRONG) for _ in range(env.firm.login.max_wrong)]
    assert {*answers} == {Refusal.SIGN_IN_FAILED}
    assert thief.try_in(ming, PASSWORD) is Refusal.SIGN_IN_FAILED
    assert Machine(env).try_in(ming, PASSWORD) is Refusal.SIGN_IN_FAILED, "locked for everybody"
    assert Entry.objects.filter(event=Event.SIGN_IN_LOCKED).count() == 1


def test_a_lane_that_is_used_up_is_unlocked_like_any_lock_and_begins_anew(env, ming, home):
    """P118, P120: three wrong of his own, a call, and he is in."""
    for _ in range(env.firm.login.max_wrong):
        home.try_in(ming, WRONG)
    assert not KnownDevice.objects.filter(ended_at=None).exists()
    assert by_staff(env, ming, by=By.PHONE, case="7") is Lift.LIFTED
    assert home.try_in(ming, PASSWORD) is None
    assert home.try_in(ming, WRONG) is Refusal.SIGN_IN_FAILED
    assert home.try_in(ming, PASSWORD) is None


def test_wrong_tries_in_the_lane_are_not_the_strangers_and_theirs_are_not_his(env, ming, home):
    for _ in range(env.firm.login.max_wrong - 1):
        home.try_in(ming, WRONG)
        Machine(env, address="203.0.113.5").try_in(ming, WRONG)
    assert home.try_in(ming, PASSWORD) is None
    assert shared(env, ming).wrong == env.firm.login.max_wrong - 1, "he cleared his own only"
    for _ in range(env.firm.login.max_wrong - 1):
        home.try_in(ming, WRONG)
    assert home.try_in(ming, PASSWORD) is None


def test_six_wrong_in_all_lock_for_good_in_whatever_row(env, ming, home):
    """G24, P125."""
    for _ in range(env.firm.login.max_wrong):
        home.try_in(ming, WRONG)
    by_staff(env, ming, by=By.PHONE, case="7")
    home.sign_in(ming)
    for _ in range(env.firm.login.max_wrong):
        home.try_in(ming, WRONG)
    assert by_staff(env, ming, by=By.PHONE, case="8") is Lift.SPENT


def test_not_me_shuts_the_lanes_too(env, ming, home):
    """RST-08: whoever is in on a known device is out, and stays out."""
    thief = home.copied()
    not_me.report(env, SOMEBODY, secret(env, ming))
    assert home.visitor() is None
    assert home.try_in(ming, PASSWORD) is Refusal.SIGN_IN_FAILED
    assert thief.try_in(ming, PASSWORD) is Refusal.SIGN_IN_FAILED
    with transaction.atomic():
        lock.end_cycle(lock.name(env, env.firm.login.identifier(ming.identifier)))
    assert home.try_in(ming, PASSWORD) is None


def renew(env, visitor, old):
    """Change the password, as somebody who is signed in; what it is refused for, if it is."""
    wish = Wish(kind=PasswordKind.LOGIN, old=old, new=NEW)
    try:
        change(env, visitor, [wish], account=None, voice=False)
    except Refused as refused:
        return refused.refusal
    return None


def test_strangers_who_lock_an_account_do_not_keep_its_owner_from_a_new_password(env, ming, home):
    strangers_lock(env, ming)
    assert renew(env, home.visitor(), PASSWORD) is None
    assert home.try_in(ming, NEW) is None
    assert shared(env, ming).locked_at is not None, "their lock stays"


def test_a_copied_session_has_the_places_of_its_lane_and_no_more(env, ming, home):
    """Signing in and changing the password count together, and lock for everybody."""
    visitor = home.visitor()
    home.copied().try_in(ming, WRONG)
    said = [renew(env, visitor, WRONG) for _ in range(env.firm.login.max_wrong)]
    wrong = [one for one in said if one is Refusal.OLD_PASSWORD_WRONG]
    assert len(wrong) == env.firm.login.max_wrong - 2
    assert {*said} - {*wrong} == {Refusal.PASSWORD_LOCKED}
    assert not KnownDevice.objects.filter(ended_at=None).exists(), "the lane is used up"
    assert renew(env, visitor, PASSWORD) is Refusal.PASSWORD_LOCKED
    assert Machine(env).try_in(ming, PASSWORD) is Refusal.SIGN_IN_FAILED, "locked for everybody"
    assert Entry.objects.filter(event=Event.SIGN_IN_LOCKED).count() == 1


def test_a_process_that_died_after_the_last_wrong_try_leaves_nobody_locked_for_ever(
    env, ming, home
):
    """The lane is locked, and nothing was told of it: the next try closes it."""
    home.sign_in(ming)
    lane = Lock.objects.exclude(pk=shared(env, ming).pk).get()
    Lock.objects.filter(pk=lane.pk).update(locked_at=env.clock.now())
    assert home.try_in(ming, PASSWORD) is Refusal.SIGN_IN_FAILED
    assert by_staff(env, ming, by=By.PHONE, case="7") is Lift.LIFTED
    assert home.try_in(ming, PASSWORD) is None
