"""Signing in at a firm whose customers are named by account numbers."""

import pytest

from cinnabar.firm import load_firm
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.actions import sign_in
from cinnabar.login.opening import SignedIn
from cinnabar.passwords.models import Lock
from tests.support.people import PASSWORD
from tests.support.world import make_env

HERE = "192.0.2.7"
WRONG = Password("demo9999")


@pytest.fixture
def env(clock):
    """The world of the Hong Kong firm, whichever the cell is."""
    return make_env(clock=clock, firm=load_firm("hongkong"))


def tried(env, typed, password, visit="7" * 64):
    stranger = Stranger(visit=visit, address=HERE)
    return sign_in(env, stranger, typed, password, device=None, agent="")


def refusal(env, typed, password):
    with pytest.raises(Refused) as refused:
        tried(env, typed, password)
    return refused.value.refusal


@pytest.mark.parametrize("typed", ["9999-0001", "99990001", " 9999 0001", "９９９９－０００１"])
def test_the_number_is_known_however_it_is_typed_and_a_code_is_asked(env, ming, typed):
    assert ming.identifier == "9999-0001"
    come = tried(env, typed, PASSWORD)
    assert not isinstance(come, SignedIn), "a password alone opens nothing (REG-HK-1)"
    assert come.flow


def test_every_spelling_counts_at_one_lock_and_the_fifth_wrong_try_locks(env, ming):
    for typed in ("9999-0001", "99990001", " 9999 0001", "9999–0001", "９９９９０００１"):
        assert refusal(env, typed, WRONG) is Refusal.SIGN_IN_FAILED
    assert Lock.objects.get().locked_at is not None
    assert refusal(env, "9999-0001", PASSWORD) is Refusal.SIGN_IN_FAILED


def test_a_number_nobody_has_is_counted_and_looks_alike(env, ming):
    assert refusal(env, "9999-0009", WRONG) is refusal(env, "9999-0001", WRONG)
    assert Lock.objects.count() == 2


@pytest.mark.parametrize("typed", ["A123456789", "9999-000", "0001", ""])
def test_what_is_no_account_number_costs_no_try(env, ming, typed):
    assert refusal(env, typed, WRONG) is Refusal.IDENTIFIER_MALFORMED
    assert not Lock.objects.exists()
