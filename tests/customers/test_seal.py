"""At rest nothing of a customer can be read, moved or guessed without the keys."""

from pathlib import Path

import pytest
from django.db import connection

from cinnabar.customers import queries
from cinnabar.customers.models import Contact, Customer
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.vault import Vault, VaultError, new_keyring
from tests.customers.support import line, mei, take

PLANTED = [
    "A123456789",
    "王小明",
    "1990-02-01",
    "0958123474",
    "fredric",
    "B223456782",
    "0912345678",
]


def raw() -> bytes:
    """Everything the database holds about customers, as an intruder would see it."""
    if connection.vendor == "sqlite":
        base = Path(str(connection.settings_dict["NAME"]))
        return b"".join(p.read_bytes() for p in base.parent.glob(f"{base.name}*"))
    dump = b""
    for table in ("customers_customer", "customers_contact", "customers_tradingaccount"):
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT BINARY") as copy:
            dump += b"".join(bytes(part) for part in copy)
    return dump


@pytest.mark.django_db(transaction=True)
def test_planted_names_and_numbers_are_nowhere_in_the_database(env):
    take(env, line(accounts="securities:planted-branch:1"), mei())
    take(env, line(name="王小明", mobile="0958123475", accounts="securities:planted-branch:1"))
    found = raw()
    assert b"planted-branch" in found, "the search must be able to find something"
    for secret in PLANTED:
        for spelling in {secret, secret.lower(), secret.replace("-", "")}:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp950"):
                assert spelling.encode(encoding) not in found


@pytest.mark.django_db
def test_two_equal_values_do_not_look_equal(env):
    take(env, line(accounts=""), mei(name="王小明", birth_date="1990-02-01", accounts=""))
    one, other = Customer.objects.all()
    assert bytes(one.name_sealed) != bytes(other.name_sealed)
    assert bytes(one.birth_date_sealed) != bytes(other.birth_date_sealed)
    assert bytes(one.fingerprint) != bytes(other.fingerprint)


@pytest.mark.django_db
def test_a_value_moved_to_another_customer_does_not_open(env):
    take(env, line(), mei())
    one, other = (
        Customer.objects.get(id=queries.find(env, env.firm.login.identifier(identifier)).id)
        for identifier in ("A123456789", "B223456782")
    )
    Customer.objects.filter(id=one.id).update(name_sealed=other.name_sealed)
    with pytest.raises(VaultError):
        queries.view(env, one.id)
    Contact.objects.filter(customer=one, channel="sms").update(
        value_sealed=Contact.objects.get(customer=other).value_sealed
    )
    with pytest.raises(VaultError):
        queries.contacts(env, one.id)


@pytest.mark.django_db
def test_a_value_moved_to_another_column_does_not_open(env):
    take(env, line())
    customer = Customer.objects.get()
    Customer.objects.update(name_sealed=customer.birth_date_sealed)
    with pytest.raises(VaultError):
        queries.view(env, customer.id)


@pytest.mark.django_db
def test_without_the_keys_an_id_finds_nobody(env):
    take(env, line())
    dice = LoadedDice(99)
    object.__setattr__(env, "vault", Vault(new_keyring(dice), dice))
    assert queries.find(env, env.firm.login.identifier("A123456789")) is None
