"""Several imports at once create nothing twice, and none undoes another's work."""

import dataclasses
from functools import partial

import pytest
from django.db import OperationalError

from cinnabar.customers import queries
from cinnabar.customers.importing.again import Overtaken, until_settled
from cinnabar.customers.models import Contact, Customer, TradingAccount
from cinnabar.kernel.vault import Vault
from tests.customers.support import MeanwhileDice, Taken, line, mei, nobody, take
from tests.support.crowd import at_once
from tests.support.world import RING, make_env

PARALLEL = 8


def all_at_once(*files, batch=2000):
    """Import each of `files` by a process of its own, as far as the database can tell."""
    worlds = [make_env(seed=100 * n) for n in range(len(files))]
    acts = [partial(take, env, *f, batch=batch) for env, f in zip(worlds, files, strict=True)]
    return [taken for taken in at_once(*acts) if isinstance(taken, Taken)]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_eight_imports_of_one_file_create_each_customer_once():
    people = [nobody(n) for n in range(60)]
    results = all_at_once(*[people] * PARALLEL, batch=7)
    assert sum(taken.summary.created for taken in results) == 60
    assert [taken.counts[0] + taken.counts[2] for taken in results] == [60] * PARALLEL
    assert Customer.objects.count() == 60
    assert Contact.objects.count() == 120
    assert TradingAccount.objects.count() == 60


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_files_that_meet_from_both_ends_all_come_to_an_end():
    people = [nobody(n) for n in range(60)]
    files = [people, people[::-1], people[30:] + people[:30], people[::2] + people[1::2]]
    results = all_at_once(*files, batch=5)
    assert sum(taken.summary.created for taken in results) == 60
    assert Customer.objects.count() == 60


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_one_account_claimed_by_two_files_at_once_goes_to_one():
    claims = [nobody(n) | {"accounts": "securities:台北:1"} for n in range(PARALLEL)]
    results = all_at_once(*([claim] for claim in claims))
    assert sorted(taken.counts for taken in results) == [(0, 0, 0, 1)] * 7 + [(1, 0, 0, 0)]
    assert TradingAccount.objects.count() == Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_somebody_who_creates_the_customer_first_is_noticed(env):
    dice = MeanwhileDice(lambda: take(make_env(seed=9), line(name="王先生")))
    slow = dataclasses.replace(env, vault=Vault(RING, dice))
    assert take(slow, line()).counts == (0, 1, 0, 0)
    assert Customer.objects.count() == 1
    assert queries.find(env, env.firm.login.identifier("A123456789")).name == "王小明"


@pytest.mark.django_db(transaction=True)
def test_somebody_who_changes_the_customer_first_is_noticed(env):
    take(env, line())
    dice = MeanwhileDice(
        lambda: take(env, line(name="王先生", email="", accounts="futures:台北:1"))
    )
    slow = dataclasses.replace(env, vault=Vault(RING, dice))
    taken = take(slow, line(mobile=""))
    assert taken.told[0][2]["columns"] == ["name", "mobile", "email", "accounts"]
    found = queries.find(env, env.firm.login.identifier("A123456789"))
    assert found.name == "王小明"
    assert queries.contacts(env, found.id) == queries.Contacts(
        sms=None, email="fredric@example.com"
    )
    assert [account.number for account in queries.accounts(found.id)] == ["1234567"]


@pytest.mark.django_db(transaction=True)
def test_a_customer_who_goes_away_meanwhile_is_created_again(env):
    take(env, line(), mei())
    dice = MeanwhileDice(Customer.objects.all().delete)
    slow = dataclasses.replace(env, vault=Vault(RING, dice))
    assert take(slow, line(mobile=""), mei()).counts[0] >= 1
    assert queries.find(env, env.firm.login.identifier("A123456789")) is not None


def test_who_is_always_overtaken_gives_up_in_the_end():
    tries = []

    def attempt():
        tries.append(1)
        raise Overtaken

    with pytest.raises(Overtaken):
        until_settled(attempt)
    assert len(tries) == 20


def test_trouble_that_is_nobody_elses_doing_is_not_tried_again():
    tries = []

    def attempt():
        tries.append(1)
        raise OperationalError

    with pytest.raises(OperationalError):
        until_settled(attempt)
    assert len(tries) == 1
