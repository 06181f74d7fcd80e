"""A device whose cookie was copied takes its soft tokens with it: their keys were copied too."""

from datetime import timedelta

import pytest

from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import own_devices
from cinnabar.login.models import Session
from cinnabar.login.soft import own_tokens, token_staff
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import proving
from tests.support.bound import with_token
from tests.support.devices import Machine
from tests.support.mail import received
from tests.support.passkeys import recorded
from tests.support.soft import App, bind, row, show

pytestmark = pytest.mark.django_db(transaction=True)

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def env(env):
    return with_token(env)


@pytest.fixture
def phone(env):
    return Machine(env)


@pytest.fixture
def token(env, ming, phone):
    """Return the app that 王小明 has bound on his phone."""
    return bind(env, ming, device=phone.sign_in(ming).device)


def found_out(phone, customer, clock):
    """Let the customer and a thief of his cookies sign in, one after the other."""
    thief = phone.copied()
    thief.sign_in(customer)
    clock.move(A_MINUTE)
    assert thief.visitor()
    assert phone.visitor() is None
    return thief


def refused(act, *args):
    with pytest.raises(Refused) as no:
        act(*args)
    return no.value.refusal


def test_what_the_thief_copied_confirms_nothing_any_more(env, ming, phone, token, clock):
    found_out(phone, ming, clock)
    assert (row(token).state, row(token).why) == ("suspended", "copied")
    assert refused(proving.by_device, env, *show(env, token)) is Refusal.TOKEN_SUSPENDED
    (entry,) = recorded(Event.TOKEN_SUSPENDED)
    assert (entry["by"], entry["details"]["why"]) == ("visitor", "copied")


def test_he_is_told_once_that_the_app_is_suspended_too(env, ming, phone, token, clock):
    before = len(received(env))
    found_out(phone, ming, clock)
    assert token
    told = [one for one in received(env)[: len(received(env)) - before] if "已經換掉" in one.text]
    assert told
    assert all("再註冊一次" in one.text or "再登記一次" in one.text for one in told)
    assert len({one.to for one in told}) == len(told)


def test_staff_do_not_lift_it_and_its_owner_sees_why(env, ming, phone, token, clock):
    found_out(phone, ming, clock)
    assert token_staff.lift(env, ming, case="B-7") == 0
    (shown,) = own_tokens.own(env, phone.sign_in(ming))
    assert (shown.state, shown.was_copied) == ("suspended", True)


def test_one_that_was_reported_lost_before_is_not_lifted_either(env, ming, phone, token, clock):
    (held,) = own_tokens.own(env, phone.visitor())
    own_tokens.suspend(env, phone.visitor(), held.id)
    found_out(phone, ming, clock)
    assert row(token).why == "copied"


def test_sessions_that_it_opened_elsewhere_end(env, ming, phone, token, clock):
    thief = phone.copied()
    thief.sign_in(ming)
    clock.move(A_MINUTE)
    assert thief.visitor()
    opened, other = (Machine(env).sign_in(ming).session for _ in range(2))
    Session.objects.filter(pk=opened).update(amr="pwd token pin")
    assert phone.visitor() is None
    assert row(token).why == "copied"
    assert Session.objects.get(pk=opened).ended_at is not None
    assert Session.objects.get(pk=other).ended_at is None


def test_what_is_bound_on_another_device_goes_on(env, ming, mei, phone, clock):
    token = bind(env, ming, device=phone.sign_in(ming).device)
    elsewhere = bind(env, ming, device=Machine(env).sign_in(ming).device)
    theirs = bind(env, mei, device=Machine(env).sign_in(mei).device)
    found_out(phone, ming, clock)
    assert row(token).state == "suspended"
    assert {row(elsewhere).state, row(theirs).state} == {"active"}


def test_whoever_had_put_the_device_out_loses_the_token_too(env, ming, company, phone, clock):
    """The cookie says which browser; its file has the keys of all who ever used it."""
    theirs = bind(env, company, device=phone.sign_in(company).device)
    visitor = Machine(env).sign_in(company)
    (device,) = [one for one in own_devices.own(env, visitor) if not one.is_this]
    own_devices.end(env, visitor, device.handle)
    phone.sign_in(ming)
    found_out(phone, ming, clock)
    assert row(theirs).why == "copied"
    assert [one.to for one in received(env) if "office@" in one.to and "已經換掉" in one.text]


def test_a_key_under_a_pin_alone_and_a_binding_on_its_way_end_quietly(env, ming, phone, clock):
    device = phone.sign_in(ming).device
    key = bind(env, ming, device=device, factor=False)
    waits = bind(env, ming, App(), device=device, factor=False, state=SoftToken.PENDING)
    found_out(phone, ming, clock)
    assert (row(key).state, row(waits).state) == ("suspended", "cleared")
    assert not [one for one in received(env) if "再註冊一次" in one.text]
