"""The line above every page while a password's end is near."""

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.words import Words
from tests.support.ending import DAY, ninety
from tests.support.face import Browser, pages


@pytest.fixture
def live(monkeypatch):
    """Let the pages live in a world."""

    def change(made):
        here = compose.World(env=made, web=WebOptions(is_demo=True))
        monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
        return made

    return change


@pytest.fixture
def world(env, live):
    return live(ninety(env))


def says(browser, env, path="/passwords/change/"):
    said = Words(env.firm, env.firm.identity.locale).say("ending.title", date="2027/02/18")
    return said in browser.get(path).content.decode()


def test_from_fourteen_days_before_it_says_until_when(world, clock, ming):
    for days, expected in ((76, False), (1, True), (13, True)):
        clock.move(days * DAY)
        browser = Browser()
        browser.sign_in(ming.identifier)
        assert says(browser, world) is expected


def test_what_a_page_has_of_its_own_never_stands_in_the_line(world, clock, ming):
    """A page's own names and those of the frame are one space: none may say it for the other."""
    clock.move(DAY)
    browser = Browser()
    browser.sign_in(ming.identifier)
    words = Words(world.firm, world.firm.identity.locale)
    title = words.say("ending.title", date="").strip()
    for path in pages():
        assert title not in browser.get(path).content.decode(), path


def test_who_has_to_change_it_reads_that_instead(world, clock, ming):
    clock.move(91 * DAY)
    browser = Browser()
    browser.sign_in(ming.identifier)
    assert not says(browser, world)


def test_a_stranger_reads_nothing_of_it(world, clock, ming):
    clock.move(80 * DAY)
    assert not says(Browser(), world, "/sign-in/")


def test_a_firm_whose_passwords_never_end_says_nothing(env, clock, ming, live):
    made = live(ninety(env, days=0, remind=0))
    clock.move(80 * DAY)
    browser = Browser()
    browser.sign_in(ming.identifier)
    assert not says(browser, made)
