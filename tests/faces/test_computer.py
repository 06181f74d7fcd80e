"""電腦檢測: what the host answers to anybody who measures."""

import json

import pytest


def probe(browser, n):
    answer = browser.get(f"/computer/probe.json?n={n}")
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_the_time_is_the_hosts_and_a_cookie_comes_back_with_the_next_call(env, browser):
    first = probe(browser, "abc123")
    assert first == {"now": env.clock.now().isoformat(), "cookie": ""}
    assert probe(browser, "def456")["cookie"] == "abc123"
    cookie = browser.client.cookies["__Host-probe"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Strict")
    assert cookie["max-age"] == 60


@pytest.mark.parametrize("n", ["", "x" * 33, "a b", "%0d%0aSet-Cookie:x", "é", "a;b"])
def test_a_cookie_that_is_not_plain_is_not_given(browser, n):
    assert browser.get(f"/computer/probe.json?n={n}").cookies["__Host-probe"].value == ""


def test_the_page_is_there_for_anybody_and_says_which_build_it_is(env, browser, mings):
    for who in (browser, mings):
        page = who.get("/computer/")
        assert page.status_code == 200
        text = page.content.decode()
        found = text.split('id="needs" type="application/json">')[1].split("<")[0]
        needs = json.loads(found)
        assert needs["backdate"] == env.firm.certificate.backdate.total_seconds()
        assert needs["languages"] == list(env.firm.identity.languages)
        assert needs["version"]
    assert "A12345" not in browser.get("/computer/").content.decode()
