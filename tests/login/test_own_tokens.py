"""Tokens as their owner sees, suspends and removes them; staff and the worker too."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.centre import not_me
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session
from cinnabar.login.soft import own_tokens, token_staff
from tests.support.binding import Phone, mobile, with_token
from tests.support.mail import received
from tests.support.notices import secret
from tests.support.passkeys import recorded
from tests.support.people import visit
from tests.support.soft import row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def env(env):
    return with_token(env, devices_max=2, clear_asks_step_up=True)


@pytest.fixture
def phone(env, ming):
    return Phone(env, mobile(env, ming)).bound()


@pytest.fixture
def desk(env, ming):
    """王小明 at a computer, with his password alone."""
    return replace(visit(env, ming), amr=frozenset({"pwd"}))


def refused(act, *args):
    with pytest.raises(Refused) as no:
        act(*args)
    return no.value.refusal


def fresh(env, visitor):
    return replace(visitor, amr=visitor.amr | {"sms"}, proved_at=env.clock.now())


def test_a_lost_device_is_suspended_at_once_from_any_session_with_one_factor(env, phone, desk):
    (held,) = own_tokens.own(env, desk)
    own_tokens.suspend(env, desk, held.id)
    assert (row(phone.app).state, row(phone.app).why) == ("suspended", "lost")
    assert refused(phone.begin) is Refusal.TOKEN_NONE
    assert len(recorded(Event.TOKEN_SUSPENDED)) == 1
    assert refused(own_tokens.suspend, env, desk, held.id) is Refusal.NOT_FOUND


def test_sessions_that_the_token_opened_end_with_it(env, phone, desk, ming):
    Session.objects.filter(pk=phone.visitor.session).update(amr="token pin")
    (held,) = own_tokens.own(env, desk)
    own_tokens.suspend(env, desk, held.id)
    assert Session.objects.get(pk=phone.visitor.session).ended_at is not None
    assert Session.objects.get(pk=desk.session).ended_at is None


def test_removing_asks_for_two_fresh_factors_where_the_firm_says_so(env, phone, desk):
    (held,) = own_tokens.own(env, desk)
    assert refused(own_tokens.remove, env, desk, held.id) is Refusal.STEP_UP_NEEDED
    own_tokens.remove(env, fresh(env, desk), held.id)
    gone = row(phone.app)
    assert (gone.state, gone.sealed, own_tokens.own(env, desk)) == ("cleared", None, ())


def test_nobody_touches_anothers_token(env, phone, desk, mei):
    (held,) = own_tokens.own(env, desk)
    stranger = fresh(env, visit(env, mei))
    assert own_tokens.own(env, stranger) == ()
    assert refused(own_tokens.suspend, env, stranger, held.id) is Refusal.NOT_FOUND
    assert refused(own_tokens.remove, env, stranger, held.id) is Refusal.NOT_FOUND
    assert row(phone.app).state == "active"


def test_staff_suspend_and_lift_with_a_case(env, phone, ming):
    assert token_staff.suspend(env, ming, case="B-1") == 1
    assert token_staff.suspend(env, ming, case="B-1") == 0
    assert token_staff.lift(env, ming, case="B-2") == 1
    assert row(phone.app).state == "active"
    (lifted,) = recorded(Event.TOKEN_LIFTED)
    assert lifted["details"]["case"] == "B-2"
    (listed,) = token_staff.listed(ming.id)
    assert (listed.state, listed.system) == ("active", "Android")


def test_what_nobody_uses_is_suspended_by_the_worker(env, ming):
    env = with_token(env, unused=timedelta(days=90))
    phone = Phone(env, mobile(env, ming)).bound()
    assert token_staff.upkeep(env) == 0
    env.clock.move(timedelta(days=91))
    assert token_staff.upkeep(env) == 1
    assert (row(phone.app).state, row(phone.app).why) == ("suspended", "unused")
    assert token_staff.upkeep(env) == 0


def test_a_binding_that_nobody_finished_is_given_up(env, ming):
    phone = Phone(env, mobile(env, ming)).up_to_the_mail()
    env.clock.move(timedelta(days=8))
    assert token_staff.upkeep(env) == 1
    assert (row(phone.app).state, row(phone.app).sealed) == ("cleared", None)


def test_this_was_not_me_clears_every_token(env, phone, ming):
    not_me.report(env, Stranger(visit="6" * 64, address="203.0.113.9"), secret(env, ming))
    assert row(phone.app).state == "cleared"


class TestWhereTheWebPageShowsTheCode:
    @pytest.fixture
    def env(self, env):
        return with_token(
            env, code_in_mail=False, retry_same_mail=False, bind=timedelta(minutes=10)
        )

    @pytest.fixture
    def phone(self, env, ming):
        waiting = Phone(env, mobile(env, ming))
        waiting.begin()
        waiting.code()
        waiting.pin()
        return waiting

    def test_two_fresh_factors_show_it_and_the_phone_scans_it(self, env, phone, desk):
        (held,) = own_tokens.own(env, desk)
        assert held.waits
        assert refused(own_tokens.show_code, env, desk, held.id) is Refusal.STEP_UP_NEEDED
        made = own_tokens.show_code(env, fresh(env, desk), held.id)
        phone.scan(made.scanned.reveal())
        assert row(phone.app).state == "active"

    @pytest.mark.usefixtures("phone")
    def test_no_mail_with_a_code_leaves(self, env, desk):
        (held,) = own_tokens.own(env, desk)
        own_tokens.show_code(env, fresh(env, desk), held.id)
        assert not any(one.picture for one in received(env))

    def test_a_second_picture_makes_the_first_worthless(self, env, phone, desk):
        (held,) = own_tokens.own(env, desk)
        first = own_tokens.show_code(env, fresh(env, desk), held.id)
        own_tokens.show_code(env, fresh(env, desk), held.id)
        assert refused(phone.scan, first.scanned.reveal()) is Refusal.TOKEN_REGISTRATION_WRONG

    def test_it_lives_ten_minutes(self, env, phone, desk):
        (held,) = own_tokens.own(env, desk)
        made = own_tokens.show_code(env, fresh(env, desk), held.id)
        env.clock.move(timedelta(minutes=10))
        assert refused(phone.scan, made.scanned.reveal()) is Refusal.TOKEN_REGISTRATION_DEAD

    def test_a_phone_that_has_no_pin_yet_does_not_wait(self, env, ming, desk):
        Phone(env, mobile(env, ming)).begin()
        assert own_tokens.own(env, desk) == ()

    def test_a_bound_phone_gets_no_other_code(self, env, phone, desk):
        (held,) = own_tokens.own(env, desk)
        made = own_tokens.show_code(env, fresh(env, desk), held.id)
        phone.scan(made.scanned.reveal())
        assert refused(own_tokens.show_code, env, fresh(env, desk), held.id) is Refusal.NOT_FOUND
