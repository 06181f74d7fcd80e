"""The mail before a password ends: once for each password, whatever happens in between."""

import json
from datetime import timedelta

import pytest

from cinnabar.centre.change import Wish, change
from cinnabar.centre.remind import Reminders
from cinnabar.customers.models import Contact
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Password
from cinnabar.kernel.vault import VaultError
from cinnabar.messages.models import Outbox
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.models import Lock, StoredPassword
from tests.support.customers import add_customer
from tests.support.ending import DAY, ninety
from tests.support.mail import received
from tests.support.people import PASSWORD, called, visit
from tests.support.signing import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

NEW = Password("kites7Fly")


def reminded(env):
    """Let the worker go through everybody; return the mails that come of it, newest first."""
    chore = Reminders(env)
    while chore.tick():
        pass
    return [letter for letter in received(env) if "2027/02/18" in letter.text]


def told():
    entries = Entry.objects.filter(event=Event.PASSWORD_REMINDED).order_by("id")
    return [json.loads(entry.payload)["details"] for entry in entries]


def test_a_customer_is_told_once_fourteen_days_before(env, clock, ming):
    """P87: chosen on 20 November, good to the end of 18 February."""
    world = ninety(env)
    days: list[int] = []
    for day in range(95):
        if len(reminded(world)) > len(days):
            days.append(day)
        clock.move(DAY)
    assert days == [77]
    assert [one["mailed"] for one in told()] == [True]


def test_the_mail_says_until_when_and_holds_no_link(env, clock, ming):
    clock.move(80 * DAY)
    (mail,) = reminded(ninety(env))
    assert mail.channel == "email"
    assert env.firm.identity.hotline in mail.text
    assert "/passwords/" not in mail.text
    assert ming.identifier not in mail.text


def test_a_new_password_is_told_of_in_its_turn(env, clock, ming):
    world = ninety(env)
    clock.move(80 * DAY)
    reminded(world)
    wish = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=NEW)
    change(world, visit(world, ming), [wish], account=None, voice=False)
    reminded(world)
    assert len(told()) == 1
    clock.move(80 * DAY)
    reminded(world)
    assert len(told()) == 2


def test_several_accounts_make_one_mail(env, clock, hua):
    clock.move(80 * DAY)
    assert len(reminded(ninety(env))) == 1
    assert not StoredPassword.objects.filter(
        kind=PasswordKind.LOGIN.value, reminded_at=None
    ).exists()
    assert len(told()) == 1


def test_who_has_no_mailbox_gets_no_sms_for_it(env, clock, mei):
    clock.move(80 * DAY)
    assert reminded(ninety(env)) == []
    assert [one["mailed"] for one in told()] == [False]
    assert not Outbox.objects.exists()


def test_what_has_ended_already_is_not_told_of(env, clock, ming):
    """An installation whose worker stood still for a month, or that begins to ask for it today."""
    clock.move(120 * DAY)
    reminded(ninety(env))
    assert told() == []


def test_a_firm_whose_passwords_never_end_tells_nobody(env, clock, ming):
    clock.move(80 * DAY)
    reminded(ninety(env, days=0, remind=0))
    assert told() == []


def test_one_who_cannot_be_told_keeps_nobody_else_waiting(env, clock, ming, mei):
    world = ninety(env)
    third = add_customer(env, identifier=called(env, "hua"), name="張雅華", email="hua@example.com")
    set_password(env, third.id, PASSWORD)
    Contact.objects.filter(customer_id=ming.id).update(value_sealed=b"\x01" + b"0" * 40)
    clock.move(80 * DAY)
    with pytest.raises(VaultError):
        reminded(world)
    assert len(told()) == 2
    assert StoredPassword.objects.get(customer_id=ming.id).reminded_at is None


def test_a_worker_that_goes_through_a_few_at_a_time_misses_nobody(env, clock, monkeypatch):
    monkeypatch.setattr("cinnabar.centre.remind._AT_ONCE", 2)
    people = ("ming", "mei", "lin", "hua", "company")
    for who in people:
        one = add_customer(
            env, identifier=called(env, who), name="王小明", email=f"{who}@example.com"
        )
        set_password(env, one.id, PASSWORD)
    clock.move(80 * DAY)
    chore = Reminders(ninety(env))
    rounds = [chore.tick() for _ in range(4)]
    assert rounds == [True, True, False, False]
    assert len(told()) == len(people)


def test_after_the_end_nobody_is_locked_out(env, clock, ming):
    """CONFLICT-4, G22: the right password leads to its change, however late."""
    world = ninety(env)
    clock.move(timedelta(days=1000))
    with pytest.raises(Refused):
        sign_in(world, ming.identifier, NEW, address="203.0.113.7")
    visitor = visit(world, ming)
    assert visitor.must_change
    wish = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=NEW)
    change(world, visitor, [wish], account=None, voice=False)
    assert not Lock.objects.exclude(locked_at=None).exists()
