"""忘記密碼 tells nobody anything: same pages, same answers, same work (RST-05, CONFLICT-6)."""

from functools import partial

import pytest

from cinnabar.centre import daily, reset
from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from tests.support.customers import add_customer
from tests.support.face import Browser
from tests.support.people import CALLED, number
from tests.support.resets import ask, mails, resetting, secret, unasked
from tests.support.work import Seen, counting, seen

pytestmark = pytest.mark.django_db(transaction=True)

WHO = {
    "a customer": CALLED["ming"],
    "unknown": CALLED["nobody"],
    "a phone alone": CALLED["mei"],
    "nothing on file": CALLED["lin"],
    "no password yet": CALLED["hua"],
}


@pytest.fixture
def env(env, monkeypatch):
    """The world of a firm that resets passwords by mail, counting; no robots are asked about."""
    made = counting(unasked(resetting(env)))
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@pytest.fixture
def people(env, ming, mei, lin):
    add_customer(
        env,
        name="王大明",
        identifier=CALLED["hua"],
        mobile=number(env, "11222333"),
        email="d@example.com",
    )


def go(env, typed: str) -> list[Seen]:
    """Ask for the mail, twice, and look at what is said then."""
    browser = Browser()
    browser.get("/forgotten/")
    asks = [
        lambda: browser.form("/forgotten/", {"identifier": typed}),
        lambda: browser.get("/forgotten/sent/"),
        lambda: browser.form("/forgotten/", {"identifier": typed}),
    ]
    return [seen(env, ask) for ask in asks]


def alike(one: Seen, other: Seen) -> bool:
    return (one.status, one.headers, one.cookies, one.work, one.text) == (
        other.status,
        other.headers,
        other.cookies,
        other.work,
        other.text,
    )


def test_whoever_is_named_the_pages_and_the_work_are_the_same(env, people):
    first, *others = (go(env, typed) for typed in WHO.values())
    assert [step.status for step in first] == [302, 200, 302]
    for other in others:
        assert all(alike(one, same) for one, same in zip(first, other, strict=True))


def test_an_account_with_a_mail_under_way_is_no_different(env, people):
    """A newer request kills the older mail: that must cost nobody else less."""
    ask(env)
    mails(env)
    mine, nobodys = go(env, WHO["a customer"]), go(env, WHO["unknown"])
    assert all(alike(one, same) for one, same in zip(mine, nobodys, strict=True))


def test_the_sixth_request_is_refused_alike(env, people):
    told = []
    for typed in (WHO["a customer"], WHO["unknown"]):
        who = reset.counted_as(env, env.firm.login.identifier(typed))
        for _ in range(env.firm.reissue.per_day):
            daily.take(env, who)
        told.append(go(env, typed)[0])
    assert told[0].status == 429
    assert told[0].work == told[1].work
    assert told[0].status == told[1].status


def test_a_dead_secret_says_nothing_of_why(env, people):
    ask(env)
    used = secret(mails(env)[0])
    browser = Browser()
    browser.get("/reset/")
    browser.form("/reset/", {"token": used})
    typed = (used, "0" * 64, "ABCDE-FGHJK", "nothing-like-it")
    told = [seen(env, partial(browser.form, "/reset/", {"token": text})) for text in typed]
    assert {one.status for one in told} == {410}
    assert len({one.text for one in told}) == 1


def test_fetching_the_page_of_a_mail_changes_nothing(env, people, django_assert_num_queries):
    """RST-03: mail scanners fetch, and run no script."""
    ask(env)
    text = secret(mails(env)[0])
    browser = Browser()
    with django_assert_num_queries(0):
        for _ in range(3):
            answer = browser.get(f"/reset/?token={text}")
            assert answer.status_code == 200
    assert "__Host-visit" not in answer.cookies
    assert browser.form("/reset/", {"token": text}).status_code == 302
