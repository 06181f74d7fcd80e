"""Every address of the web face: who may come, by which method, with which headers."""

import json

import pytest

from tests.support.face import ADDRESSES, THERE, Browser, filled, routes

HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PRIVATE = [route for route, address in THERE.items() if address.private]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def test_no_address_is_forgotten_here():
    """Incident 15: a new route without a row in the table fails."""
    assert routes() == set(ADDRESSES)


def ask(browser, route, method, **headers):
    """Send the plainest request that the address may get."""
    path, address = filled(route), ADDRESSES[route]
    if method == "POST" and address.form is not None:
        return browser.form(path, {}, **headers)
    if method == "POST":
        return browser.post(path, **headers)
    return browser.client.generic(method, path, headers=browser.headers | headers)


@pytest.mark.parametrize("route", PRIVATE)
def test_whoever_is_not_signed_in_is_refused(browser, route):
    browser.get("/sign-in/")
    for method in ADDRESSES[route].methods:
        answer = ask(browser, route, method)
        if method != "POST" and ADDRESSES[route].entrance:
            assert answer["Location"] == ADDRESSES[route].entrance
        else:
            assert answer.status_code == 401, (route, method)
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("route", THERE)
def test_every_answer_carries_the_headers(mings, route):
    """WEB-01, WEB-04: good answers and refusals alike."""
    for method in METHODS:
        answer = ask(mings, route, method)
        assert answer.status_code < 500, (route, method)
        for name, value in HEADERS.items():
            assert answer[name] == value, (route, method)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        if route != "firm.css":
            assert "no-store" in answer["Cache-Control"]
        mings.sign_in("A123456789")


@pytest.mark.parametrize("route", THERE)
def test_other_methods_are_refused_in_words(mings, route):
    if ADDRESSES[route].machine:
        return  # programs ask there, and know how
    for method in set(METHODS) - ADDRESSES[route].methods - {"OPTIONS", "TRACE"}:
        answer = ask(mings, route, method, Accept="application/json")
        assert answer.status_code in {403, 405}, (route, method, answer.status_code)
        if answer.status_code == 405:
            assert set(answer["Allow"].split(", ")) >= ADDRESSES[route].methods - {"HEAD"}


@pytest.mark.parametrize("route", [r for r, a in THERE.items() if "POST" in a.methods])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_what_another_site_makes_a_browser_send_is_refused(mings, route, site):
    """WEB-03."""
    answer = ask(mings, route, "POST", **{"Sec-Fetch-Site": site, "Accept": "application/json"})
    assert answer.status_code == 403
    assert json.loads(answer.content)["type"].endswith("/foreign-page")


@pytest.mark.parametrize("route", [r for r, a in THERE.items() if "POST" in a.methods])
@pytest.mark.parametrize("token", ["", "x" * 64, "x" * 32])
def test_without_the_token_of_its_page_nothing_is_taken(mings, route, token):
    mings.token = token
    answer = ask(mings, route, "POST", Accept="application/json")
    assert answer.status_code == 403
    assert json.loads(answer.content)["type"].endswith("/foreign-page")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
def test_a_foreign_origin_is_refused_even_with_the_token(mings, origin):
    answer = mings.post("/certificates/shares/", Origin=origin, Accept="application/json")
    assert answer.status_code == 403


def test_no_answer_lets_another_origin_read_it(mings):
    for route in THERE:
        answer = ask(mings, route, "GET", Origin="https://evil.example")
        assert not any(name.lower().startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    "path", ["/nothing", "/certificates", "/certificates/apply", "/../etc", "/%00"]
)
def test_an_address_that_is_not_there_is_refused_as_page_and_as_document(browser, path):
    page = browser.get(path)
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")
    document = browser.get(path, Accept="application/json")
    assert document.status_code == 404
    assert document["Content-Type"].startswith("application/problem+json")


def test_a_second_browser_has_nothing_of_the_first(mings):
    assert mings.get("/certificates/").status_code == 200
    assert Browser().get("/certificates/").status_code == 401
