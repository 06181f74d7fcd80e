"""The database is the last guard: what the rules promise it does not let past either (law 9)."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from cinnabar.customers.models import Contact, Customer, TradingAccount
from tests.customers.support import line, mei, take

pytestmark = pytest.mark.django_db


def test_the_migrations_make_the_tables_that_the_models_say():
    call_command("makemigrations", "customers", check_changes=True, dry_run=True, verbosity=0)


@pytest.fixture
def ming(env):
    take(env, line(), mei())
    return Customer.objects.get(accounts__number="1234567")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "ghost"),
        ("subject", "SHORT"),
        ("id_index", b"short"),
        ("fingerprint", b""),
        ("salt", b""),
        ("language", ""),
        ("key_version", 0),
        ("key_version", 256),
    ],
)
def test_a_customer_of_the_wrong_shape_is_not_stored(ming, column, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(id=ming.id).update(**{column: value})


@pytest.mark.parametrize("column", ["subject", "id_index"])
def test_two_customers_share_neither_identifier_nor_pseudonym(ming, column):
    others = Customer.objects.exclude(id=ming.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        others.update(**{column: getattr(ming, column)})


@pytest.mark.parametrize(
    ("column", "value"), [("channel", "fax"), ("value_index", b""), ("channel", "sms")]
)
def test_a_contact_is_on_a_known_channel_and_once(ming, column, value):
    mail = Contact.objects.filter(customer=ming, channel="email")
    with pytest.raises(IntegrityError), transaction.atomic():
        mail.update(**{column: value})


def test_an_account_has_one_owner(ming):
    with pytest.raises(IntegrityError), transaction.atomic():
        TradingAccount.objects.create(
            customer=Customer.objects.exclude(id=ming.id).get(),
            line="securities",
            branch="台北",
            number="1234567",
        )


@pytest.mark.parametrize(
    ("column", "value"), [("line", "gardening"), ("branch", ""), ("number", "")]
)
def test_an_account_names_its_line_branch_and_number(ming, column, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        ming.accounts.update(**{column: value})
