"""Two changes at once: one happens, and what is stored is whole."""

from dataclasses import replace
from functools import partial

import pytest

from cinnabar.centre.change import Wish, change
from cinnabar.centre.consolidate import consolidate
from cinnabar.customers import queries
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login.models import Session
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.models import Lock
from tests.support.crowd import Comparing, at_once
from tests.support.passwords import NEW, account_of, kept
from tests.support.people import PASSWORD, visit
from tests.support.signing import sign_in

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

REFUSED = {
    Refusal.BUSY,
    Refusal.OLD_PASSWORD_WRONG,
    Refusal.PASSWORD_LOCKED,
    Refusal.SIGNED_OUT,
    Refusal.NOT_FOUND,
    Refusal.ALREADY_CONSOLIDATED,
}


def test_whoever_comes_with_a_password_that_was_just_changed_is_not_let_in(env, ming):
    """Between comparing and opening the session the customer changes it (PWD-15)."""
    wish = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=NEW)
    changes = partial(change, env, visit(env, ming), [wish], account=None, voice=False)
    beside = replace(env, hasher=Comparing(env.hasher, changes))
    with pytest.raises(Refused) as refused:
        sign_in(beside, ming.identifier, PASSWORD, address="203.0.113.7")
    assert refused.value.refusal is Refusal.SIGN_IN_FAILED
    assert Session.objects.filter(ended_at=None).count() == 1
    assert not Lock.objects.exclude(in_flight=0).exists()


def test_of_changes_in_one_session_one_happens(env, ming):
    visitor = visit(env, ming)
    acts = [
        partial(
            change,
            env,
            visitor,
            [Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=Password(f"Kites{n}Fly"))],
            account=None,
            voice=False,
        )
        for n in range(8)
    ]
    answers = at_once(*acts)
    done = [one for one in answers if isinstance(one, Secret)]
    assert len(done) == 1
    assert {one for one in answers if not isinstance(one, Secret)} <= REFUSED
    assert len(kept(ming)) == 1
    assert Session.objects.filter(ended_at=None).count() == 1


def test_a_change_of_one_account_and_one_password_for_all_do_not_mix(env, hua):
    """Either all have one, or she has one for each: never a stale one beside the one for all."""
    shares = account_of(hua, "securities")
    wish = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=NEW)
    one, two = visit(env, hua), visit(env, hua)
    answers = at_once(
        partial(change, env, one, [wish], account=shares, voice=False),
        partial(consolidate, env, two, PASSWORD, Password("Maple7Oak")),
    )
    assert any(isinstance(answer, Secret) for answer in answers)
    assert {answer for answer in answers if not isinstance(answer, Secret)} <= REFUSED
    if queries.view(env, hua.id).consolidated:
        assert list(kept(hua)) == [None]
    else:
        assert None not in kept(hua)
        assert len(kept(hua)) == 3
