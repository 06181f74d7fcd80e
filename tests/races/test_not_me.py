"""Many answers to notices at once: one is taken, nobody waits for ever, nobody slips in."""

import dataclasses
from functools import partial

import pytest

from cinnabar.centre import not_me
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session
from tests.support.crowd import Comparing, at_once
from tests.support.notices import secret
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

SOMEBODY = Stranger(visit="0" * 64, address="203.0.113.9")


def test_one_secret_pressed_twenty_times_is_one_answer(env, ming):
    typed = secret(env, ming)
    answers = at_once(*[partial(not_me.report, env, SOMEBODY, typed)] * 20)
    assert answers.count(Refusal.NOT_ME_DEAD) == 19
    assert Entry.objects.filter(event=Event.NOTICE_DISOWNED).count() == 1


def test_the_answers_to_several_notices_at_once_are_one_answer(env, ming):
    typed = [secret(env, ming, key=str(n)) for n in range(8)]
    answers = at_once(*[partial(not_me.report, env, SOMEBODY, one) for one in typed])
    assert answers.count(Refusal.NOT_ME_DEAD) == 7
    assert Entry.objects.filter(event=Event.NOTICE_DISOWNED).count() == 1


def test_whoever_was_just_let_in_by_his_password_is_not_let_in_after_all(env, ming):
    """Between comparing and opening the session the customer says that it was not him."""
    report = partial(not_me.report, env, SOMEBODY, secret(env, ming))
    beside = dataclasses.replace(env, hasher=Comparing(env.hasher, report))
    with pytest.raises(Refused) as caught:
        sign_in(beside, ming.identifier, PASSWORD, address="203.0.113.7")
    assert caught.value.refusal is Refusal.SIGN_IN_FAILED
    assert not Session.objects.filter(customer_id=ming.id, ended_at=None).exists()


def test_nobody_who_signs_in_beside_it_stays_signed_in(env, ming):
    typed = secret(env, ming)
    enter = partial(sign_in, env, ming.identifier, PASSWORD, address="203.0.113.7")
    at_once(partial(not_me.report, env, SOMEBODY, typed), *[enter] * 6)
    assert not Session.objects.filter(customer_id=ming.id, ended_at=None).exists()
    with pytest.raises(Refused):
        enter()
