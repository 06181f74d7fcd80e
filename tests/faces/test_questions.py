"""The page of questions, and the way there from a refusal."""

import json
import re

import pytest

from cinnabar.faces.web import questions
from cinnabar.kernel.refusal import Refusal
from cinnabar.words import Words


@pytest.mark.parametrize("language", ["zh-Hant-TW", "en"])
def test_every_refusal_that_customers_meet_is_answered_on_the_page(env, browser, language):
    said = browser.get("/questions/", **{"Accept-Language": language}).content.decode()
    words = Words(env.firm, language)
    for refusal in Refusal:
        here = f'id="{refusal.value}"' in said
        met = questions.is_met(env.firm, refusal)
        assert here == (met and questions.subject_of(refusal) is not None), refusal
        if here:
            assert f">{words.say(f'refusals.{refusal.value}.title')}</summary>" in said
    main = said.partition("<main")[2]
    assert not re.search(r"\{\w+\}", main), "a place stayed open"


def test_names_are_unique_so_that_links_lead_to_one_place(browser):
    found = re.findall(r'id="([\w-]+)"', browser.get("/questions/").content.decode())
    assert len(found) == len(set(found))
    assert len(found) > 40


def test_the_type_of_a_problem_leads_to_its_question(browser, mings):
    problem = json.loads(mings.post("/certificates/flows/", {"kind": "renew"}).content)
    assert problem["help"] == "/questions/#no-certificate"
    path = problem["type"].removeprefix("http://127.0.0.1:8000")
    assert browser.get(path)["Location"] == problem["help"]


@pytest.mark.parametrize(
    ("name", "status", "where"),
    [
        ("key-known", 302, "/questions/"),
        ("trouble", 302, "/questions/#trouble"),
        ("nothing", 404, None),
        ("TROUBLE", 404, None),
    ],
)
def test_a_refusal_without_a_question_leads_to_all_of_them(browser, name, status, where):
    answer = browser.get(f"/refusals/{name}")
    assert (answer.status_code, answer.headers.get("Location")) == (status, where)


def test_a_refusal_on_a_page_links_to_its_question(browser, env, ming):
    said = browser.sign_in("A123456789", "wrong").content.decode()
    assert '<a href="/questions/#sign-in-failed">' in said


def test_nobody_is_sent_to_an_answer_that_is_not_there(mings):
    problem = json.loads(mings.post("/certificates/flows/", {"kind": 1}).content)
    assert problem["type"].endswith("/input-malformed")
    assert "help" not in problem
