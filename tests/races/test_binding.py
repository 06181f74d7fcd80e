"""Binding under many hands: one code binds once, and the last place is taken once."""

from functools import partial

import pytest

from cinnabar.kernel.refusal import Refusal
from cinnabar.login.soft import own_tokens
from cinnabar.login.soft.binding_finish import by_scan
from cinnabar.tokens.models import Registration, SoftToken
from tests.support.binding import Phone, facts, mobile, with_token
from tests.support.crowd import at_once
from tests.support.soft import row

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def env(env):
    return with_token(env, devices_max=1)


def answers(env, phone, text, times):
    """Sign as often as asked, each over a challenge of its own."""
    data = {"flow": phone.flow, "scanned": text}
    signed = [phone.app.sign("register", phone.challenge(), data) for _ in range(times)]
    return [partial(by_scan, env, phone.visitor, phone.flow, one, text) for one in signed]


def test_one_code_handed_in_by_five_hands_binds_once(env, ming):
    phone = Phone(env, mobile(env, ming)).up_to_the_mail()
    found = at_once(*answers(env, phone, facts(env)[0], 5))
    assert [one for one in found if not isinstance(one, Refusal)] == [row(phone.app).id]
    assert row(phone.app).state == "active"
    assert Registration.objects.get().state == "used"


def test_twenty_wrong_codes_are_five_tries(env, ming):
    phone = Phone(env, mobile(env, ming)).up_to_the_mail()
    found = at_once(*answers(env, phone, "TOKEN:WRONG", 20))
    assert found.count(Refusal.TOKEN_REGISTRATION_WRONG) == 4
    assert found.count(Refusal.TOKEN_REGISTRATION_DEAD) == 16
    assert Registration.objects.get().tries == 5


def test_of_two_phones_one_gets_the_last_place(env, ming):
    acts = []
    for _ in range(2):
        phone = Phone(env, mobile(env, ming)).up_to_the_mail()
        acts += answers(env, phone, facts(env)[0], 1)
    found = at_once(*acts)
    assert found.count(Refusal.TOKEN_LIMIT) == 1
    assert SoftToken.objects.filter(state="active").count() == 1


def test_what_is_suspended_ten_times_is_suspended_once(env, ming):
    phone = Phone(env, mobile(env, ming)).bound()
    token = row(phone.app).id
    found = at_once(*[partial(own_tokens.suspend, env, phone.visitor, token)] * 10)
    assert found.count(Refusal.NOT_FOUND) == 9
    assert row(phone.app).state == "suspended"


def test_removing_and_suspending_at_once_end_in_one_of_both(env, ming):
    env = with_token(env, clear_asks_step_up=False)
    phone = Phone(env, mobile(env, ming)).bound()
    token = row(phone.app).id
    both = (own_tokens.suspend, own_tokens.remove)
    at_once(*[partial(act, env, phone.visitor, token) for act in both])
    assert row(phone.app).state == "cleared"
