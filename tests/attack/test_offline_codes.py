"""Wrong codes of the app at many accounts, by somebody who has their passwords (LCK-08)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.flows.visitor import Claimant
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.soft import factor_offline
from tests.attack.crowds import people
from tests.support.passkeys import recorded
from tests.support.soft import App, bind, row

pytestmark = pytest.mark.django_db(transaction=True)

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.4"


@pytest.fixture
def env(env):
    """A firm that takes 4 wrong tries of an address in a day and lets nobody wait between."""
    login = replace(env.firm.login, per_address_wrong_per_day=4)
    guard = replace(env.firm.guard, network_wrong_per_day=40, delay_after=30)
    return replace(env, firm=replace(env.firm, login=login, guard=guard))


@pytest.fixture
def crowd(env):
    """Return six people and their apps."""
    return [
        (one, bind(env, one, App(seed=bytes([n]) * 32)))
        for n, one in enumerate(people(env, 310, 6))
    ]


def entered(env, one, text, address=HERE, then=lambda proved: proved):
    """Return what a code proves at somebody's second stage, or what it is refused for."""
    who = Claimant(customer_id=one.id, subject=one.subject, session="7" * 64, address=address)
    try:
        return factor_offline.try_code(env, who, "a-flow", text, then)
    except Refused as refused:
        return refused.refusal


def wrong(env, app):
    shown = {app.code(env.clock.now() + timedelta(seconds=30 * n)) for n in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222") if code not in shown)


def test_one_address_is_stopped_after_its_few_whoever_is_next(env, crowd):
    said = [entered(env, one, wrong(env, app)) for one, app in crowd]
    assert said == [Refusal.TOKEN_CODE_WRONG] * 4 + [Refusal.TOO_MANY_TRIES] * 2
    assert [row(app).wrong for _, app in crowd] == [1, 1, 1, 1, 0, 0]
    one, app = crowd[5]
    assert entered(env, one, app.code(env.clock.now())) is Refusal.TOO_MANY_TRIES
    assert entered(env, one, app.code(env.clock.now()), ELSEWHERE) == {"otp"}
    assert [entry["details"]["scope"] for entry in recorded(Event.GUARD_ALARM)] == ["address"]


def test_what_is_right_costs_the_address_nothing_nor_what_is_no_code(env, crowd):
    one, app = crowd[0]
    for _ in range(6):
        env.clock.move(timedelta(seconds=30))
        assert entered(env, one, app.code(env.clock.now())) == {"otp"}
        assert entered(env, one, "no code") is Refusal.INPUT_MALFORMED


def test_what_the_sign_in_refuses_was_no_wrong_code(env, crowd):
    one, app = crowd[0]

    def over(_proved):
        raise Refused(Refusal.SIGN_IN_OVER)

    for _ in range(6):
        assert entered(env, one, app.code(env.clock.now()), then=over) is Refusal.SIGN_IN_OVER
    assert entered(env, one, app.code(env.clock.now())) == {"otp"}
