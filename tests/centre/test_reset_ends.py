"""The end of a reset: the password that is set, and what falls with the one before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cinnabar.centre import reset_finish, reset_invite, reset_open
from cinnabar.centre.reset_invite import Invited
from cinnabar.flows.kinds import FlowState
from cinnabar.flows.models import Flow
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.models import KnownDevice, Session
from cinnabar.login.stages import barred
from cinnabar.passwords import store
from cinnabar.passwords.kinds import PasswordKind
from tests.support.customers import add_customer
from tests.support.mail import received
from tests.support.people import CALLED, PASSWORD, number, visit
from tests.support.resets import (
    OWN,
    ask,
    asked_by_mail,
    at,
    fits,
    mails,
    open_mail,
    ready_to_set,
    resetting,
    secret,
    sign_in,
)

pytestmark = pytest.mark.django_db(transaction=True)

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Nine o'clock of a Monday in Taipei and Hong Kong."""


def refused(what, *args, **more):
    with pytest.raises(Refused) as no:
        what(*args, **more)
    return no.value.refusal


@pytest.fixture
def env(env):
    """The world of a firm that resets passwords by mail, by the link alone, in eight hours."""
    return resetting(env)


@pytest.fixture
def strict(env):
    """The same firm, which asks an SMS code beside the mail."""
    return resetting(env, needs_second_factor=True)


# --- the password ---------------------------------------------------------------------------------


def test_the_password_is_set_and_says_when(env, clock, ming):
    flow = asked_by_mail(env)
    clock.move(seconds=180)
    reset_finish.finish(env, at(), flow, OWN)
    assert fits(env, ming, OWN)
    assert reset_finish.finished_at(env, at(), flow) == clock.now()


def test_the_first_password_of_a_new_account(env):
    new = add_customer(
        env,
        name="王小明",
        identifier=CALLED["ming"],
        mobile=number(env, "58123474"),
        email="n@example.com",
    )
    assert reset_invite.invite(env, new.id) is Invited.INVITED
    flow = open_mail(env, secret(mails(env)[0]))
    reset_finish.finish(env, at(), flow, OWN)
    assert fits(env, new, OWN)


def test_one_for_each_account_becomes_the_new_one_everywhere(env, hua):
    flow = asked_by_mail(env, CALLED["hua"])
    reset_finish.finish(env, at(), flow, OWN)
    rows = store.rows(hua.id, PasswordKind.LOGIN)
    assert len(rows) == 3
    assert all(env.hasher.matching([row.encoded for row in rows], OWN))


def test_the_link_alone_sets_no_password_where_a_code_is_asked(strict, ming):
    """RST-06, RST-07."""
    flow = asked_by_mail(strict)
    assert refused(reset_finish.finish, strict, at(), flow, OWN) is Refusal.FLOW_OUT_OF_ORDER
    ready_to_set(strict, flow)
    reset_finish.finish(strict, at(), flow, OWN)
    assert fits(strict, ming, OWN)


def test_the_code_goes_to_the_phone_only(strict, ming):
    flow = asked_by_mail(strict)
    before = len(received(strict))
    ready_to_set(strict, flow)
    [newest] = received(strict)[: len(received(strict)) - before]
    assert (newest.channel, newest.to) == ("sms", number(strict, "58123474"))


def test_another_browser_cannot_go_on_with_it(env, ming):
    flow = asked_by_mail(env)
    elsewhere = at("f" * 64)
    assert refused(reset_open.at_step, env, elsewhere, flow) is Refusal.FLOW_CLOSED
    assert refused(reset_finish.finish, env, elsewhere, flow, OWN) is Refusal.FLOW_CLOSED


def test_it_is_done_once(env, ming):
    flow = asked_by_mail(env)
    reset_finish.finish(env, at(), flow, OWN)
    again = Password("sencha2028tea"[: env.firm.password.login.max])
    assert refused(reset_finish.finish, env, at(), flow, again) is Refusal.FLOW_CLOSED
    assert fits(env, ming, OWN)


def test_a_password_that_the_firm_refuses_leaves_everything_as_it_was(env, ming):
    flow = asked_by_mail(env)
    bad = Password("1")
    assert refused(reset_finish.finish, env, at(), flow, bad) is Refusal.PASSWORD_REFUSED
    assert Flow.objects.get(pk=flow).state == FlowState.OPEN
    reset_finish.finish(env, at(), flow, OWN)


def test_the_password_in_force_is_no_new_one_where_the_firm_remembers_it(env, ming):
    """G22: of a history of one or more, the one before is refused at a reset as well."""
    flow = asked_by_mail(remembering(env))
    with pytest.raises(Refused) as no:
        reset_finish.finish(remembering(env), at(), flow, PASSWORD)
    assert no.value.refusal is Refusal.PASSWORD_REFUSED
    assert fits(env, ming, PASSWORD)
    reset_finish.finish(remembering(env), at(), flow, OWN)
    again = asked_by_mail(remembering(env))
    assert refused(reset_finish.finish, remembering(env), at(), again, OWN) is (
        Refusal.PASSWORD_REFUSED
    )


def remembering(env):
    """Return the world of a firm that refuses at least the password in force."""
    login = replace(env.firm.password.login, history=max(1, env.firm.password.login.history))
    return replace(env, firm=replace(env.firm, password=replace(env.firm.password, login=login)))


# --- what falls with the old one ------------------------------------------------------------------


def test_every_session_ends_and_nobody_is_signed_in(env, ming):
    visit(env, ming)
    flow = asked_by_mail(env)
    reset_finish.finish(env, at(), flow, OWN)
    assert not Session.objects.filter(customer=ming.id, ended_at=None).exists()


def test_a_lock_is_lifted(env, ming):
    for _ in range(env.firm.login.max_wrong):
        fits(env, ming, Password("neither1"))
    assert not fits(env, ming, Password("demo1234"))
    reset_finish.finish(env, at(), asked_by_mail(env), OWN)
    assert fits(env, ming, OWN)


def test_remembered_devices_are_asked_again(env, clock, ming):
    seen = visit(env, ming)
    now = clock.now()
    KnownDevice.objects.update_or_create(
        customer_id=ming.id,
        device_id=seen.device,
        defaults={
            "first_seen_at": now,
            "last_seen_at": now,
            "remembered_until": now + timedelta(days=30),
        },
    )
    reset_finish.finish(env, at(), asked_by_mail(env), OWN)
    assert KnownDevice.objects.get(customer_id=ming.id).remembered_until is None


def test_what_was_begun_elsewhere_in_his_name_is_closed(env, ming):
    ask(env)
    first = open_mail(env, secret(mails(env)[0]), at="d" * 64)
    second = asked_by_mail(env)
    reset_finish.finish(env, at(), second, OWN)
    assert Flow.objects.get(pk=first).state == FlowState.ABANDONED


def test_the_notice_goes_by_the_other_channel(env, ming):
    flow = asked_by_mail(env)
    before = len(received(env))
    reset_finish.finish(env, at(), flow, OWN)
    told = received(env)[: len(received(env)) - before]
    assert [letter.channel for letter in told] == ["sms"]


def test_whoever_has_a_mail_only_is_told_there(env):
    add_customer(env, name="王小明", identifier=CALLED["ming"], mobile="", email="only@example.com")
    flow = asked_by_mail(env)
    before = len(received(env))
    reset_finish.finish(env, at(), flow, OWN)
    told = received(env)[: len(received(env)) - before]
    assert [letter.channel for letter in told] == ["email"]


# --- e-mail at the next sign-in (CONFLICT-2) ------------------------------------------------------


def test_after_a_reset_the_mailbox_is_no_second_factor_until_somebody_signed_in(env, ming):
    assert not barred.mail_barred(ming.id)
    sign_in(env, ming, PASSWORD)
    reset_finish.finish(env, at(), asked_by_mail(env), OWN)
    assert barred.mail_barred(ming.id)
    sign_in(env, ming, OWN)
    assert not barred.mail_barred(ming.id)


def test_a_session_that_began_while_the_mail_was_open_lifts_nothing(env, clock, ming):
    """The owner signs in with the old password while a stranger sits at his mailbox."""
    flow = asked_by_mail(env)
    clock.move(seconds=5)
    visit(env, ming)
    clock.move(seconds=5)
    reset_finish.finish(env, at(), flow, OWN)
    assert barred.mail_barred(ming.id)


def test_nobody_else_is_barred(env, ming, company):
    reset_finish.finish(env, at(), asked_by_mail(env), OWN)
    assert not barred.mail_barred(company.id)
