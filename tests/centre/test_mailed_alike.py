"""The way by mail tells nobody anything: same pages, same answers, same work (RST-05)."""

import re
from datetime import date

import pytest

from cinnabar.centre import daily, identify
from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from tests.support.claims import with_accounts
from tests.support.face import Browser
from tests.support.work import Seen, counting, seen

MASKED = re.compile(r"[0-9A-Za-z]*\*{4,5}[0-9a-z]*(@[a-z.*]+)?|\b[a-z2-7]{26}\b|0+[0-9]")
"""What is masked, and names of claims: each pair and each visit has its own."""

PAIRS = {
    "a customer": ("A123456789", "19900201"),
    "another birth date": ("A123456789", "19900202"),
    "unknown": ("F123456784", "19900201"),
    "a phone alone": ("B223456782", "19900201"),
    "nothing on file": ("C123456781", "19900201"),
}


@pytest.fixture
def env(env, monkeypatch):
    """The world, counting."""
    made = counting(env)
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


def go(env, identifier: str, birth: str) -> list[Seen]:
    """Go the whole way to the mail; return what was seen at each step."""
    browser = Browser()
    browser.get("/passwords/reissue/")
    steps = [browser.form("/passwords/reissue/", {"identifier": identifier, "birth": birth})]
    page = steps[0].headers["Location"]
    browser.get(page)
    browser.form(f"{page}without", {})
    asks = [
        lambda: browser.get(page),
        lambda: browser.form(f"{page}mail", {"account": "nothing.0"}),
        lambda: browser.form(f"{page}mail", {"account": "securities.0"}),
        lambda: browser.form(f"{page}mail", {"account": "securities.0"}),
        lambda: browser.get(page),
        lambda: browser.get("/passwords/mailed/"),
    ]
    return [seen(env, ask) for ask in asks]


def test_every_pair_meets_the_same_pages_and_costs_the_same(env, mei, lin, db):
    with_accounts(env, consolidated=False)
    first, *others = (go(env, *pair) for pair in PAIRS.values())
    assert [step.status for step in first] == [200, 400, 302, 409, 409, 200]
    for other in others:
        for one, same in zip(first, other, strict=True):
            assert one.work == same.work
            assert MASKED.sub("…", one.text) == MASKED.sub("…", same.text)
            assert (one.status, one.headers, one.cookies) == (
                same.status,
                same.headers,
                same.cookies,
            )


def test_the_sixth_request_is_refused_alike(env, db):
    with_accounts(env, consolidated=False)
    told = []
    for identifier, birth in (PAIRS["a customer"], PAIRS["unknown"]):
        pair = identify.pair(env, env.firm.login.identifier(identifier), date.fromisoformat(birth))
        for _ in range(env.firm.reissue.per_day):
            daily.take(env, pair)
        told.append(go(env, identifier, birth)[2])
    assert told[0].status == 429
    assert MASKED.sub("…", told[0].text) == MASKED.sub("…", told[1].text)
    assert told[0].work == told[1].work


def test_a_dead_link_says_nothing_of_why(env, db):
    browser = Browser()
    browser.get("/passwords/link/")
    for text in ("0" * 64, "ABCDE-FGHJK", "nothing-like-it"):
        answer = browser.form("/passwords/link/", {"token": text})
        assert answer.status_code == 410
        assert text not in answer.content.decode()


def test_fetching_the_page_of_a_mail_changes_nothing(env, db, django_assert_num_queries):
    """RST-03: mail scanners fetch, and run no script."""
    browser = Browser()
    with django_assert_num_queries(0):
        for _ in range(3):
            answer = browser.get("/passwords/link/")
            assert answer.status_code == 200
    assert "__Host-visit" not in answer.cookies
