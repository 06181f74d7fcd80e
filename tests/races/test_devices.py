"""Sign-ins of one device at once: one replaces the secret, nobody is called a thief for it."""

from dataclasses import replace
from functools import partial

import pytest

from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal
from cinnabar.kernel.secrets import Password
from cinnabar.login.models import Device, KnownDevice, Session
from cinnabar.login.opening import SignedIn
from tests.support.crowd import at_once
from tests.support.devices import Machine

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_of_many_tabs_at_once_one_brings_the_new_secret(env, ming):
    # Room for all of them: what is told here is of devices, not of how many sessions may be open.
    login = replace(env.firm.login, sessions_max=50)
    home = Machine(replace(env, firm=replace(env.firm, login=login)))
    home.sign_in(ming)
    answers = at_once(*[partial(home.ask_in, ming)] * 12)
    let_in = [one for one in answers if isinstance(one, SignedIn)]
    # Where a second factor is asked, one browser has one sign-in at a time.
    refused = {one for one in answers if not isinstance(one, SignedIn)}
    assert refused <= {Refusal.BUSY, Refusal.SIGN_IN_OVER}
    fresh = [one for one in let_in if not one.device_stays]
    assert len(fresh) == 1
    assert Device.objects.count() == KnownDevice.objects.count() == 1
    for one in let_in:
        tab = replace(home, session=one.session, device=fresh[0].device)
        assert tab.visitor()
    assert not Entry.objects.filter(event=Event.DEVICE_STOLEN).exists()


def test_a_theft_seen_by_many_at_once_is_one_theft(env, ming, clock):
    home = Machine(env)
    home.sign_in(ming)
    thief = home.copied()
    home.sign_in(ming)
    clock.move(seconds=60)
    at_once(*[partial(thief.try_in, ming, Password("demo9999"))] * 8)
    assert Entry.objects.filter(event=Event.DEVICE_STOLEN).count() == 1
    assert not Session.objects.filter(ended_at=None).exists()


def test_of_many_guesses_in_a_lane_no_more_than_its_places_are_evaluated(env, ming):
    """LCK-01."""
    home = Machine(env)
    home.sign_in(ming)
    guess = partial(home.copied().try_in, ming, Password("demo9999"))
    for _ in range(3):
        at_once(*[guess] * 10)
    locked = Entry.objects.filter(event=Event.SIGN_IN_LOCKED).count()
    assert locked == 1, "the lane's last place locks the account, and with it the shared row"
    assert not KnownDevice.objects.filter(ended_at=None).exists()
