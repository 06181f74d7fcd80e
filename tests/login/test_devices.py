"""Devices: a series and a secret that each sign-in replaces; a copy of it is found out."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.certificates import shares
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.limits import guard
from cinnabar.login import devices, own_devices, stolen
from cinnabar.login.models import Device, KnownDevice, Session
from tests.support.devices import Machine, telling
from tests.support.mail import received

pytestmark = pytest.mark.django_db

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def home(env):
    return Machine(env)


def of_the_old_shape(env, customer):
    """Give the customer a browser as the version before the series left it, with a session."""
    machine = Machine(env, device=Secret("5" * 64), session=Secret("6" * 64))
    name, session = (hashlib.sha256(c.encode() * 64).hexdigest() for c in ("5", "6"))
    now = env.clock.now()
    Device.objects.create(id=name, first_seen_at=now)
    Session.objects.create(
        id=session,
        customer_id=customer.id,
        subject=customer.subject,
        device_id=name,
        channel="web",
        amr="pwd",
        started_at=now,
        seen_at=now,
    )
    return machine


def told_of_theft(env):
    return [one.to for one in received(env) if "已經換掉" in one.text]


def test_each_sign_in_replaces_the_secret_and_keeps_the_series(ming, home):
    home.sign_in(ming)
    first = home.device.reveal()
    home.sign_in(ming)
    second = home.device.reveal()
    assert first[:32] == second[:32]
    assert first[32:] != second[32:]
    assert Device.objects.count() == KnownDevice.objects.count() == 1


def test_both_halves_rest_as_hashes(ming, home):
    """SES-01."""
    home.sign_in(ming)
    home.sign_in(ming)
    kept = str(Device.objects.values().get())
    assert home.device.reveal()[:32] not in kept
    assert home.device.reveal()[32:] not in kept


def test_a_copied_cookie_is_found_out_when_its_owner_comes_back(env, ming, home, clock):
    """Incident 18: the thief was in first; the owner's secret is the older one then."""
    home.sign_in(ming)
    thief = home.copied()
    thief.sign_in(ming)
    clock.move(A_MINUTE)
    assert thief.visitor()
    assert home.visitor() is None, "his cookie is the older of the two"
    assert thief.visitor() is None, "and neither is believed"
    assert Session.objects.filter(ended_at=None).count() == 0
    assert [entry.subject for entry in Entry.objects.filter(event=Event.DEVICE_STOLEN)] == [
        ming.subject
    ]
    assert len(told_of_theft(env)) >= 1
    assert any(mark.startswith("device-stolen") for mark in guard.alarms_today(env))


def test_a_copied_cookie_is_found_out_when_the_thief_uses_it_after_its_owner(ming, home, clock):
    home.sign_in(ming)
    thief = home.copied()
    home.sign_in(ming)
    clock.move(A_MINUTE)
    assert home.visitor()
    thief.sign_in(ming)  # the password is right; it is a new device to us all the same
    assert home.visitor() is None
    assert Entry.objects.filter(event=Event.DEVICE_STOLEN).count() == 1
    assert thief.device.reveal()[:32] != home.device.reveal()[:32]


def test_a_stale_secret_is_found_out_even_with_a_wrong_password(ming, home, clock):
    home.sign_in(ming)
    thief = home.copied()
    home.sign_in(ming)
    clock.move(A_MINUTE)
    home.visitor()
    assert thief.try_in(ming, Secret("demo9999")) is Refusal.SIGN_IN_FAILED
    assert home.visitor() is None


def test_a_theft_makes_noise_once(env, ming, home, clock):
    home.sign_in(ming)
    thief = home.copied()
    home.sign_in(ming)
    clock.move(A_MINUTE)
    home.visitor()
    for _ in range(3):
        thief.copied().try_in(ming, Secret("demo9999"))
    assert Entry.objects.filter(event=Event.DEVICE_STOLEN).count() == 1
    assert len(told_of_theft(env)) == len({*told_of_theft(env)})


def test_whoever_shares_the_browser_is_told_too_and_signed_out(env, ming, company, home, clock):
    home.sign_in(ming)
    session = home.session
    home.sign_in(company)
    thief = home.copied()
    thief.sign_in(company)
    clock.move(A_MINUTE)
    thief.visitor()
    home.visitor()
    assert {"fredric@example.com", "office@example.com"} <= {*told_of_theft(env)}
    assert not KnownDevice.objects.filter(ended_at=None).exists()
    home.session = session
    assert home.visitor() is None


def test_a_second_tab_that_was_on_its_way_is_no_thief(ming, home, clock):
    home.sign_in(ming)
    tab = home.copied()
    home.sign_in(ming)
    tab.sign_in(ming)
    assert tab.device != home.device, "the cookie of the first tab is the newer: it is left alone"
    clock.move(A_MINUTE)
    tab.device = home.device  # one jar for both
    assert tab.visitor()
    assert home.visitor()


def test_an_answer_that_got_lost_costs_nothing(ming, home, clock):
    """The browser never got the newer cookie, so nobody was ever seen with it."""
    home.sign_in(ming)
    lost = home.ask_in(ming)
    clock.move(timedelta(days=3))
    home.sign_in(ming)
    assert not Entry.objects.filter(event=Event.DEVICE_STOLEN).exists()
    clock.move(A_MINUTE)
    finder = replace(home, session=lost.session, device=lost.device)
    assert finder.visitor() is None, "the lost one is worth nothing, and whoever has it is a thief"


def test_a_made_up_series_is_a_new_device_and_never_the_one_that_was_brought(ming, home):
    """Incident 2."""
    home.device = Secret("f" * 64)
    home.sign_in(ming)
    assert "f" * 32 not in home.device.reveal()


def test_a_cookie_from_before_the_series_works_once_and_its_keys_go_on(env, ming):
    machine = of_the_old_shape(env, ming)
    before = machine.visitor()
    assert before is not None
    share = shares.make(env, before)
    copy = machine.copied()
    after = machine.sign_in(ming)
    assert after.device == before.device
    assert shares.release(env, after, share.id).secret == share.secret
    assert stolen.watched(env, machine.device, address="192.0.2.1") == before.device
    assert copy.visitor() is None, "the old cookie is worth nothing any more"
    assert copy.sign_in(ming).device != before.device


def test_whoever_signed_in_before_there_were_series_is_known(env, ming, mei):
    env = telling(env, "new-device")
    machine = of_the_old_shape(env, ming)
    machine.sign_in(mei)
    machine.sign_in(ming)
    assert not [one for one in received(env) if one.to == "fredric@example.com"]


def test_a_device_that_ends_is_a_stranger_and_its_sessions_are_over(env, ming, mei, home):
    elsewhere = Machine(env)
    visitor = home.sign_in(ming)
    elsewhere.sign_in(ming)
    shown = own_devices.own(env, visitor)
    assert [one.is_this for one in shown] == [True, False]
    assert own_devices.end(env, visitor, shown[1].handle) is False
    assert elsewhere.visitor() is None
    assert home.visitor()
    assert len(own_devices.own(env, visitor)) == 1
    with pytest.raises(Refused) as caught:
        own_devices.end(env, visitor, shown[1].handle)
    assert caught.value.refusal is Refusal.NOT_FOUND


def test_nobody_ends_the_device_of_another(env, ming, mei, home):
    theirs = Machine(env)
    other = theirs.sign_in(mei)
    visitor = home.sign_in(ming)
    with pytest.raises(Refused) as caught:
        own_devices.end(env, visitor, own_devices.own(env, other)[0].handle)
    assert caught.value.refusal is Refusal.NOT_FOUND
    assert theirs.visitor()


def test_a_device_is_known_to_its_own_customer_only(env, ming, mei, home):
    """Incident 18: the cookie says which browser, never whose."""
    home.sign_in(ming)
    assert devices.look(env, ming.id, home.device).known
    assert devices.look(env, mei.id, home.device).known is None
