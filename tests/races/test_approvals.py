"""Approvals at many hands at once: answered once, used once, asked for no oftener than may be."""

from collections import Counter
from functools import partial

import pytest

from cinnabar.kernel.refusal import Refusal
from cinnabar.login.models import Session
from cinnabar.login.opening import SignedIn
from cinnabar.tokens.models import Approval, SoftToken
from tests.support.approvals import Page, asking_tokens, phone_of, wrong
from tests.support.crowd import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def env(env):
    return asking_tokens(env)


@pytest.fixture
def phone(env, ming):
    return phone_of(env, ming)


@pytest.fixture
def page(env, ming, phone):
    assert phone
    return Page(env, ming.identifier).type().ask_app()


def told(answers):
    return Counter("done" if not isinstance(found, Refusal) else found for found in answers)


def test_one_approval_is_given_once(page, phone):
    """Incident 5: twenty taps of an impatient thumb, each with a statement of its own.

    Five PINs at most are compared at a time; whoever finds no place is told to try again.
    """
    number, seen = page.number, phone.seen()
    answers = told(at_once(*[partial(phone.approve, number, seen)] * 20))
    assert answers["done"] == 1
    assert set(answers) <= {"done", Refusal.APPROVAL_OVER, Refusal.TOKEN_BUSY, Refusal.BUSY}
    assert Approval.objects.get().state == Approval.APPROVED
    assert SoftToken.objects.get().state == SoftToken.ACTIVE


def test_of_yes_and_not_me_at_once_one_counts(page, phone):
    number, seen = page.number, phone.seen()
    answers = at_once(partial(phone.approve, number, seen), partial(phone.deny, seen))
    assert Counter(answers)[Refusal.APPROVAL_OVER] == 1
    state = Approval.objects.get().state
    assert state == (Approval.APPROVED if answers[0] is None else Approval.REFUSED)


def test_twenty_pages_that_go_on_open_one_session(page, phone):
    phone.approve(page.number)
    answers = at_once(*[page.go] * 20)
    assert sum(isinstance(found, SignedIn) for found in answers) == 1
    assert Session.objects.count() == 1


def test_parallel_wrong_numbers_are_all_counted(env, page, phone):
    """Incident 4: no more numbers are compared than may be."""
    number, seen = wrong(page.number), phone.seen()
    told(at_once(*[partial(phone.approve, number, seen)] * 4))
    kept = Approval.objects.get()
    assert kept.tries <= env.firm.token.approval_wrong
    assert kept.state in {Approval.OPEN, Approval.DEAD}


def test_parallel_visits_ask_no_oftener_than_may_be(env, ming, phone):
    """AuthQuake, incident 7."""
    assert phone
    pages = [Page(env, ming.identifier, at=f"{n:064}").type() for n in range(10)]
    answers = told(at_once(*[page.ask_app for page in pages]))
    assert answers["done"] == env.firm.token.approvals_max == Approval.objects.count()
    numbers = [page.number for page in pages if page.standing()]
    assert len(set(numbers)) == len(numbers)
