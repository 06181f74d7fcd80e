"""When the keys rotate, customers move to the newest one and the old one can go."""

import dataclasses

import pytest

from cinnabar.customers import queries
from cinnabar.customers.actions import reseal
from cinnabar.customers.models import Contact, Customer
from cinnabar.customers.vocabulary import CustomerEvent
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.vault import Keyring, Vault, VaultError
from tests.customers.support import MeanwhileDice, everything, line, mei, nobody, take
from tests.support.world import RING

pytestmark = pytest.mark.django_db


def rotated(env, ring: Keyring):
    return dataclasses.replace(env, vault=Vault(ring, LoadedDice(5)))


def quietly(*_told):
    """Tell nobody."""


@pytest.fixture
def newer():
    return RING.rotated(LoadedDice(3))


def read_all(env):
    return [
        (found, queries.contacts(env, found.id), queries.birth_date(env, found.id))
        for found in (queries.view(env, pk) for pk in Customer.objects.values_list("id", flat=True))
    ]


@pytest.mark.parametrize("batch", [1, 4, 1000])
def test_all_customers_read_the_same_under_the_new_key_alone(env, newer, batch):
    take(env, line(), mei(), *(nobody(n) for n in range(8)))
    before = read_all(env)
    after = rotated(env, newer)
    assert queries.waiting_for_reseal(after) == 10
    assert reseal(after, tell=quietly, batch=batch) == 10
    assert queries.waiting_for_reseal(after) == 0
    alone = Keyring(sealing={2: newer.sealing[2]}, hashing=newer.hashing, pepper=newer.pepper)
    assert read_all(rotated(env, alone)) == before
    with pytest.raises(VaultError):
        read_all(env)


def test_every_seal_is_made_anew(env, newer):
    take(env, line())
    reseal(rotated(env, newer), tell=quietly)
    customer = Customer.objects.get()
    sealed = [customer.id_sealed, customer.name_sealed, customer.birth_date_sealed]
    sealed += Contact.objects.values_list("value_sealed", flat=True)
    assert [bytes(one)[0] for one in sealed] == [2] * 5


def test_who_is_under_the_newest_key_is_left_alone(env):
    take(env, line(), mei())
    before = everything()
    assert reseal(env, tell=quietly) == 0
    assert everything() == before


def test_resealing_is_told_per_batch(env, newer):
    take(env, line(), mei(), nobody(1))
    told = []
    reseal(rotated(env, newer), tell=lambda *what: told.append(what), batch=2)
    assert told == [
        (CustomerEvent.RESEALED, None, {"customers": 2, "key_version": 2}),
        (CustomerEvent.RESEALED, None, {"customers": 1, "key_version": 2}),
    ]


def test_what_broke_off_is_finished_by_the_next_call(env, newer):
    take(env, *(nobody(n) for n in range(6)))
    after = rotated(env, newer)

    def tell(*_told):
        if queries.waiting_for_reseal(after) == 0:
            msg = "killed"
            raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="killed"):
        reseal(after, tell=tell, batch=4)
    assert queries.waiting_for_reseal(after) == 2
    assert reseal(after, tell=quietly, batch=4) == 2


def test_an_import_in_between_is_not_overwritten(env, newer):
    take(env, line(), mei())
    after = rotated(env, newer)

    # By a process that holds the old key still, after the customers were read.
    change = mei(name="陳大華", mobile="0912000000")
    dice = MeanwhileDice(lambda: take(env, change))
    reseal(dataclasses.replace(after, vault=Vault(newer, dice)), tell=quietly)
    mei_now = queries.find(after, after.firm.login.identifier("B223456782"))
    assert mei_now.name == "陳大華"
    assert queries.contacts(after, mei_now.id).sms == "0912000000"


def test_a_change_after_rotation_is_sealed_under_the_new_key(env, newer):
    take(env, line(), mei())
    after = rotated(env, newer)
    take(after, line(name="王大明"), mei())
    assert queries.waiting_for_reseal(after) == 1
    assert queries.find(after, after.firm.login.identifier("A123456789")).name == "王大明"
