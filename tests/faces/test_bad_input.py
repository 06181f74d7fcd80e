"""Whatever is sent to any address: words or a problem document, never a 5xx, nothing done.

A property-based run over the whole route table. The sender is signed in and has a flow of his
own, so that what he sends reaches the code behind the guards.
"""

import hashlib
import json
import re
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db.models import QuerySet
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cinnabar.flows.models import Flow
from tests.support.centre import Customer
from tests.support.face import ADDRESSES, JSON, THERE, Browser, filled
from tests.support.odd import KINDS, bodies, headers, mostly, odd_text
from tests.support.people import visit

pytestmark = pytest.mark.django_db

RUNS = 40

REFUSED_FOR_ITS_SHAPE = {400, 401, 403, 404, 405, 410, 413}
"""Answers after which every row that matters is as it was."""

KEPT = ("certificates", "codes", "flows", "customers", "messages")

POSTS = [
    route
    for route, address in THERE.items()
    if "POST" in address.methods
    and not (route.startswith("app/") and route.removeprefix("app/") in THERE)
]
"""Of the addresses that are one view of both faces that of the web pages, for each takes seconds;
`test_reading_stumbles_over_nothing` draws from all."""

FLOWS = ("mine", "hers", "nobodys", "x" * 300, "-", "0")


@dataclass
class Sender:
    """王小明 at his browser, with an open flow and a share; 陳美華 has a flow too."""

    browser: Browser
    flows: dict[str, str]

    def be_ready(self) -> None:
        """Sign in and open a flow again, where the last thing sent ended them."""
        if self.browser.get("/certificates/").status_code != 200:
            self.browser.sign_in("A123456789")
        session = hashlib.sha256(self.browser.client.cookies["__Host-session"].value.encode())
        mine = Flow.objects.filter(pk=self.flows["mine"], session=session.hexdigest())
        if not mine.filter(state="open").exists():
            self.flows["mine"] = open_flow(self.browser)
            self.flows["share"] = make_share(self.browser)

    def path(self, route: str, flow: str) -> str:
        """Return the path of a route; before a sign-in, `mine` is a claim in this browser."""
        named = self.flows.get(flow, flow)
        if flow == "mine" and route.startswith("passwords/"):
            named = open_claim(self.browser)
        return filled(route, flow=named, share=flow, kind="reissue")


@pytest.fixture
def sender(env, ming, mei, mings):
    hers = Customer(env, visit(env, mei)).open()
    return Sender(mings, {"mine": "", "hers": hers, "share": ""})


def open_flow(browser: Browser) -> str:
    opened = browser.post("/certificates/flows/", {"kind": "apply"})
    return str(json.loads(opened.content)["flow"])


def open_claim(browser: Browser) -> str:
    typed = {"identifier": "A123456789", "birth": "19900201"}
    place = browser.form("/passwords/reissue/", typed).get("Location", "")
    return place.split("/")[-2] if place else "turned-away"


def make_share(browser: Browser) -> str:
    return str(json.loads(browser.post("/certificates/shares/").content)["share"])


def kept() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of what refused input must not touch."""
    models = [m for name in KEPT for m in apps.get_app_config(name).get_models()]
    return {model.__name__: list(QuerySet(model).order_by("pk").values_list()) for model in models}


def look_at(answer, sent: object) -> None:
    """Fail on anything but words for people or a document for programs."""
    assert answer.status_code < 500, sent
    text = answer.content.decode()
    for leak in ("Traceback", 'File "', "django.", "cinnabar.", "Exception", "sqlite", "psycopg"):
        assert leak not in text, sent
    if answer.status_code < 400:
        return
    if answer["Content-Type"].startswith("application/problem+json"):
        document = json.loads(text)
        assert document["status"] == answer.status_code
        assert all(document[name] for name in ("type", "title", "detail")), sent
    else:
        assert answer["Content-Type"].startswith("text/html"), sent
        assert re.search(r'<main.*<h1[^>]*>\s*\S|role="alert"', text, re.DOTALL), (sent, text)


@pytest.mark.parametrize("route", POSTS)
@given(data=st.data())
@settings(max_examples=RUNS, suppress_health_check=list(HealthCheck))
def test_no_address_stumbles_over_what_is_sent(sender, route, data):
    address, browser = ADDRESSES[route], sender.browser
    sender.be_ready()
    names = (address.form if address.form is not None else address.body) or ()
    kind = data.draw(mostly(JSON, st.sampled_from(KINDS)), label="content type")
    flow = data.draw(mostly("mine", st.sampled_from(FLOWS)), label="flow")
    path = sender.path(route, flow)
    if address.form is not None and data.draw(st.booleans(), label="as a form"):
        fields = data.draw(st.dictionaries(st.sampled_from([*names, "x"]), odd_text))
        sound = {k: v.encode("utf-8", "replace").decode() for k, v in fields.items()}
        before = kept()
        answer = browser.form(path, sound)
    else:
        body = data.draw(bodies(names), label="body")
        body = body.replace(b'"mine"', f'"{sender.flows["share"]}"'.encode())
        more = data.draw(mostly({}, headers), label="headers")
        before = kept()
        answer = browser.send(path, body, kind, **more)
    look_at(answer, (route, kind))
    if answer.status_code in REFUSED_FOR_ITS_SHAPE:
        assert kept() == before


@given(
    route=st.sampled_from(sorted(THERE)),
    method=st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"]),
    query=st.one_of(
        st.text(max_size=80),
        st.sampled_from(["id=1&id=2", "id=%00&status=1&token=x", "%ff", "&" * 3000, "a=" * 500]),
    ),
    more=headers,
)
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
def test_reading_stumbles_over_nothing(sender, route, method, query, more):
    sender.be_ready()
    before = kept()
    path = filled(route, flow=sender.flows["mine"])
    sent = {"QUERY_STRING": query.encode("utf-8", "replace").decode("latin-1")}
    answer = sender.browser.client.generic(method, path, headers=more, **sent)
    if method in {"HEAD", "OPTIONS"} or answer.status_code == 204:
        assert answer.status_code < 500
    else:
        look_at(answer, (route, method))
    assert kept() == before


@given(
    path=st.one_of(st.text(max_size=60), st.sampled_from(["%00", "%ff", "%ED%A0%80", "x" * 9000]))
)
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_no_path_stumbles(sender, path):
    assume("cinnabar." not in path)  # the page says it back, and that is what a leak looks like
    look_at(sender.browser.client.generic("GET", "/" + path.lstrip("/")), path)
