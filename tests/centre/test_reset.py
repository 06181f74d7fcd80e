"""A password by mail: asked for or sent by the firm, opened, set (item 2, G20, RST-*)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cinnabar.centre import reset, reset_finish, reset_invite
from cinnabar.centre.models import ResetRequest
from cinnabar.centre.reset_invite import Invited
from cinnabar.codes import links
from cinnabar.codes.models import Link
from cinnabar.customers.models import Contact
from cinnabar.firm import load_firm
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.vault import VaultError
from tests.support.customers import add_customer
from tests.support.mail import received
from tests.support.people import CALLED, number
from tests.support.resets import (
    OWN,
    ask,
    asked_by_mail,
    at,
    letters,
    mails,
    open_mail,
    resetting,
    secret,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = CALLED["nobody"]
FIRST = {"zh-Hant-TW": "第一次登入", "zh-Hant-HK": "首次登入"}
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


# --- the request ----------------------------------------------------------------------------------


def test_a_customer_who_asks_gets_a_mail_that_names_the_account(env, ming):
    ask(env)
    [mail] = letters(env)
    assert (mail.channel, mail.to) == ("email", "fredric@example.com")
    assert env.firm.masks.identifier(CALLED["ming"]) in mail.text
    assert ResetRequest.objects.count() == 0


def test_the_mail_leads_to_our_own_page_and_carries_its_secret_behind_the_hash(env, ming):
    ask(env)
    assert f"{env.base_url}/reset/#{secret(mails(env)[0])}" in mails(env)[0].text


def test_a_firm_that_mails_no_links_sends_a_code_and_no_address(env, ming):
    by_code = resetting(env, delivery="code")
    ask(by_code)
    [mail] = letters(by_code)
    assert "http" not in mail.text
    assert len(secret(mail).replace("-", "")) == 10
    open_mail(by_code, secret(mail).lower())


@pytest.mark.parametrize("typed", ["A123456788", "x", "A12345678"])
def test_a_slip_of_the_finger_costs_nothing(env, ming, typed):
    assert refused(ask, env, typed) is Refusal.IDENTIFIER_MALFORMED
    assert ResetRequest.objects.count() == 0


def test_five_a_day_then_none_until_midnight(env, clock, ming):
    clock.set(datetime(2026, 11, 20, 15, 59, 0, tzinfo=UTC))  # 23:59 in Taipei
    for _ in range(env.firm.reissue.per_day):
        ask(env)
    assert refused(ask, env) is Refusal.REISSUE_LIMIT
    clock.move(seconds=60)
    ask(env)


def test_nobody_comes_to_his_sixth_as_well(env, ming):
    for _ in range(env.firm.reissue.per_day):
        ask(env, NOBODY)
    assert refused(ask, env, NOBODY) is Refusal.REISSUE_LIMIT
    ask(env)


def test_nothing_is_sent_for_nobody(env, ming):
    ask(env, NOBODY)
    assert letters(env) == ()
    assert (ResetRequest.objects.count(), Link.objects.count()) == (0, 0)


def test_a_phone_alone_gets_word_that_it_cannot_be_done_this_way(env, mei):
    ask(env, CALLED["mei"])
    [letter] = letters(env)
    assert (letter.channel, letter.to) == ("sms", number(env, "12345678"))
    assert Link.objects.count() == 0
    assert Entry.objects.filter(event=Event.RESET_NOT_POSSIBLE).count() == 1


def test_whom_nothing_reaches_is_told_nothing(env, lin):
    ask(env, CALLED["lin"])
    assert letters(env) == ()


def test_without_a_phone_there_is_no_reset_where_a_code_goes_there_too(strict):
    add_customer(
        strict, name="王小明", identifier=CALLED["ming"], mobile="", email="only@example.com"
    )
    ask(strict)
    [letter] = letters(strict)
    assert letter.channel == "email"
    assert "/reset/" not in letter.text
    assert Link.objects.count() == 0


def test_a_request_that_cannot_be_read_keeps_nobody_else_waiting(env, ming, company):
    ask(env)
    ask(env, CALLED["company"])
    Contact.objects.filter(customer=ming.id).update(value_sealed=b"spoilt")
    with pytest.raises(VaultError):
        reset.send_waiting(env)
    assert [letter.to for letter in received(env)] == ["office@example.com"]
    assert ResetRequest.objects.count() == 1


def test_a_firm_that_resets_nothing_by_mail_has_no_such_way(env, ming):
    taiwan = replace(env, firm=load_firm("taiwan"))
    closed = resetting(taiwan, starts=())
    assert refused(ask, closed) is Refusal.NOT_FOUND
    assert refused(reset_invite.invite, closed, ming.id) is Refusal.NOT_FOUND


# --- how long it lives ----------------------------------------------------------------------------


def test_g20_sent_at_nine_it_opens_until_a_second_before_five(env, clock, ming):
    clock.set(NINE - timedelta(minutes=20))
    ask(env)
    clock.set(NINE)  # the relay took it only now: the time counts from here
    text = secret(mails(env)[0])
    clock.set(NINE + timedelta(hours=8, seconds=1))
    assert refused(open_mail, env, text) is Refusal.LINK_DEAD
    clock.set(NINE + timedelta(hours=8))
    assert refused(open_mail, env, text) is Refusal.LINK_DEAD
    clock.set(NINE + timedelta(hours=7, minutes=59, seconds=59))
    open_mail(env, text)


def test_a_mail_that_could_not_leave_in_its_time_does_not_leave(env, clock, ming):
    ask(env)
    reset.send_waiting(env)
    clock.move(env.firm.link.reset)
    assert received(env) == ()


def test_it_works_once(env, ming):
    ask(env)
    text = secret(mails(env)[0])
    open_mail(env, text)
    assert refused(open_mail, env, text, at="c" * 64) is Refusal.LINK_DEAD


def test_a_newer_request_kills_it_before_anything_is_mailed(env, ming):
    ask(env)
    old = secret(mails(env)[0])
    ask(env)
    assert refused(open_mail, env, old) is Refusal.LINK_DEAD
    open_mail(env, secret(mails(env)[0]))


def test_of_two_requests_before_the_worker_comes_round_one_is_mailed(env, ming):
    ask(env)
    ask(env)
    assert len(mails(env)) == 1


def test_somebody_elses_request_kills_nothing(env, ming, company):
    ask(env)
    text = secret(mails(env)[0])
    ask(env, CALLED["company"])
    ask(env, NOBODY)
    letters(env)
    open_mail(env, text)


@pytest.mark.parametrize("text", ["", "x", "0" * 64, "AAAAA-AAAAA", "é" * 40, "' OR 1=1 --"])
def test_made_up_secrets_are_dead_links(env, ming, text):
    assert refused(open_mail, env, text) is Refusal.LINK_DEAD


def test_a_reissues_secret_opens_no_reset(env, ming):
    text = links.make(env, ming.id, "reissue", flow="f", life=timedelta(hours=1)).reveal()
    assert refused(open_mail, env, text) is Refusal.LINK_DEAD
    assert links.spend(env, "reissue", text)


def test_the_secret_is_nowhere_but_in_the_mail(env, ming):
    ask(env)
    text = secret(mails(env)[0])
    rested = [str(row) for row in Link.objects.values_list()]
    rested += list(Entry.objects.values_list("payload", flat=True))
    assert all(text not in one for one in rested)


# --- the invitation -------------------------------------------------------------------------------


def test_only_who_has_no_password_is_invited_and_once(env, clock, ming):
    new = add_customer(
        env, name="王小明", identifier=CALLED["mei"], mobile="", email="n@example.com"
    )
    assert reset_invite.invite(env, ming.id) is Invited.HAS_PASSWORD
    assert reset_invite.invite(env, new.id) is Invited.INVITED
    assert reset_invite.invite(env, new.id) is Invited.WAITING
    assert len(mails(env)) == 1
    clock.move(env.firm.link.reset)
    assert reset_invite.invite(env, new.id) is Invited.INVITED


def test_who_has_no_mail_cannot_be_invited(env):
    new = add_customer(
        env, name="王小明", identifier=CALLED["mei"], mobile=number(env, "58123474"), email=""
    )
    assert reset_invite.invite(env, new.id) is Invited.NO_WAY
    assert letters(env) == ()


def test_an_invitation_speaks_of_a_new_account(env):
    new = add_customer(
        env, name="王小明", identifier=CALLED["mei"], mobile="", email="n@example.com"
    )
    reset_invite.invite(env, new.id)
    ask(env, CALLED["mei"])
    asked, invited = [mail.text for mail in letters(env)]
    the_first = FIRST[env.firm.identity.locale]
    assert the_first in invited
    assert the_first not in asked


# --- what is written down -------------------------------------------------------------------------


def test_the_journal_tells_the_story(env, ming):
    reset_finish.finish(env, at(), asked_by_mail(env), OWN)
    told = list(Entry.objects.order_by("id").values_list("event", flat=True))
    story = [
        Event.RESET_REQUESTED,
        Event.RESET_MAILED,
        Event.RESET_LINK_OPENED,
        Event.PASSWORD_RESET,
    ]
    assert [e for e in told if e in story] == story


def test_the_proofs_are_those_of_a_reset(env, ming):
    flow = asked_by_mail(env)
    assert Flow.objects.get(pk=flow).kind == FlowKind.RESET
    assert {p.kind for p in Proof.objects.filter(flow_id=flow)} == {"link"}
