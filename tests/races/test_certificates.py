"""Parallel applies, double clicks, a renewal against a revocation."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from cinnabar.certificates.actions import apply, revoke
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.flows.actions.steps import prove
from cinnabar.flows.kinds import ProofKind
from cinnabar.flows.models import Flow
from cinnabar.kernel.refusal import Refusal
from tests.support.centre import Customer
from tests.support.crowd import at_once
from tests.support.device import Device
from tests.support.people import visit

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_twenty_clicks_on_confirm_issue_one_certificate(env, ming):
    customer = Customer(env, visit(env, ming))
    flow = customer.ready_to_finish()
    answers = at_once(*[partial(customer.finish, flow)] * 20)
    assert len({issued.der for issued in answers}) == 1
    assert Certificate.objects.count() == 1


def test_twenty_applications_at_once_issue_one_certificate(env, ming):
    """CRT-14: each has its own session, key and code."""
    customers, flows = [], []
    for _ in range(20):
        customer = Customer(env, visit(env, ming))
        flow = customer.open()
        customer.present(flow)
        _prove_without_sending(env, customer, flow)
        customers.append(customer)
        flows.append(flow)
    answers = at_once(*[partial(c.finish, f) for c, f in zip(customers, flows, strict=True)])
    assert answers.count(Refusal.ALREADY_LIVE) == 19
    assert Certificate.objects.filter(state=State.LIVE).count() == 1
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("round_", range(5))
def test_a_renewal_against_a_revocation_ends_in_one_of_two_ways(env, clock, ming, round_):
    customer = Customer(env, visit(env, ming))
    customer.apply()
    clock.set(datetime(2027, 11, 10, 10, tzinfo=ZoneInfo("Asia/Taipei")))
    renewal = apply.open_renewal(env, customer.visitor).id
    old, customer.device = customer.device, Device()
    customer.present(renewal, old=old)
    ending = revoke.open_revocation(env, customer.visitor, lost=False).id
    _prove_without_sending(env, customer, ending)
    at_once(
        partial(customer.finish, renewal, consent=None),
        partial(revoke.revoke, env, customer.visitor, ending),
    )
    # Either the renewal came first and the revocation was told so, or all is ended.
    live = Certificate.objects.filter(state=State.LIVE)
    assert Flow.objects.get(pk=ending).state == ("open" if live.exists() else "done")
    assert not Certificate.objects.filter(state=State.ISSUING).exists()


def _prove_without_sending(env, customer, flow):
    """The code itself is another test's; here its proof is put in place."""
    with transaction.atomic():
        prove(env, flow, ProofKind.CODE, target=Flow.objects.get(pk=flow).target)
