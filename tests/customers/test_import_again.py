"""The core system is the truth: the same file changes nothing, another one what differs."""

import io

import pytest

from cinnabar.customers import queries
from cinnabar.customers.actions import import_file
from cinnabar.customers.importing.differences import commitment
from cinnabar.customers.models import Contact, Customer, TradingAccount
from cinnabar.customers.rules import Account
from cinnabar.customers.vocabulary import BusinessLine, Channel, CustomerEvent
from tests.customers.support import csv_of, everything, line, mei, nobody, take

pytestmark = pytest.mark.django_db


def ming(env):
    found = queries.find(env, env.firm.login.identifier("A123456789"))
    assert found is not None
    return found


def changes(taken):
    return [
        (subject, details)
        for event, subject, details in taken.told
        if event is CustomerEvent.CHANGED
    ]


def test_the_same_file_again_changes_nothing_and_says_so(env, clock):
    people = [line(), mei(), *(nobody(n) for n in range(10))]
    take(env, *people)
    before = everything()
    clock.move(seconds=60)
    taken = take(env, *people)
    assert taken.counts == (0, 0, 12, 0)
    assert everything() == before
    assert taken.words == ["customer:import-finished"]


def test_another_spelling_of_the_same_is_no_change(env):
    take(env, line(accounts="futures:台北:2;securities:台北:1"))
    taken = take(
        env,
        line(
            identifier="a123456789",
            mobile="+886 958-123-474",
            email="fredric@Example.COM",
            birth_date="19900201",
            accounts=" securities : 台北 : 1 ; futures:台北:2",
        ),
    )
    assert taken.counts == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("name", "王大明"),
        ("birth_date", "1990-02-02"),
        ("mobile", "0958123475"),
        ("email", "other@example.com"),
        ("email", "Fredric@example.com"),
        ("language", "en"),
        ("accounts", "securities:台北:7654321"),
        ("accounts", ""),
    ],
)
def test_a_change_goes_in_and_is_told_about_the_customer(env, clock, column, text):
    take(env, line(), mei())
    before = ming(env)
    clock.move(seconds=60)
    taken = take(env, line(**{column: text}), mei())
    assert taken.counts == (0, 1, 1, 0)
    ((subject, details),) = changes(taken)
    assert (subject, details["columns"]) == (before.subject, [column])
    row = Customer.objects.get(id=before.id)
    assert row.updated_at == clock.now()
    assert row.created_at < row.updated_at
    assert take(env, line(**{column: text}), mei()).counts == (0, 0, 2, 0)


def test_how_many_passwords_a_known_customer_has_is_not_the_files_business(env):
    """P108: 密碼歸戶 is undone at the counter, not by an older file."""
    take(env, line(consolidated="no"))
    Customer.objects.update(consolidated=True)
    take(env, line(consolidated="no", name="王大明"))
    assert (ming(env).name, ming(env).consolidated) == ("王大明", True)
    taken = take(env, line(consolidated="yes", name="王大明"))
    assert (taken.counts[1], changes(taken)) == (0, [])


def test_a_changed_customer_keeps_id_and_pseudonym(env):
    take(env, line())
    before = ming(env)
    take(env, line(name="王大明", mobile="", email="new@example.com"))
    after = ming(env)
    assert (after.id, after.subject, after.name) == (before.id, before.subject, "王大明")
    assert queries.contacts(env, after.id) == queries.Contacts(sms=None, email="new@example.com")


def test_a_contact_that_the_file_no_longer_has_is_removed(env):
    take(env, line())
    taken = take(env, line(mobile=""))
    assert taken.counts == (0, 1, 0, 0)
    assert [c.channel for c in Contact.objects.all()] == ["email"]


def test_a_contact_change_is_told_by_commitments_and_not_in_clear(env):
    take(env, line())
    salt = bytes(Customer.objects.get().salt)
    taken = take(env, line(mobile="", email="new@example.com"))
    ((_subject, details),) = changes(taken)
    assert details["contacts"] == {
        "mobile": {"before": commitment(env.vault, salt, "0958123474"), "after": None},
        "email": {
            "before": commitment(env.vault, salt, "fredric@example.com"),
            "after": commitment(env.vault, salt, "new@example.com"),
        },
    }
    assert "example.com" not in str(taken.told)
    assert "0958" not in str(taken.told)


def test_customers_whom_the_file_does_not_mention_stay(env):
    take(env, line(), mei())
    before = everything()
    taken = take(env, nobody(1))
    assert taken.counts == (1, 0, 0, 0)
    assert [row for row in everything() if row in before] == before


def test_accounts_that_stay_keep_their_rows(env):
    take(env, line(accounts="securities:台北:1;futures:台北:2"))
    kept = TradingAccount.objects.get(number="1").id
    take(env, line(accounts="securities:台北:1;wealth:台北:3"))
    assert {(a.number, a.id == kept) for a in TradingAccount.objects.all()} == {
        ("1", True),
        ("3", False),
    }


@pytest.mark.parametrize("batch", [1, 2000])
def test_an_account_given_up_on_one_line_may_be_taken_on_a_later_one(env, batch):
    take(env, line(), mei())
    taken = take(env, line(accounts=""), mei(accounts="securities:台北:1234567"), batch=batch)
    assert taken.counts == (0, 2, 0, 0)
    owner = TradingAccount.objects.get(number="1234567").customer
    assert owner == Customer.objects.get(
        id=queries.find(env, env.firm.login.identifier("B223456782")).id
    )


@pytest.mark.parametrize("batch", [1, 2000])
def test_but_not_on_an_earlier_one_until_the_next_import(env, batch):
    take(env, line(), mei())
    people = [mei(accounts="securities:台北:1234567"), line(accounts="")]
    assert take(env, *people, batch=batch).counts == (0, 1, 0, 1)
    assert take(env, *people, batch=batch).counts == (0, 1, 1, 0)


def test_two_customers_do_not_swap_accounts_in_one_file(env):
    take(env, line(accounts="securities:台北:1"), mei(accounts="securities:台北:2"))
    taken = take(env, line(accounts="securities:台北:2"), mei(accounts="securities:台北:1"))
    assert taken.reasons == [(2, "accounts", "account-taken"), (3, "accounts", "account-taken")]


def test_the_size_of_batches_makes_no_difference(env):
    people = [nobody(n) for n in range(7)]
    results = set()
    for batch in (1, 2, 3, 7, 100):
        Customer.objects.all().delete()
        taken = take(env, *people, nobody(3), {**nobody(4), "mobile": "1"}, batch=batch)
        results.add((taken.counts, tuple(taken.reasons), Customer.objects.count()))
    assert len(results) == 1


class TornLine(io.BytesIO):
    """A file whose disk goes away in the middle."""

    def readline(self, size=-1):
        if self.tell() > len(self.getvalue()) // 2:
            msg = "the disk is gone"
            raise OSError(msg)
        return super().readline(size)


def test_an_import_that_broke_off_is_finished_by_the_same_file(env):
    people = [nobody(n) for n in range(20)]
    with pytest.raises(OSError, match="gone"):
        import_file(
            env,
            TornLine(csv_of(*people)),
            tell=lambda *_told: None,
            refuse=lambda _fault: None,
            batch=4,
        )
    there = Customer.objects.count()
    assert 0 < there < 20
    taken = take(env, *people)
    assert taken.counts == (20 - there, 0, there, 0)


def test_a_batch_whose_journal_fails_is_not_kept(env):
    def tell(*_told):
        msg = "no journal"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="no journal"):
        import_file(env, io.BytesIO(csv_of(line())), tell=tell, refuse=lambda _fault: None)
    assert everything() == []


def test_accounts_are_read_back_as_they_were_written(env):
    take(env, line(accounts="registrar:台北 (總):A-1;overseas:複委託:0001"))
    assert [Account(a.line, a.branch, a.number) for a in queries.accounts(ming(env).id)] == [
        Account(BusinessLine.OVERSEAS, "複委託", "0001"),
        Account(BusinessLine.REGISTRAR, "台北 (總)", "A-1"),
    ]


def test_channels_are_those_of_codes_and_messages():
    assert [channel.value for channel in Channel] == ["sms", "email"]
