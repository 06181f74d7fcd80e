"""密碼歸戶, and back again by staff."""

import dataclasses

import pytest

from cinnabar.centre.change import Wish, change
from cinnabar.centre.consolidate import consolidate, unconsolidate
from cinnabar.customers import queries
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.models import Session
from cinnabar.passwords.kinds import PasswordKind
from tests.support.passwords import NEW, NEWER, WRONG, account_of, kept, new_withdrawal, opens
from tests.support.people import OTHER, PASSWORD, WITHDRAWAL, visit

LINES = ("securities", "futures", "overseas")


def refusal(env, visitor, old, new=NEW):
    with pytest.raises(Refused) as refused:
        consolidate(env, visitor, old, new)
    return refused.value.refusal


@pytest.mark.parametrize("old", [PASSWORD, OTHER], ids=["signed-in-with", "another-account"])
def test_one_password_opens_everything_afterwards(env, hua, old):
    consolidate(env, visit(env, hua), old, NEW)
    assert queries.view(env, hua.id).consolidated
    assert list(kept(hua)) == [None]
    assert [opens(env, hua, one) for one in (PASSWORD, OTHER, NEW)] == [False, False, True]


def test_voice_belongs_to_it_where_the_firm_says_so(env, hua):
    """P106."""
    consolidate(env, visit(env, hua), PASSWORD, NEW)
    expected = [None] if "voice" in env.firm.accounts.consolidated_scope else []
    assert list(kept(hua, PasswordKind.VOICE)) == expected


def test_withdrawal_passwords_stay_until_he_changes_them(env, hua):
    before = kept(hua, PasswordKind.WITHDRAWAL)
    consolidate(env, visit(env, hua), PASSWORD, NEW)
    assert kept(hua, PasswordKind.WITHDRAWAL) == before
    wish = Wish(kind=PasswordKind.WITHDRAWAL, old=WITHDRAWAL, new=new_withdrawal(env))
    change(env, visit_new(env, hua), [wish], account=None, voice=False)
    assert list(kept(hua, PasswordKind.WITHDRAWAL)) == [None]


def test_it_asks_a_password_he_has_and_a_new_one_that_will_do(env, hua):
    visitor, before = visit(env, hua), kept(hua)
    assert refusal(env, visitor, WRONG) is Refusal.OLD_PASSWORD_WRONG
    assert refusal(env, visitor, PASSWORD, Password("a")) is Refusal.PASSWORD_REFUSED
    assert refusal(env, visitor, PASSWORD, PASSWORD) is Refusal.PASSWORD_SAME
    assert kept(hua) == before


def test_whoever_has_one_for_all_is_told_so(env, ming):
    assert refusal(env, visit(env, ming), PASSWORD) is Refusal.ALREADY_CONSOLIDATED


def test_other_windows_are_signed_out(env, hua):
    elsewhere = visit(env, hua)
    consolidate(env, visit(env, hua), PASSWORD, NEW)
    assert Session.objects.get(pk=elsewhere.session).ended_at is not None
    assert Entry.objects.filter(event=Event.PASSWORDS_CONSOLIDATED).count() == 1


def test_staff_give_each_account_the_password_that_all_had(env, hua):
    """P108, RST-11: nobody is locked out, nobody learns anything."""
    consolidate(env, visit(env, hua), PASSWORD, NEW)
    assert unconsolidate(env, queries.view(env, hua.id), case="B-7")
    assert not queries.view(env, hua.id).consolidated
    assert set(kept(hua)) == {account_of(hua, line) for line in LINES}
    assert len(set(kept(hua).values())) == 1
    assert opens(env, hua, NEW)
    assert not unconsolidate(env, queries.view(env, hua.id), case="B-8")
    assert '"case":"B-7"' in Entry.objects.get(event=Event.PASSWORDS_UNCONSOLIDATED).payload


def test_afterwards_he_changes_each_by_itself(env, hua):
    consolidate(env, visit(env, hua), PASSWORD, NEW)
    unconsolidate(env, queries.view(env, hua.id), case="B-7")
    wish = Wish(kind=PasswordKind.LOGIN, old=NEW, new=NEWER)
    futures = account_of(hua, "futures")
    change(env, visit_new(env, hua), [wish], account=futures, voice=False)
    assert opens(env, hua, NEW)
    assert opens(env, hua, NEWER)


def test_a_customer_without_accounts_has_nothing_to_part(env, ming):
    with pytest.raises(Refused):
        unconsolidate(env, ming, case="B-9")
    assert queries.view(env, ming.id).consolidated


def visit_new(env, customer):
    from cinnabar.login.actions import resume
    from tests.support.signing import sign_in

    tokens = sign_in(env, customer.identifier, NEW, address="::1")
    return resume(env, tokens.session, tokens.device, address="::1")


def test_a_firm_with_one_way_of_passwords_offers_no_other(env, hua):
    """P105."""
    accounts = dataclasses.replace(env.firm.accounts, modes=("per-account",))
    one_way = dataclasses.replace(env, firm=dataclasses.replace(env.firm, accounts=accounts))
    with pytest.raises(Refused) as refused:
        consolidate(one_way, visit(env, hua), PASSWORD, NEW)
    assert refused.value.refusal is Refusal.NOT_FOUND
