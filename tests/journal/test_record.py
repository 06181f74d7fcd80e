import json
from datetime import timedelta

import pytest
from django.db import transaction

from cinnabar.customers.vocabulary import CustomerEvent
from cinnabar.journal.actions import record
from cinnabar.journal.commitments import commit, commits_to
from cinnabar.journal.customers import journalled
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.secrets import Digits, Password, Secret
from tests.journal.support import MING


def test_an_entry_says_who_what_when_and_where(env, db):
    env.clock.move(timedelta(microseconds=7))
    with transaction.atomic():
        record(
            env,
            Event.CODE_WRONG,
            subject=MING,
            by=MING,
            channel="web",
            details={"left": 2, "flow": "f1", "address": "192.0.2.7"},
        )
    entry = Entry.objects.get()
    assert (entry.at, entry.event, entry.subject) == (env.clock.now(), "code:wrong", MING)
    assert json.loads(entry.payload) == {
        "at": "2026-11-20T02:00:00.000007+00:00",
        "by": MING,
        "channel": "web",
        "details": {"address": "192.0.2.7", "flow": "f1", "left": 2},
        "event": "code:wrong",
        "nonce": json.loads(entry.payload)["nonce"],
        "subject": MING,
    }


def test_an_act_of_nobody_in_particular_has_no_subject(env, db):
    with transaction.atomic():
        record(env, Event.CRL_PUBLISHED, subject=None, by="worker", channel="worker", details={})
    assert Entry.objects.get().subject == ""


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_beside_the_transaction_of_its_act(env):
    with pytest.raises(RuntimeError, match="in the transaction of its act"):
        record(env, Event.CODE_SENT, subject=MING, by=MING, channel="web", details={})
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_takes_its_entry_with_it(journal):
    class ActFailedError(Exception):
        pass

    def act() -> None:
        with transaction.atomic():
            journal.tell()
            raise ActFailedError

    with pytest.raises(ActFailedError):
        act()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "secret",
    [Digits("5523"), Password("demo1234"), Secret("token")],
    ids=lambda s: type(s).__name__,
)
@pytest.mark.parametrize("hidden", [lambda s: s, lambda s: [s], lambda s: {"deep": [{"er": s}]}])
def test_a_secret_among_the_details_stops_the_act(env, db, secret, hidden):
    with pytest.raises(TypeError, match="no canonical form"), transaction.atomic():
        record(
            env,
            Event.CODE_SENT,
            subject=MING,
            by=MING,
            channel="web",
            details={"code": hidden(secret)},
        )
    assert not Entry.objects.exists()


@pytest.mark.parametrize("value", [0.5, b"octets", {1: "a number as a key"}, object()])
def test_what_has_no_one_spelling_stops_the_act(env, db, value):
    with pytest.raises(TypeError), transaction.atomic():
        record(env, Event.CODE_SENT, subject=MING, by=MING, channel="web", details={"value": value})
    assert not Entry.objects.exists()


def test_a_visitor_cannot_type_a_second_entry(env, db):
    typed = 'x\n{"event":"certificate:issued"}\r\n\x00\x1b[2K\u2028'
    with transaction.atomic():
        record(
            env, Event.SIGN_IN_FAILED, subject=None, by=typed, channel="web", details={typed: typed}
        )
    payload = Entry.objects.get().payload
    assert not set(payload) & {"\n", "\r", "\x00", "\x1b"}
    assert json.loads(payload)["details"] == {typed: typed}


def test_the_same_act_twice_in_one_instant_is_two_entries(journal, db):
    journal.tell()
    journal.tell()
    first, second = Entry.objects.order_by("id")
    assert first.at == second.at
    assert bytes(first.mac) != bytes(second.mac)


def test_another_installation_could_not_have_written_it(journal, db):
    from cinnabar.journal.rules import mac
    from cinnabar.kernel.dice import LoadedDice
    from cinnabar.kernel.vault import Vault, new_keyring

    journal.tell()
    entry = Entry.objects.get()
    elsewhere = Vault(new_keyring(LoadedDice(99)), LoadedDice())
    assert mac(journal.env.vault, entry.payload.encode()) == bytes(entry.mac)
    assert mac(elsewhere, entry.payload.encode()) != bytes(entry.mac)


def test_a_commitment_tells_a_number_only_to_who_has_its_salt(env):
    first, again = commit(env, "0958123474"), commit(env, "0958123474")
    assert first.digest != again.digest
    assert commits_to(first.digest, first.salt, "0958123474")
    assert not commits_to(first.digest, first.salt, "0958123475")
    assert not commits_to(first.digest, again.salt, "0958123474")
    assert first.salt.hex() not in repr(first)


def test_what_happens_to_customers_is_recorded_under_their_words(env, db):
    tell = journalled(env, by="operator")
    with transaction.atomic():
        for word in CustomerEvent:
            tell(word, MING, {"run": "r1"})
    told = Entry.objects.order_by("id").values_list("event", flat=True)
    assert list(told) == [word.value for word in CustomerEvent]
