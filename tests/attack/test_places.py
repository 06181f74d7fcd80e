"""No address leads to a place that somebody else named (incident 20, ASVS 3.7.2).

Every address of the table is asked, so that a new one is under the test before anybody thinks of
it: whatever a field or a query says, an answer leads within this site or nowhere.
"""

import json
import re

import pytest

from tests.support.face import ADDRESSES, Browser, filled

pytestmark = pytest.mark.django_db

EVIL = "evil.example"
HOME = "http://testserver"
PLACES = (
    f"https://{EVIL}/",
    f"//{EVIL}/",
    f"///{EVIL}/",
    f"/\\{EVIL}/",
    f"\\\\{EVIL}/",
    f"/\t/{EVIL}/",
    f"https:{EVIL}",
    f"{HOME}@{EVIL}/",
    f"/\r\nLocation: https://{EVIL}/",
    f"javascript:location='//{EVIL}/'",
)
FEW = PLACES[:4]
QUERIES = ("next", "back", "return", "return_to", "url", "to", "redirect", "continue", "RelayState")
VALID = {"language": "en", "kind": "apply"}
"""What a field holds while another one is tried, where an empty one ends it all."""

_LEADING = re.compile(r"""(?:href|action|formaction|src|data-[\w-]+)=["']?([^"'\s>]*)""")


def leads_away(answer):
    """Return the places of others that an answer leads to."""
    found = [answer.get("Location", ""), answer.get("Refresh", ""), answer.get("Link", "")]
    kind = answer.get("Content-Type", "")
    if "html" in kind:
        found += _LEADING.findall(answer.content.decode())
    elif "json" in kind and answer.content:
        body = json.loads(answer.content)
        found += (
            [one for one in body.values() if isinstance(one, str)] if isinstance(body, dict) else []
        )
    return [one for one in found if one and away(one)]


def away(place):
    """Tell whether a browser at this site would come to the other one, or run its script.

    As browsers read an address (WHATWG URL, 4.4): tabs and line ends are dropped, a backslash is
    a slash, and after a scheme any number of slashes leads to a host.
    """
    read = re.sub(r"[\t\r\n]", "", place.strip()).replace("\\", "/")
    host = re.match(r"(?:https?:/*|//+)([^/?#]*)", read, re.IGNORECASE)
    return read.lower().startswith("javascript:") or bool(host and EVIL in host[1])


def browsers(mings):
    return {"signed in": mings, "stranger": Browser()}


@pytest.fixture
def mings(env, ming):
    browser = Browser()
    assert browser.sign_in(ming.identifier).status_code == 302
    return browser


@pytest.mark.parametrize("place", PLACES)
def test_the_test_knows_what_leads_away(place):
    assert away(place) or "\r\n" in place


def test_no_query_leads_away(mings):
    found = []
    for who, browser in browsers(mings).items():
        for route, address in ADDRESSES.items():
            if not address.get:
                continue
            for place in FEW:
                answer = browser.client.get(filled(route), dict.fromkeys(QUERIES, place))
                found += [(who, route, one) for one in leads_away(answer)]
    assert found == []


def test_no_field_leads_away(mings):
    found = []
    for who, browser in browsers(mings).items():
        browser.get("/sign-in/")
        for route, address in ADDRESSES.items():
            fields = (address.form or address.body or ()) if route != "sign-out/" else ()
            for field in {*fields, "next", "back"} if "POST" in address.methods else ():
                for place in FEW:
                    sent = {**{one: VALID.get(one, "") for one in fields}, field: place}
                    send = browser.form if address.form is not None else browser.post
                    answer = send(filled(route), sent)
                    found += [(who, route, field, one) for one in leads_away(answer)]
    assert found == []


@pytest.mark.parametrize("place", PLACES)
def test_the_language_leads_back_within_the_site_only(env, db, place):
    browser = Browser()
    browser.get("/sign-in/")
    answer = browser.form("/language/", {"language": "en", "next": place})
    assert answer.status_code == 302
    assert not away(answer["Location"])
    assert answer["Location"].startswith("/")


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded", "Referer", "Origin"])
def test_no_header_leads_away(mings, name):
    forged = {"Forwarded": f"host={EVIL};proto=https", "Referer": f"https://{EVIL}/"}
    found = []
    for who, browser in browsers(mings).items():
        for route, address in ADDRESSES.items():
            for method in sorted(address.methods - {"HEAD"}):
                sent = {name: forged.get(name, f"https://{EVIL}" if name == "Origin" else EVIL)}
                answer = browser.client.generic(method, filled(route), headers=sent)
                found += [(who, method, route, one) for one in leads_away(answer)]
                assert EVIL not in str(answer.headers), (method, route)
    assert found == []
