"""Somebody has the right password and attacks the second stage (incidents 7, 11 and 12)."""

from dataclasses import replace

import pytest

from cinnabar.codes.actions import sms
from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm.attacks import account_tries, attacks
from cinnabar.firm.login import Step
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.limits import actions as limits
from cinnabar.limits.hours import hour
from cinnabar.limits.models import Tally
from cinnabar.login.models import Session
from tests.support.face import Browser
from tests.support.mail import received
from tests.support.people import PASSWORD, number
from tests.support.second import asking, codes, other
from tests.support.second import code as newest

pytestmark = pytest.mark.django_db

EVIL = "evil.example"
FORGED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "Forwarded": f"host={EVIL};proto=https;for=192.0.2.1",
    "X-Forwarded-Proto": EVIL,
}
LIMIT = 429


@pytest.fixture
def env(env, monkeypatch):
    """A firm that asks a code at every sign-in, and no robot check."""
    made = asking(env, methods=("email", "sms"))
    asks: tuple[Step, ...] = ("id", "password")
    login = replace(made.firm.login, captcha_pages=(), password_centre=asks)
    code = replace(made.firm.code, sms_per_range_and_hour=20)
    made = replace(made, firm=replace(made.firm, login=login, code=code))
    here = compose.World(env=made, web=WebOptions(trusted_proxies=("127.0.0.1",)))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


def half(customer, address, **headers):
    """Type the right password in a browser of its own; return it and the stage's address."""
    browser = Browser(headers={"X-Forwarded-For": address, **headers})
    browser.get("/sign-in/")
    typed = {"identifier": customer.identifier, "password": PASSWORD.reveal()}
    answer = browser.form("/sign-in/", typed)
    assert answer.status_code == 302
    place = answer["Location"]
    assert place.startswith("/sign-in/second/")
    browser.get(place)
    return browser, place


def evaluated():
    """Return how many wrong codes were compared."""
    events = [Event.CODE_WRONG, Event.CODE_EXHAUSTED]
    return Entry.objects.filter(event__in=events).count()


def test_sixty_browsers_around_the_world_get_the_tries_that_the_firm_file_says(env, clock, ming):
    """AuthQuake: each sign-in is a browser, a visit and an address of its own."""
    said = {(one.name, one.by): one for one in attacks(env.firm)}
    expected = said["many sessions, sign-in code", "one account, a day"]
    for n in range(60):
        browser, place = half(ming, f"198.51.{n}.1")
        browser.form(f"{place}ask", {"method": "sms"})
        wrong = other(newest(env))
        for _ in range(4):
            answer = browser.form(f"{place}try", {"code": wrong})
            assert answer.status_code < 500
        clock.move(seconds=120)
    assert evaluated() == expected.tries == account_tries(env.firm, env.firm.sign_in_code)
    assert expected.hits == pytest.approx(
        expected.tries / 10**env.firm.sign_in_code.length, rel=0.01
    )
    assert not Session.objects.exists()


def test_a_forged_address_does_not_buy_new_tries(env, clock, ming):
    """Incident 12: only what the proxy wrote last counts."""
    for n in range(2):
        browser, place = half(ming, f"192.0.2.{n}, 198.51.100.1", Forwarded=f"for=192.0.2.{n}")
        browser.form(f"{place}ask", {"method": "sms"})
        browser.form(f"{place}try", {"code": other(newest(env))})
        clock.move(seconds=120)
    counted = Tally.objects.filter(what="code-wrong-address")
    assert list(counted.values_list("whom", "n")) == [("198.51.100.1", 2)]


@pytest.mark.parametrize("name", FORGED)
def test_no_page_and_no_message_of_the_stage_repeats_a_forged_name(env, ming, name):
    browser, place = half(ming, "198.51.100.1", **{name: FORGED[name]})
    answers = [browser.get(place), browser.form(f"{place}ask", {"method": "sms"})]
    answers += [browser.get(f"{place}code/"), browser.form(f"{place}try", {"code": newest(env)})]
    assert answers[-1].status_code == 302
    for answer in answers:
        assert EVIL not in answer.content.decode()
        assert EVIL not in str(answer.headers)
    assert codes(env)
    assert all(EVIL not in f"{one.text}{one.to}" for one in received(env))


def test_when_the_hour_of_sms_is_used_up_the_page_offers_the_mail(env, ming):
    """COD-10: who comes after the pumping is told why, and what helps."""
    whom = f"{number(env, '58123474')[: env.firm.code.sms_range_digits]} {hour(env)}"
    for _ in range(env.firm.code.sms_per_range_and_hour):
        limits.take(env, sms.RANGE, whom, limit=1000)
    browser, place = half(ming, "198.51.100.1")
    answer = browser.form(f"{place}ask", {"method": "sms"})
    assert (answer.status_code, answer["Retry-After"]) == (LIMIT, "3600")
    page = answer.content.decode()
    assert 'value="email"' in page, "the other way stands beside the refusal"
    assert browser.form(f"{place}ask", {"method": "email"}).status_code == 302
