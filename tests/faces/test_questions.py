"""The pages of questions, the search, and the way there from a refusal."""

import json
import re
from html import unescape

import pytest

from cinnabar.config import compose
from cinnabar.faces.web import questions, searched
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm import load_firm
from cinnabar.kernel.refusal import Refusal
from cinnabar.words import Words
from tests.faces.test_weight import FIRST_FLIGHT, packed, style_of
from tests.support.face import Browser
from tests.support.world import make_env

FIRMS = ("taiwan", "strong", "hongkong")
READERS = [(firm, each) for firm in FIRMS for each in load_firm(firm).identity.languages]
ARTICLE = re.compile(r'<article id="([\w-]+)"><h2>(.*?)</h2>')


def read(browser, path, language):
    return browser.get(path, **{"Accept-Language": language}).content.decode()


def found(browser, typed, language="en"):
    """Return the page of what is found, and the titles on it."""
    answer = browser.client.get("/questions/", {"q": typed}, headers={"Accept-Language": language})
    assert answer.status_code == 200
    said = answer.content.decode()
    linked = re.findall(r'<a href="/questions/[\w-]+/#[\w-]+">(.*?)</a>', said)
    return said, [unescape(one) for _, one in ARTICLE.findall(said)], [*map(unescape, linked)]


@pytest.fixture
def at(clock, monkeypatch, db):
    """A browser at the pages of a firm, whichever the cell is."""

    def open_at(name):
        made = make_env(clock=clock, firm=load_firm(name))
        here = compose.World(env=made, web=WebOptions())
        monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
        return Browser()

    return open_at


@pytest.mark.parametrize(("firm", "language"), READERS)
def test_every_refusal_that_customers_meet_is_answered_on_its_page(at, firm, language):
    browser, words = at(firm), Words(load_firm(firm), language)
    there = {one.name for one in questions.subjects(load_firm(firm), words)}
    said = {name: read(browser, f"/questions/{name}/", language) for name in there}
    for refusal in Refusal:
        subject = questions.subject_of(refusal)
        met = subject in there and questions.is_met(load_firm(firm), refusal)
        here = [name for name, page in said.items() if f'id="{refusal.value}"' in page]
        assert here == ([subject] if met else []), refusal
        if met:
            title = words.say(f"refusals.{refusal.value}.title")
            assert (refusal.value, title) in ARTICLE.findall(said[subject])
    for page in said.values():
        assert not re.search(r"\{\w+\}", page.partition("<main")[2]), "a place stayed open"


@pytest.mark.parametrize(("firm", "language"), READERS)
def test_each_page_comes_with_the_first_flight(at, firm, language):
    """Whatever is asked of the product, and whatever of it is searched for."""
    browser = at(firm)
    subjects = questions.subjects(load_firm(firm), Words(load_firm(firm), language))
    searches = [f"/questions/?q={typed}" for typed in ("e", "密", "碼", "證", "的")]
    for path in ("/questions/", *(f"/questions/{one.name}/" for one in subjects), *searches):
        page = read(browser, path, language)
        assert packed(page.encode()) + style_of(page) < FIRST_FLIGHT, path


@pytest.mark.parametrize(("firm", "language"), READERS)
def test_the_list_leads_to_every_answer_there_is(at, firm, language):
    browser = at(firm)
    listed = read(browser, "/questions/", language)
    links = re.findall(r'<a href="([\w-]+)/#([\w-]+)">', listed)
    assert len(links) > 30
    for subject in {one for one, _ in links}:
        page = read(browser, f"/questions/{subject}/", language)
        answered = [name for name, _ in ARTICLE.findall(page)]
        assert answered == [name for one, name in links if one == subject]
        names = re.findall(r'\bid="([\w-]+)"', page)
        assert len(names) == len(set(names)), "links lead to one place"


def test_a_subject_that_is_none_is_nowhere_and_one_without_questions_leads_to_all(at):
    browser = at("hongkong")
    assert browser.get("/questions/nothing/").status_code == 404
    assert browser.get("/questions/Codes/").status_code == 404
    assert browser.get("/questions/apply/")["Location"] == "/questions/"


def test_what_asks_it_comes_before_what_answers_it(browser):
    said, full, linked = found(browser, "certificate")
    assert len(full) == searched.IN_FULL
    assert all("certificate" in one.lower() for one in full)
    assert linked
    assert f"Questions found: {len(full) + len(linked)}" in said


@pytest.mark.parametrize(
    "typed", ["COMPUTER gone", "ｃｏｍｐｕｔｅｒ　ｇｏｎｅ", "  gone\tcomputer\n"]
)
def test_letters_and_order_make_no_difference(browser, typed):
    _, full, _ = found(browser, typed)
    assert any(one.startswith("My computer is gone") for one in full)


@pytest.mark.parametrize("language", ["zh-Hant-TW", "en"])
def test_what_fits_nothing_says_what_to_do(env, browser, language):
    said, full, linked = found(browser, "xyzzy", language)
    assert (full, linked) == ([], [])
    assert env.firm.identity.hotline in said.partition('role="status"')[2]


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "\u3000", "\0", "%", "\\", "a" * 5_000, "{firm}", "'\"><script>", "\ud7ff", "🀄"],
)
def test_whatever_is_typed_is_harmless(browser, typed):
    said, _, _ = found(browser, typed)
    assert "<script>" not in said
    shown = re.search(r'name="q"[^>]* value="([^"]*)"', said)
    assert unescape(shown[1]) == typed[: searched.LONGEST]


@pytest.mark.parametrize("query", ["q=%ff%fe", "q=a&q=b", "q", "q[]=1", "p=2", "q=%00"])
def test_an_address_that_no_form_makes_is_harmless(browser, query):
    assert browser.get(f"/questions/?{query}").status_code == 200


def test_another_language_shows_the_same_search(browser):
    said, _, _ = found(browser, "code & number")
    assert 'name="next" value="/questions/?q=code%20%26%20number"' in said


def test_the_type_of_a_problem_leads_to_its_question(browser, mings):
    problem = json.loads(mings.post("/certificates/flows/", {"kind": "renew"}).content)
    assert problem["help"] == "/questions/renew/#no-certificate"
    path = problem["type"].removeprefix("http://127.0.0.1:8000")
    assert browser.get(path)["Location"] == problem["help"]


@pytest.mark.parametrize(
    ("name", "status", "where"),
    [
        ("key-known", 302, "/questions/"),
        ("trouble", 302, "/questions/site/#trouble"),
        ("nothing", 404, None),
        ("TROUBLE", 404, None),
    ],
)
def test_a_refusal_without_a_question_leads_to_all_of_them(browser, name, status, where):
    answer = browser.get(f"/refusals/{name}")
    assert (answer.status_code, answer.headers.get("Location")) == (status, where)


def test_a_refusal_on_a_page_links_to_its_question(browser, env, ming):
    said = browser.sign_in("A123456789", "wrong").content.decode()
    assert '<a href="/questions/sign-in/#sign-in-failed">' in said


def test_nobody_is_sent_to_an_answer_that_is_not_there(mings):
    problem = json.loads(mings.post("/certificates/flows/", {"kind": 1}).content)
    assert problem["type"].endswith("/input-malformed")
    assert "help" not in problem
