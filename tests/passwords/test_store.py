"""Passwords at rest: one for the customer, or one per trading account."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.customers import queries as customers
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.passwords import store
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.models import FormerPassword
from tests.support.customers import add_customer
from tests.support.signing import sign_in

FIRST, SECOND = Password("abcd1234"), Password("wxyz9876")
LOGIN = PasswordKind.LOGIN


@pytest.fixture
def hua(env, db):
    """張小華: three accounts, a password for each; the first two have the same."""
    hua = add_customer(
        env,
        identifier="D123456782",
        name="張小華",
        consolidated="no",
        accounts="securities:台北:1234567;futures:期貨台北:7654321;overseas:複委託:1112223",
    )
    securities, futures, overseas = (one.id for one in customers.accounts(hua.id))
    set_password(env, hua.id, FIRST, accounts=[securities, futures])
    set_password(env, hua.id, SECOND, accounts=[overseas])
    return hua


class Counting:
    """The hasher, counting its computations."""

    def __init__(self, hasher):
        self.hasher, self.salts = hasher, []

    def __getattr__(self, name: str):
        return getattr(self.hasher, name)

    def matching(self, encoded: Sequence[str], secret: Secret):
        self.salts.append(len({one.rpartition("$")[0] for one in encoded}))
        return self.hasher.matching(encoded, secret)


def test_whoever_has_a_password_per_account_signs_in_with_any_of_them(env, hua):
    for password in (FIRST, SECOND):
        sign_in(env, hua.identifier, password, address="127.0.0.1")
    with pytest.raises(Refused) as refused:
        sign_in(env, hua.identifier, Password("neither1"), address="127.0.0.1")
    assert refused.value.refusal is Refusal.SIGN_IN_FAILED


def test_three_accounts_cost_one_computation_as_one_does(env, hua):
    counting = Counting(env.hasher)
    sign_in(replace(env, hasher=counting), hua.identifier, SECOND, address="127.0.0.1")
    assert counting.salts == [1]


def test_same_and_different_are_the_equality_of_the_hashes(env, hua):
    securities, futures, overseas = store.rows(hua.id, LOGIN)
    assert securities.encoded == futures.encoded != overseas.encoded


def test_one_password_for_all_replaces_those_of_the_accounts_and_back(env, hua):
    set_password(env, hua.id, Password("together1"))
    assert [row.account for row in store.rows(hua.id, LOGIN)] == [None]
    first = customers.accounts(hua.id)[0].id
    set_password(env, hua.id, FIRST, accounts=[first])
    assert [row.account for row in store.rows(hua.id, LOGIN)] == [first]


def test_a_firm_that_looks_back_refuses_the_last_ones_and_keeps_no_more(env, ming):
    rules = replace(env.firm.password.login, history=2)
    firm = replace(env.firm, password=replace(env.firm.password, login=rules))
    strict = replace(env, firm=firm)
    passwords = [Password(f"number{n}xx") for n in range(4)]
    for password in passwords:
        set_password(strict, ming.id, password)
    used = [store.used_before(strict, ming.id, LOGIN, password) for password in passwords]
    assert used == [False, False, True, True]
    assert FormerPassword.objects.count() == 1
    assert not store.used_before(env, ming.id, LOGIN, passwords[3])


def test_an_issued_password_ends_with_its_time(env, clock, ming):
    encoded = store.encode(env, ming.id, LOGIN, FIRST)
    until = clock.now() + timedelta(seconds=300)
    store.put(env, ming.id, LOGIN, encoded, accounts=[None], expires_at=until)
    clock.move(seconds=300)
    sign_in(env, ming.identifier, FIRST, address="127.0.0.1")
    clock.move(seconds=1)
    with pytest.raises(Refused):
        sign_in(env, ming.identifier, FIRST, address="127.0.0.1")


def test_a_hash_of_older_parameters_is_made_anew_at_a_right_sign_in_only(env, ming):
    (row,) = store.rows(ming.id, LOGIN)
    old = replace(env, hasher=Outdated(env.hasher))
    with pytest.raises(Refused):
        sign_in(old, ming.identifier, SECOND, address="127.0.0.1")
    assert store.rows(ming.id, LOGIN) == (row,)
    sign_in(old, ming.identifier, Password("demo1234"), address="127.0.0.1")
    assert store.rows(ming.id, LOGIN)[0].encoded != row.encoded
    sign_in(env, ming.identifier, Password("demo1234"), address="127.0.0.1")


class Outdated:
    """A hasher of newer parameters than all that rests."""

    def __init__(self, hasher):
        self.hasher = hasher

    def __getattr__(self, name: str):
        return getattr(self.hasher, name)

    def outdated(self, encoded: str):
        return bool(encoded)
