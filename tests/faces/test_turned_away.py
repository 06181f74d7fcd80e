"""When more people sign in than can be served, the rest are told when to come back."""

import io
import json

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.offered import home
from cinnabar.faces.web.request import WebOptions
from cinnabar.faces.web.turned_away import DOORS, Threshold
from cinnabar.journal.models import Entry
from cinnabar.kernel.gate import Standing
from cinnabar.limits.models import Tally
from cinnabar.passwords.models import Lock
from cinnabar.words import Words
from tests.support.crowded import one_at_a_time, somebody_inside
from tests.support.face import Browser

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def crowded(env, monkeypatch):
    made = one_at_a_time(env)
    here = compose.World(env=made, web=WebOptions(is_demo=True))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@pytest.fixture
def full(crowded):
    with somebody_inside(crowded, Standing.KNOWN):
        yield crowded


def ask(env, method, path, **headers):
    """Ask at the threshold; return status, headers and body."""
    told = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "CONTENT_TYPE": FORM,
        "wsgi.input": io.BytesIO(b""),
        "wsgi.url_scheme": "http",
        **headers,
    }

    def start(status, given):
        told.extend([int(status[:3]), dict(given)])

    def pages(environ, start):
        start("200 OK", [])
        return [b"the pages"]

    application = Threshold(pages, env, WebOptions())
    body = b"".join(application(environ, start))
    return (*told, body.decode())


def rows():
    return [kind.objects.count() for kind in (Lock, Tally, Entry)]


@pytest.mark.parametrize("door", sorted(DOORS))
@pytest.mark.parametrize("number", [0, 1])
def test_who_is_turned_away_reads_when_to_come_back_in_his_language(full, db, door, number):
    language = full.firm.identity.languages[number]
    status, headers, page = ask(full, "POST", door, HTTP_ACCEPT_LANGUAGE=language)
    wait = int(headers["Retry-After"])
    assert (status, wait >= 1) == (503, True)
    words = Words(full.firm, language)
    assert words.say("refusals.busy.next", retry_after=wait) in page
    assert f'<html lang="{language}">' in page
    assert f'href="{door}"' in page


def test_a_script_is_told_the_same(full, db):
    status, headers, body = ask(full, "POST", "/sign-in/", HTTP_ACCEPT="application/json")
    assert status == 503
    assert json.loads(body)["retry_after"] == int(headers["Retry-After"])


def test_what_turns_away_is_shut_like_every_page(full, db, browser):
    _, headers, _ = ask(full, "POST", "/sign-in/")
    other = browser.get("/sign-in/").headers
    shared = ("Content-Security-Policy", "Cache-Control", "X-Content-Type-Options")
    assert [headers[name] for name in shared] == [other[name] for name in shared]


def test_nothing_is_counted_for_whoever_is_turned_away(full, ming):
    """Neither at the threshold nor, for whoever slipped through it, at the act."""
    before = rows()
    ask(full, "POST", "/sign-in/")
    answer = Browser().sign_in(ming.identifier)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert rows() == before


def test_pages_and_those_signed_in_are_answered_meanwhile(crowded, ming):
    browser = Browser()
    browser.sign_in(ming.identifier)
    with somebody_inside(crowded, Standing.STRANGER):
        assert browser.get(home(crowded.firm)).status_code == 200
        assert Browser().get("/sign-in/").status_code == 200
        assert ask(crowded, "GET", "/sign-in/")[2] == "the pages"
        assert ask(crowded, "POST", "/passwords/change/")[2] == "the pages"


def test_who_finds_room_is_let_through(crowded, ming):
    assert ask(crowded, "POST", "/sign-in/")[2] == "the pages"
    assert Browser().sign_in(ming.identifier).status_code == 302
