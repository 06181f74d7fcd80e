"""The check against robots: done once, by whom it was given to, for the page it was asked at."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cinnabar.firm.login import CaptchaPage
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.robots import rules
from cinnabar.robots.actions import forget_old, make, spend
from cinnabar.robots.models import Spent
from tests.support.robots import closed, opened, solved

pytestmark = pytest.mark.django_db

MING, MEI = "a" * 64, "b" * 64

CENTRE: CaptchaPage = "password-centre"
ELSEWHERE: tuple[CaptchaPage, ...] = ("sign-in", "reissue", "unlock", "code")


@pytest.fixture
def env(env):
    """A firm whose sums are quickly done."""
    easy = replace(env.firm.robot, work=1000, work_at_risk=4000)
    return replace(env, firm=replace(env.firm, robot=easy))


def refusal(env, page, subject, answer):
    with pytest.raises(Refused) as refused:
        spend(env, page, subject, answer)
    return refused.value.refusal


def test_who_did_the_sum_passes_once(env):
    answer = solved(make(env, "sign-in", MING, risky=False))
    spend(env, "sign-in", MING, answer)
    assert refusal(env, "sign-in", MING, answer) is Refusal.ROBOT_CHECK_VOID


def test_without_an_answer_the_check_is_asked_for(env):
    assert refusal(env, "unlock", MING, "") is Refusal.ROBOT_CHECK_NEEDED


def test_an_answer_counts_for_its_page_and_its_visitor_only(env):
    answer = solved(make(env, "sign-in", MING, risky=False))
    assert refusal(env, "reissue", MING, answer) is Refusal.ROBOT_CHECK_VOID
    assert refusal(env, "sign-in", MEI, answer) is Refusal.ROBOT_CHECK_VOID
    spend(env, "sign-in", MING, answer)


def test_an_answer_counts_until_its_time_is_over(env, clock):
    first, second = (solved(make(env, "sign-in", MING, risky=False)) for _ in range(2))
    clock.move(env.firm.robot.life)
    spend(env, "sign-in", MING, first)
    clock.move(seconds=1)
    assert refusal(env, "sign-in", MING, second) is Refusal.ROBOT_CHECK_VOID


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["solution"].update(counter=it["solution"]["counter"] + 1),
        lambda it: it["solution"].update(derivedKey="00" * 32),
        lambda it: it["solution"].update(counter=True),
        lambda it: it["solution"].update(counter=str(it["solution"]["counter"])),
        lambda it: it["challenge"]["parameters"].update(keyPrefix="", cost=1),
        lambda it: it["challenge"]["parameters"].update(algorithm="SCRYPT"),
        lambda it: it["challenge"]["parameters"]["data"].update(until=2**40),
        lambda it: it["challenge"]["parameters"]["data"].update(until="x"),
        lambda it: it["challenge"].update(signature="0" * 64),
        lambda it: it["challenge"].update(signature=None),
        lambda it: it["challenge"].pop("signature"),
        lambda it: it["challenge"].update(parameters=[]),
        lambda it: it.update(challenge="sum"),
        lambda it: it.update(solution=None),
    ],
)
def test_whatever_is_changed_in_an_answer_it_is_void(env, change):
    inside = opened(solved(make(env, "sign-in", MING, risky=False)))
    change(inside)
    assert refusal(env, "sign-in", MING, closed(inside)) is Refusal.ROBOT_CHECK_VOID
    assert not Spent.objects.exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
SHAPE = st.fixed_dictionaries(
    {},
    optional={
        "challenge": JSON
        | st.fixed_dictionaries(
            {"parameters": JSON | st.dictionaries(st.text(max_size=12), JSON)},
            optional={"signature": JSON},
        ),
        "solution": JSON | st.fixed_dictionaries({"counter": JSON, "derivedKey": JSON}),
    },
)


@given(made_up=st.text(max_size=200) | (JSON | SHAPE).map(closed))
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
def test_nonsense_is_void_and_no_more(env, made_up):
    assert refusal(env, "sign-in", MING, made_up or "x") is Refusal.ROBOT_CHECK_VOID


def test_what_is_too_long_is_not_read(env):
    assert refusal(env, "sign-in", MING, "A" * 100_000) is Refusal.ROBOT_CHECK_VOID


def test_who_looks_like_a_risk_has_more_to_do(env):
    easy = opened(solved(make(env, "sign-in", MING, risky=False)))
    hard = opened(solved(make(env, "sign-in", MING, risky=True)))
    assert easy["challenge"]["parameters"]["data"]["most"] == 1000
    assert hard["challenge"]["parameters"]["data"]["most"] == 4000


def test_no_two_sums_are_alike(env):
    made = [make(env, "sign-in", MING, risky=False) for _ in range(50)]
    assert len({one["signature"] for one in made}) == len(made)


def test_what_was_handed_in_is_forgotten_a_day_after_it_could_count(env, clock):
    spend(env, "sign-in", MING, solved(make(env, "sign-in", MING, risky=False)))
    clock.move(env.firm.robot.life + timedelta(days=1))
    assert forget_old(env) == 0
    clock.move(seconds=1)
    assert forget_old(env) == 1


def firm(env, steps, pages):
    login = replace(env.firm.login, password_centre=steps, captcha_pages=pages)
    return replace(env.firm, login=login)


@pytest.mark.parametrize("risky", [True, False])
def test_where_the_firm_asks_always_everybody_is_asked_there_and_nowhere_else(env, risky):
    always = firm(env, ("id", "password", "captcha"), ("password-centre",))
    assert rules.asked(always, CENTRE, risky=risky)
    assert not any(rules.asked(always, page, risky=risky) for page in ELSEWHERE)


def test_where_the_firm_asks_on_risk_only_a_risk_is_asked(env):
    on_risk = firm(env, ("id", "password", "captcha-on-risk"), ELSEWHERE)
    for page in (*ELSEWHERE, CENTRE):
        assert rules.asked(on_risk, page, risky=True)
        assert not rules.asked(on_risk, page, risky=False)


def test_a_firm_without_the_check_never_asks(env):
    never = firm(env, ("id", "password"), ())
    assert not rules.asked(never, "password-centre", risky=True)
