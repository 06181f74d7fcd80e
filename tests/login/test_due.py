"""Signing in with a password that has had its time leads to the page where it is changed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.firm import load_firm
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.models import Session
from tests.support.leaked import Leaked, Unreadable
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

HERE = "203.0.113.7"
DAY = timedelta(days=1)
TAIWAN, STRONG = load_firm("taiwan").password, load_firm("strong").password


def under(env, passwords, **world):
    return replace(env, firm=replace(env.firm, password=passwords), **world)


def leads_to_the_change(env, customer):
    tokens = sign_in(env, customer.identifier, PASSWORD, address=HERE)
    assert tokens is not None
    return Session.objects.latest("started_at").must_change


def reason(event=Event.SIGN_IN_SUCCEEDED):
    told = json.loads(Entry.objects.filter(event=event).latest("id").payload)
    return told["details"].get("must_change")


def test_on_the_ninety_first_day_and_nobody_is_locked_out(env, clock, ming):
    """G22, CONFLICT-4."""
    ninety = under(env, replace(TAIWAN, login=replace(TAIWAN.login, max_age=90 * DAY)))
    clock.move(90 * DAY)
    assert not leads_to_the_change(ninety, ming)
    assert reason() is None
    clock.move(DAY)
    assert leads_to_the_change(ninety, ming)
    assert reason() == "over"


def test_a_password_that_has_leaked_since_it_was_chosen(env, ming):
    """LCK-08."""
    known = Leaked.of(PASSWORD.reveal())
    assert leads_to_the_change(under(env, STRONG, breached=known), ming)
    assert reason() == "leaked"


def test_in_taiwan_neither_is_asked(env, clock, ming):
    clock.move(3650 * DAY)
    known = Leaked.of(PASSWORD.reveal())
    assert not leads_to_the_change(under(env, TAIWAN, breached=known), ming)


def test_a_list_that_cannot_be_read_keeps_nobody_out(env, ming):
    assert not leads_to_the_change(under(env, STRONG, breached=Unreadable()), ming)


def test_who_types_a_wrong_password_learns_nothing_of_the_list(env, ming):
    """LCK-03."""
    known = Leaked.of("wrong1234")
    with pytest.raises(Refused) as refused:
        sign_in(
            under(env, STRONG, breached=known), ming.identifier, Password("wrong1234"), address=HERE
        )
    assert refused.value.refusal is Refusal.SIGN_IN_FAILED
    assert reason(Event.SIGN_IN_FAILED) is None
