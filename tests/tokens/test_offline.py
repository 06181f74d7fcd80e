"""Offline codes: counted at each token first, each step once, a right one gives the tries back."""

from datetime import timedelta

import pytest

from cinnabar.flows.visitor import Claimant
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import offline
from tests.support.mail import received
from tests.support.passkeys import recorded
from tests.support.soft import WRONG, App, bind, row

STEP = timedelta(seconds=30)


@pytest.fixture
def app(env, ming):
    return bind(env, ming)


@pytest.fixture
def enter(env, ming):
    who = Claimant(
        customer_id=ming.id, subject=ming.subject, session="7" * 64, address="203.0.113.7"
    )

    def act(text, then=lambda proved: proved):
        return offline.try_code(env, who, "a-flow", text, then)

    return act


def refused(act, *args):
    with pytest.raises(Refused) as caught:
        act(*args)
    return caught.value


def wrong_code(env, *apps):
    """Return six digits that none of the apps shows about now."""
    shown = {a.code(env.clock.now() + n * STEP) for a in apps for n in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in shown)


def test_the_code_that_the_app_shows_now_is_a_factor(env, app, enter):
    assert enter(app.code(env.clock.now())) == {"otp"}
    assert row(app).wrong == 0
    (entry,) = recorded(Event.TOKEN_USED)
    assert entry["details"]["purpose"] == "code"


def test_one_step_before_and_one_after_count_and_no_further(env, app, enter):
    now = env.clock.now()
    for steps in (-2, 2):
        assert refused(enter, app.code(now + steps * STEP)).refusal is Refusal.TOKEN_CODE_WRONG
    assert enter(app.code(now - STEP))
    assert enter(app.code(now + STEP))


def test_each_code_counts_once_and_none_before_it_after_it(env, app, enter):
    now = env.clock.now()
    assert enter(app.code(now))
    told = refused(enter, app.code(now))
    assert told.refusal is Refusal.TOKEN_CODE_USED
    assert refused(enter, app.code(now - STEP)).refusal is Refusal.TOKEN_CODE_USED
    assert row(app).wrong == 2
    assert enter(app.code(now + STEP))
    assert row(app).wrong == 0


def test_spaces_are_nobodys_mistake(env, app, enter):
    code = app.code(env.clock.now())
    assert enter(f" {code[:3]} {code[3:]} ")


@pytest.mark.parametrize(
    "text", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", "٣" * 6]
)
def test_what_could_be_no_code_is_not_counted(app, enter, text):
    assert refused(enter, text).refusal is Refusal.INPUT_MALFORMED
    assert row(app).wrong == 0


def test_a_wrong_pin_makes_a_code_that_does_not_count(env, app, enter):
    told = refused(enter, app.code(env.clock.now(), WRONG))
    assert (told.refusal, told.facts["tries_left"]) == (
        Refusal.TOKEN_CODE_WRONG,
        env.firm.token.pin_max_wrong - 1,
    )


def test_wrong_codes_lock_as_wrong_pins_do(env, app, enter):
    most = env.firm.token.pin_max_wrong
    told = [refused(enter, wrong_code(env, app)).refusal for _ in range(most)]
    assert told == [Refusal.TOKEN_CODE_WRONG] * (most - 1) + [Refusal.TOKEN_LOCKED]
    assert (row(app).state, row(app).why, row(app).sealed) == (SoftToken.LOCKED, "code", None)
    assert any("PIN" in letter.text for letter in received(env))
    assert refused(enter, app.code(env.clock.now())).refusal is Refusal.TOKEN_LOCKED


def test_a_code_is_tried_at_each_token_and_counts_at_none_that_it_is_not_of(env, ming, app, enter):
    other = bind(env, ming, App(seed=b"o" * 32))
    refused(enter, wrong_code(env, app, other))
    assert (row(app).wrong, row(other).wrong) == (1, 1)
    assert enter(other.code(env.clock.now()))
    assert (row(app).wrong, row(other).wrong) == (1, 0)
    assert enter(app.code(env.clock.now()))
    assert (row(app).wrong, row(other).wrong) == (0, 0)


def test_what_is_refused_for_another_reason_leaves_the_code_unused(env, app, enter):
    def full(proved):
        raise Refused(Refusal.SIGN_IN_OVER)

    code = app.code(env.clock.now())
    assert refused(enter, code, full).refusal is Refusal.SIGN_IN_OVER
    assert row(app).wrong == 0
    assert enter(code)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SoftToken.PENDING, Refusal.TOKEN_NONE),
        (SoftToken.SUSPENDED, Refusal.TOKEN_SUSPENDED),
    ],
)
def test_only_an_active_token_has_codes(env, ming, enter, state, told):
    app = bind(env, ming, state=state)
    assert refused(enter, app.code(env.clock.now())).refusal is told


def test_the_pin_of_a_certificate_alone_is_no_second_factor(env, ming, enter):
    app = bind(env, ming, factor=False)
    assert refused(enter, app.code(env.clock.now())).refusal is Refusal.TOKEN_NONE


def test_anothers_code_is_wrong_here(env, mei, app, enter):
    other = bind(env, mei, App(seed=b"o" * 32))
    code = other.code(env.clock.now())
    assert refused(enter, code).refusal is Refusal.TOKEN_CODE_WRONG
    assert row(other).wrong == 0
