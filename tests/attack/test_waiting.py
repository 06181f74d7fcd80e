"""Who was wrong often today waits a little longer each time (LCK-04)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.journal import alarms
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits import pace
from cinnabar.limits.models import Pause, Tally
from tests.attack.crowds import knock, strangers
from tests.support.face import Browser
from tests.support.people import PASSWORD

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.1"
WRONG = Password("demo9999")
SECOND = timedelta(seconds=1)


@pytest.fixture
def env(env, monkeypatch):
    """A firm where the second wrong try of an address waits a second, at most eight."""
    from cinnabar.config import compose
    from cinnabar.faces.web.request import WebOptions

    guard = replace(env.firm.guard, delay_after=2, delay_most=8 * SECOND, risk_after=1000)
    asks = ("id", "password")
    login = replace(env.firm.login, captcha_pages=(), password_centre=asks, max_wrong=20)
    made = replace(env, firm=replace(env.firm, guard=guard, login=login))
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


def unknown(env):
    """Return an identifier of nobody."""
    return strangers(env, 1)[0]


def fail(env, typed="", address=HERE):
    """Try a wrong password; return for how many seconds nothing is taken now, 0 if it was."""
    typed = typed or unknown(env)
    with pytest.raises(Refused) as refused:
        knock(env, typed, WRONG, address=address)
    if refused.value.refusal is Refusal.SIGN_IN_FAILED:
        return 0
    assert refused.value.refusal is Refusal.TOO_FAST
    return refused.value.facts["retry_after"]


def test_a_wait_doubles_and_has_an_end():
    waits = [pace.wait(n, after=2, most=8 * SECOND) for n in range(8)]
    assert [w.total_seconds() for w in waits] == [0, 0, 1, 2, 4, 8, 8, 8]
    assert pace.wait(10**6, after=1, most=8 * SECOND) == 8 * SECOND


@pytest.mark.django_db
def test_each_further_wrong_try_waits_twice_as_long(env, clock):
    waited: list[int] = []
    for _ in range(6):
        assert fail(env) == 0
        waited.append(left := fail(env) if waited else 0)
        clock.move(seconds=left)
    assert waited == [0, 1, 2, 4, 8, 8]


@pytest.mark.django_db
def test_what_comes_too_fast_is_not_compared_and_not_counted(env, ming):
    fail(env, ming.identifier)
    fail(env, ming.identifier)
    before = list(Tally.objects.order_by("id").values_list("what", "whom", "n"))
    with pytest.raises(Refused) as refused:
        knock(env, ming.identifier, PASSWORD, address=HERE)
    assert refused.value.refusal is Refusal.TOO_FAST, "right or wrong"
    assert list(Tally.objects.order_by("id").values_list("what", "whom", "n")) == before


@pytest.mark.django_db
def test_the_customer_goes_on_at_another_address_and_after_the_wait(env, clock, ming):
    fail(env, ming.identifier)
    fail(env, ming.identifier)
    knock(env, ming.identifier, PASSWORD, address=ELSEWHERE)
    clock.move(seconds=1)
    knock(env, ming.identifier, PASSWORD, address=HERE)


@pytest.mark.django_db
def test_known_and_unknown_wait_alike(env, ming):
    known = [fail(env, ming.identifier) for _ in range(4)]
    assert [fail(env, address=ELSEWHERE) for _ in range(4)] == known == [0, 0, 1, 1]


@pytest.mark.django_db
def test_the_page_says_how_long_and_so_does_the_header(env):
    browser = Browser(headers={})
    for _ in range(2):
        browser.sign_in(unknown(env), "demo9999")
    answer = browser.sign_in(unknown(env), "demo9999")
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert "1 秒" in answer.content.decode()


@pytest.mark.django_db
def test_a_claim_waits_as_well(env, ming):
    """Who he is said without a password is counted at a door of its own."""
    for _ in range(2):
        alarms.claimed(env, HERE, channel="web")
    with pytest.raises(Refused) as refused:
        alarms.claimed(env, HERE, channel="web")
    assert refused.value.refusal is Refusal.TOO_FAST
    assert fail(env, ming.identifier) == 0


@pytest.mark.django_db
def test_waits_that_are_over_are_forgotten(env, clock):
    fail(env)
    fail(env)
    assert pace.forget_old(env) == 0
    clock.move(seconds=2)
    assert pace.forget_old(env) == 1
    assert not Pause.objects.exists()
