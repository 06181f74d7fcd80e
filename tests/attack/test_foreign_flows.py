"""A flow of somebody else is like none: its name alone opens nothing and tells nothing.

Every address that names a flow is asked for one that there never was and for an open one of
another customer, another session or another browser (incidents 2 and 16, ASVS 8.2.2).
"""

from functools import partial

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.flows.actions import steps
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.models import Flow
from cinnabar.flows.visitor import Stranger
from tests.support.face import ADDRESSES, Browser, filled
from tests.support.work import counting, seen

pytestmark = pytest.mark.django_db

NEVER = "a" * 26
THEIRS = Stranger(visit="7" * 64, address="192.0.2.1")
NAMING = [route for route in ADDRESSES if "<slug:flow>" in route]
CLAIMS = (FlowKind.REISSUE, FlowKind.UNLOCK, FlowKind.RESET, FlowKind.SIGN_IN)
KINDS = ("reissue", "unlock")


@pytest.fixture
def env(env, monkeypatch):
    """The world, counting."""
    made = counting(env)
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


def theirs(env, customer):
    """Return an open flow of each kind, all of another browser or session."""
    whose = (customer.id, customer.subject)
    facts = {"pair": "", "masked_id": "", "lock": "", "password": "0", "reason": "", "agent": ""}
    found: list[str] = []
    for kind in CLAIMS:
        other = Stranger(visit=f"{len(found)}" * 64, address=THEIRS.address)
        flow = steps.open_claim(env, other, kind, customer=whose, facts=facts)
        found.append(flow.id)
    return found


def asked(env, browser, route, flow):
    """Return what an outsider sees, and all that the host does, when each method is used."""
    address, answers = ADDRESSES[route], []
    for kind in KINDS if "<slug:kind>" in route else ("reissue",):
        path = filled(route, flow=flow, kind=kind)
        if address.get:
            answers.append(seen(env, partial(browser.get, path)))
        if address.form is not None:
            answers.append(seen(env, partial(browser.form, path, dict.fromkeys(address.form, "1"))))
        if address.body is not None:
            body = dict.fromkeys(address.body, "1")
            answers.append(seen(env, partial(browser.post, path, body)))
    return [(one.status, one.text.replace(flow, "FLOW"), one.work) for one in answers]


@pytest.mark.parametrize("who", ["a stranger", "a customer"])
def test_somebody_elses_flow_and_none_cannot_be_told_apart(env, ming, mei, who):
    browser = Browser()
    browser.get("/sign-in/")
    if who == "a customer":
        browser.sign_in(mei.identifier)
    flows = theirs(env, ming)
    for route in NAMING:
        none = asked(env, browser, route, NEVER)
        for flow in flows:
            assert asked(env, browser, route, flow) == none, (route, flow)
        assert all(status < 500 for status, _, _ in none), route
    open_still = Flow.objects.filter(pk__in=flows, state="open")
    assert open_still.count() == len(flows), "nobody can end another's flow"


def test_the_test_comes_to_every_kind_of_flow():
    assert {route.split("/")[0] for route in NAMING} >= {"certificates", "passwords"}
