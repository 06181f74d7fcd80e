"""A sign-in on a device that is new to the customer is told to him, elsewhere than it happened."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.centre import not_me
from cinnabar.flows.assurance import EMAIL, PASSWORD, SMS
from cinnabar.flows.visitor import Stranger
from cinnabar.login import devices
from cinnabar.login.opening import Entrant, open_session
from cinnabar.passwords import lock, store
from cinnabar.passwords.kinds import PasswordKind
from tests.support.devices import Machine, telling
from tests.support.mail import received
from tests.support.notices import secret_in

pytestmark = pytest.mark.django_db

SOMEBODY = Stranger(visit="0" * 64, address="203.0.113.9")


def reach(env):
    return [one for one in received(env) if "新裝置" in one.text or "帳戶" in one.text]


def enter(env, customer, device, *factors, remember=False):
    """Open a session by these factors, as the second stage does."""
    index = lock.name(env, env.firm.login.identifier(customer.identifier))
    lock.reserve(env, index, lock.caps(env.firm))
    lock.settle_right(env, index)
    entrant = Entrant(
        customer=customer,
        index=index,
        password=store.rows(customer.id, PasswordKind.LOGIN)[0].id,
        address="192.0.2.10",
        amr=frozenset({PASSWORD, *factors}),
        remember=remember,
    )
    return open_session(env, entrant, device)


def test_he_is_told_when_with_what_and_from_where_and_nothing_more(env, ming):
    Machine(env, address="192.0.2.77").sign_in(ming)
    mail = next(one for one in reach(env) if one.channel == "email")
    for said in ("Chrome", "Windows", "192.0.2.*", "2026/11/20 10:00:00"):
        assert said in mail.text
    assert "192.0.2.77" not in mail.text, "no more of the address than helps (MSG-09)"


def test_he_is_not_told_again_on_a_device_that_he_is_known_on(env, ming):
    env = telling(env, "new-device")
    home = Machine(env)
    home.sign_in(ming)
    before = len(reach(env))
    home.sign_in(ming)
    assert len(reach(env)) == before
    Machine(env).sign_in(ming)
    assert len(reach(env)) > before


def test_a_firm_may_have_every_sign_in_told(env, ming):
    """MSG-03, REG-HK-2."""
    home = Machine(telling(env, "every"))
    home.sign_in(ming)
    before = len(reach(env))
    home.sign_in(ming)
    assert len(reach(env)) > before


@pytest.mark.parametrize(("factor", "expected"), [(EMAIL, {"sms"}), (SMS, {"email"})])
def test_the_notice_goes_another_way_than_the_code_went(env, ming, factor, expected):
    """MSG-03: whoever reads the mailbox must not be the only one to know."""
    enter(env, ming, None, factor)
    assert {one.channel for one in reach(env)} == expected


def test_whoever_has_one_contact_only_is_told_there(env, mei):
    enter(env, mei, None, SMS)
    assert {one.channel for one in reach(env)} == {"sms"}


def test_the_answer_not_me_shuts_out_whoever_it_was(env, ming):
    thief = Machine(env, address="203.0.113.66")
    thief.sign_in(ming)
    not_me.report(env, SOMEBODY, next(filter(None, map(secret_in, reach(env)))))
    assert thief.visitor() is None


def remembering(env, days=30):
    second = replace(env.firm.login.second_factor, remember=timedelta(days=days))
    login = replace(env.firm.login, second_factor=second)
    return replace(env, firm=replace(env.firm, login=login))


def test_a_device_is_remembered_for_the_days_the_firm_says_and_no_longer(env, ming, clock):
    env = remembering(env)
    tokens = enter(env, ming, None, SMS, remember=True)
    assert devices.remembered(env, ming.id, tokens.device)
    again = enter(env, ming, tokens.device, SMS)
    clock.move(seconds=30 * 86400 - 1)
    assert devices.remembered(env, ming.id, again.device), "using it neither ends nor lengthens it"
    clock.move(seconds=1)
    assert not devices.remembered(env, ming.id, again.device)


def test_it_is_remembered_for_nobody_else(env, ming, mei):
    """Incident 18."""
    env = remembering(env)
    tokens = enter(env, ming, None, SMS, remember=True)
    assert not devices.remembered(env, mei.id, tokens.device)


def test_it_is_not_remembered_without_a_second_factor_nor_where_the_firm_says_no(env, ming):
    assert not devices.remembered(
        remembering(env), ming.id, enter(remembering(env), ming, None, remember=True).device
    )
    tokens = enter(remembering(env, 0), ming, None, SMS, remember=True)
    assert not devices.remembered(remembering(env), ming.id, tokens.device)


def test_forgetting_asks_for_the_second_factor_again(env, ming):
    env = remembering(env)
    tokens = enter(env, ming, None, SMS, remember=True)
    devices.forget_remembered(ming.id)
    assert not devices.remembered(env, ming.id, tokens.device)


def test_a_copied_secret_is_not_remembered_once_it_is_stale(env, ming, clock):
    env = remembering(env)
    tokens = enter(env, ming, None, SMS, remember=True)
    machine = Machine(env, device=tokens.device)
    machine.sign_in(ming)
    clock.move(seconds=60)
    machine.visitor()
    assert not devices.remembered(env, ming.id, tokens.device)
    assert devices.remembered(env, ming.id, machine.device)
