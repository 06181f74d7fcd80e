"""Biometrics under many hands: an answer opens once, and what was suspended opens nothing."""

from dataclasses import replace
from functools import partial

import pytest

from cinnabar.kernel.refusal import Refusal
from cinnabar.login.soft import biometrics
from cinnabar.tokens.models import Passkey
from cinnabar.tokens.soft import suspending
from tests.support.biometrics import Phone, with_biometrics
from tests.support.crowd import at_once
from tests.support.people import visit

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def env(env):
    return with_biometrics(env)


@pytest.fixture
def phone(env, ming):
    phone = Phone(env, replace(visit(env, ming), channel="mobile")).bind()
    phone.switch_on()
    return phone


def test_one_answer_sent_ten_times_opens_once(phone):
    said = phone.sign("sign-in", {})
    shown = phone.show(said, "sign-in", {})
    found = at_once(*[partial(phone.send, said, "sign-in", {}, shown)] * 10)
    assert found.count(phone.app.key_id) == 1
    assert found.count(Refusal.TOKEN_NOT_PROVED) == 9


def test_what_one_right_pin_opened_makes_one_key(env, phone):
    made = phone.passkeys.make(phone.begin())
    act = partial(biometrics.finish, env, phone.visitor, made, phone.wish())
    found = at_once(*[act] * 6)
    assert found.count(Refusal.BIOMETRICS_NOT_PROVED) == 5
    assert Passkey.objects.filter(stopped_at=None).count() == 1


def test_of_two_keys_made_at_once_one_is_left(env, phone):
    made = [phone.passkeys.make(phone.begin()) for _ in range(4)]
    wish = phone.wish()
    at_once(*[partial(biometrics.finish, env, phone.visitor, one, wish) for one in made])
    assert Passkey.objects.filter(stopped_at=None).count() == 1


def test_used_while_staff_suspend_it_leaves_it_suspended(env, phone, ming):
    """Each way round: it opens before or it does not; after it, nothing opens."""
    said = phone.sign("sign-in", {})
    use = partial(phone.send, said, "sign-in", {}, phone.show(said, "sign-in", {}))
    found = at_once(use, partial(suspending.by_staff, env, ming.id, case="C-1"))
    assert found[1] == 1
    assert found[0] in {phone.app.key_id, Refusal.BIOMETRICS_SUSPENDED}
    assert phone.stands == "staff"
    assert not Passkey.objects.filter(stopped_at=None).exists()
