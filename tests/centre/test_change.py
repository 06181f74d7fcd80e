"""密碼修改: what it asks, what it changes, what follows."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.centre.change import Wish, change
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.login.actions import resume
from cinnabar.login.models import Session
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.kinds import PasswordKind
from tests.support.passwords import NEW, NEWER, WRONG, account_of, kept, new_withdrawal, opens
from tests.support.people import OTHER, PASSWORD, WITHDRAWAL, give_withdrawal, visit
from tests.support.signing import sign_in

LOGIN, CASH, VOICE = PasswordKind.LOGIN, PasswordKind.WITHDRAWAL, PasswordKind.VOICE


def login(old=PASSWORD, new=NEW):
    return Wish(kind=LOGIN, old=old, new=new)


def cash(env, old=WITHDRAWAL):
    return Wish(kind=CASH, old=old, new=new_withdrawal(env))


def refusal(env, visitor, *wishes, account=None, voice=False):
    with pytest.raises(Refused) as refused:
        change(env, visitor, wishes, account=account, voice=voice)
    return refused.value.refusal


def test_ming_changes_his_password_and_signs_in_with_the_new_one(env, ming):
    change(env, visit(env, ming), [login()], account=None, voice=False)
    assert (opens(env, ming, PASSWORD), opens(env, ming, NEW)) == (False, True)


def test_the_others_are_signed_out_and_this_window_goes_on_under_a_new_name(env, ming):
    """PWD-15, SES-01."""
    elsewhere = visit(env, ming)
    tokens = sign_in(env, ming.identifier, PASSWORD, address="::1")
    here = resume(env, tokens.session, tokens.device, address="::1")
    assert here is not None
    token = change(env, here, [login()], account=None, voice=False)
    assert resume(env, tokens.session, tokens.device, address="::1") is None
    after = resume(env, token, tokens.device, address="::1")
    assert (after.customer_id, after.device, after.amr) == (ming.id, here.device, here.amr)
    assert list(Session.objects.filter(ended_at=None).values_list("id", flat=True)) == [
        after.session
    ]
    assert Session.objects.get(pk=elsewhere.session).ended_at is not None
    before, now = (Session.objects.get(pk=one.session) for one in (here, after))
    assert now.started_at == before.started_at


def test_a_wrong_old_password_changes_nothing_and_counts_like_a_sign_in(env, ming):
    """LCK-01: guessing the old password locks too."""
    visitor, before = visit(env, ming), kept(ming)
    said = [refusal(env, visitor, login(old=WRONG)) for _ in range(env.firm.login.max_wrong)]
    assert set(said[:-1]) == {Refusal.OLD_PASSWORD_WRONG}
    assert said[-1] is Refusal.PASSWORD_LOCKED
    assert refusal(env, visitor, login()) is Refusal.PASSWORD_LOCKED
    assert kept(ming) == before
    assert not opens(env, ming, PASSWORD)
    assert Entry.objects.filter(event=Event.SIGN_IN_LOCKED).count() == 1


def test_wrong_old_passwords_count_for_the_address_and_right_ones_do_not(env, ming):
    """LCK-08: a session that was taken over is no way round the guard."""
    visitor = visit(env, ming, address="203.0.113.9")
    change(env, visitor, [login()], account=None, voice=False)
    assert not any(guard.wrong_today(env).values())
    again = visit_with(env, ming, NEW)
    refusal(env, again, login(old=WRONG))
    assert guard.wrong_today(env)[Door.SIGN_IN] == 1
    policy = replace(env.firm.login, per_address_wrong_per_day=1)
    tight = replace(env, firm=replace(env.firm, login=policy))
    assert refusal(tight, again, login(old=NEW, new=NEWER)) is Refusal.TOO_MANY_TRIES


def test_a_bad_new_password_is_told_only_to_whoever_knows_the_old_one(env, ming):
    visitor, bad = visit(env, ming), Password("a")
    assert refusal(env, visitor, login(old=WRONG, new=bad)) is Refusal.OLD_PASSWORD_WRONG
    assert refusal(env, visitor, login(new=bad)) is Refusal.PASSWORD_REFUSED
    assert opens(env, ming, PASSWORD)


def test_the_password_one_has_is_no_new_one(env, ming):
    assert refusal(env, visit(env, ming), login(new=PASSWORD)) is Refusal.PASSWORD_SAME


def test_whoever_ticks_nothing_is_told_so(env, ming):
    assert refusal(env, visit(env, ming)) is Refusal.NOTHING_CHOSEN


def test_the_withdrawal_password_may_be_changed_alone(env, ming):
    """P92, P94: a box of its own."""
    give_withdrawal(env, ming.id)
    before = kept(ming, CASH)
    change(env, visit(env, ming), [cash(env)], account=None, voice=False)
    assert kept(ming, CASH) != before
    assert opens(env, ming, PASSWORD)


@pytest.mark.parametrize("wrong", ["login", "withdrawal"])
def test_both_at_once_are_one_act(env, ming, wrong):
    """When one of them is refused, the other does not happen."""
    give_withdrawal(env, ming.id)
    before = kept(ming) | kept(ming, CASH)
    wishes = [
        login(old=WRONG if wrong == "login" else PASSWORD),
        cash(env, old=WRONG if wrong == "withdrawal" else WITHDRAWAL),
    ]
    assert refusal(env, visit(env, ming), *wishes) is Refusal.OLD_PASSWORD_WRONG
    assert kept(ming) | kept(ming, CASH) == before
    change(env, visit(env, ming), [login(), cash(env)], account=None, voice=False)
    assert opens(env, ming, NEW)
    assert kept(ming, CASH) != before


def test_withdrawal_passwords_are_not_guessed_whatever_else_is_right(env, clock, ming):
    """As many a day as lock a sign-in; signing in again clears nothing."""
    give_withdrawal(env, ming.id)
    for _ in range(env.firm.login.max_wrong):
        wishes = (login(), cash(env, old=WRONG))
        assert refusal(env, visit(env, ming), *wishes) is Refusal.OLD_PASSWORD_WRONG
    assert refusal(env, visit(env, ming), cash(env)) is Refusal.TOO_MANY_TRIES
    clock.move(timedelta(days=1))
    change(env, visit(env, ming), [cash(env)], account=None, voice=False)


def test_right_withdrawal_passwords_use_no_try_up(env, ming):
    give_withdrawal(env, ming.id)
    old = WITHDRAWAL
    for turn in range(env.firm.login.max_wrong + 1):
        new = Password(f"{turn}" + new_withdrawal(env).reveal()[1:])
        wish = Wish(kind=CASH, old=old, new=new)
        change(env, visit(env, ming), [wish], account=None, voice=False)
        old = new


def test_voice_follows_where_the_box_is_ticked_and_the_firm_offers_it(env, ming):
    """P95, P96, CONFLICT-5."""
    change(env, visit(env, ming), [login()], account=None, voice=False)
    assert kept(ming, VOICE) == {}
    change(env, visit_with(env, ming, NEW), [login(NEW, NEWER)], account=None, voice=True)
    offered = env.firm.password.voice.in_step == "offered"
    assert list(kept(ming, VOICE)) == ([None] if offered else [])
    if offered:
        (encoded,) = kept(ming, VOICE).values()
        assert env.hasher.matching([encoded], Password("627537625")) == [True]


def test_a_customer_without_a_withdrawal_password_has_none_to_change(env, ming):
    assert refusal(env, visit(env, ming), cash(env)) is Refusal.NOT_FOUND


def test_hua_changes_one_account_and_the_others_stay(env, hua):
    """P117 is for reissues; a change is for the row it began at (P116)."""
    shares, before = account_of(hua, "securities"), kept(hua)
    change(env, visit(env, hua), [login()], account=shares, voice=False)
    after = kept(hua)
    assert {account for account in after if after[account] != before[account]} == {shares}
    assert opens(env, hua, PASSWORD)
    assert opens(env, hua, NEW)


def test_each_account_asks_its_own_old_password(env, hua):
    futures, before = account_of(hua, "futures"), kept(hua)
    visitor = visit(env, hua)
    assert refusal(env, visitor, login(), account=futures) is Refusal.OLD_PASSWORD_WRONG
    assert kept(hua) == before
    wishes = [login(old=OTHER), cash(env)]
    change(env, visitor, wishes, account=futures, voice=True)
    assert not opens(env, hua, OTHER)
    assert set(kept(hua, VOICE)) <= {futures}


def test_nobody_changes_what_is_not_his_or_not_of_that_scope(env, ming, hua):
    hers = account_of(hua, "securities")
    for visitor, account in (
        (visit(env, ming), hers),
        (visit(env, hua), None),
        (visit(env, hua), 10**15),
    ):
        assert refusal(env, visitor, login(), account=account) is Refusal.NOT_FOUND


def test_somebody_with_one_password_for_accounts_apart_keeps_the_others(env, hua):
    """As customers stand whose passwords came before there was one for each account."""
    set_password(env, hua.id, PASSWORD)
    shares = account_of(hua, "securities")
    change(env, visit(env, hua), [login()], account=shares, voice=False)
    after = kept(hua)
    assert set(after) == {account_of(hua, line) for line in ("securities", "futures", "overseas")}
    assert len(set(after.values())) == 2


def test_what_was_done_is_in_the_journal_and_no_secret_with_it(env, ming):
    change(env, visit(env, ming), [login()], account=None, voice=False)
    entry = Entry.objects.get(event=Event.PASSWORD_CHANGED)
    details = json.loads(entry.payload)["details"]
    assert details == {"kinds": ["login"], "account": None, "sessions_ended": 0}
    assert not any(NEW.reveal() in row.payload for row in Entry.objects.all())


def test_a_session_that_has_ended_changes_nothing(env, clock, ming):
    visitor = visit(env, ming)
    Session.objects.update(ended_at=clock.now())
    before = kept(ming)
    assert refusal(env, visitor, login()) is Refusal.SIGNED_OUT
    assert kept(ming) == before


def visit_with(env, customer, password: Password):
    tokens = sign_in(env, customer.identifier, password, address="::1")
    return resume(env, tokens.session, tokens.device, address="::1")
