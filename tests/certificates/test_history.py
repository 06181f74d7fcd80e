"""What a customer is told of his certificates, and what the journal proves of it."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinnabar.certificates import history, proved
from cinnabar.certificates.actions.close import close
from cinnabar.certificates.history import Actor, Ending
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.proved import Standing
from cinnabar.certificates.states import State
from cinnabar.journal.events import Event
from cinnabar.journal.models import Checkpoint, Entry, Node
from cinnabar.journal.notary import create_notary
from cinnabar.journal.receipts import check
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.refusal import Refusal, Refused
from tests.support.centre import Customer
from tests.support.device import Device
from tests.support.people import visit

LAST_DAYS = datetime(2027, 11, 10, 9, tzinfo=ZoneInfo("Asia/Taipei"))
OWN_DETAILS = {"serial", "flow", "key", "replaces", "why", "share", "device"}


@pytest.fixture
def look(env, at_home, worker):
    """The first page of what 王小明 sees."""
    return lambda: history.own_page(env, at_home.visitor, worker.keys, 1).certificates


@pytest.fixture
def life(env, clock, at_home):
    """Applied for, renewed, revoked, applied for again and reported lost."""
    at_home.apply()
    clock.set(LAST_DAYS)
    at_home.visitor = visit(env, env_customer(env))
    at_home.renew()
    at_home.revoke()
    at_home.device = Device()
    at_home.apply()
    at_home.report_loss()
    return at_home


def env_customer(env):
    from cinnabar.customers import queries

    found = queries.find(env, env.firm.login.identifier("A123456789"))
    assert found is not None
    return found


def events(certificate):
    return [event.event.value.removeprefix("certificate:") for event in certificate.events]


def test_every_certificate_is_told_newest_first_with_all_that_happened(life, look):
    lost, revoked, replaced = look()
    assert [c.ending for c in (lost, revoked, replaced)] == [
        Ending.LOST,
        Ending.REVOKED,
        Ending.SUPERSEDED,
    ]
    assert [c.act for c in (lost, revoked, replaced)] == ["apply", "renew", "apply"]
    assert events(lost) == ["intended", "issued", "loss-reported"]
    assert events(revoked) == ["intended", "renewed", "revoked"]
    assert events(replaced) == ["intended", "issued", "renewed"]
    assert replaced.events[-1].replaces == replaced.serial
    assert {e.actor for c in (lost, revoked, replaced) for e in c.events} == {Actor.SELF}
    assert replaced.ended_at == LAST_DAYS


def test_a_backup_and_another_device_are_told_and_proved_too(env, ming, at_home, look, worker):
    issued = at_home.apply()
    env.clock.move(seconds=61)
    at_home.export()
    at_work = Customer(env, visit(env, ming), device=at_home.device)
    at_work.bring(issued.der)
    worker.sign()
    (certificate,) = look()
    assert events(certificate) == ["intended", "issued", "exported", "imported"]
    assert certificate.standing is Standing.INCLUDED
    text = history.receipt(env, at_home.visitor, worker.keys, certificate.serial, since=None)
    for entry in json.loads(text)["entries"]:
        assert set(json.loads(entry["payload"])["details"]) <= OWN_DETAILS


def test_before_a_checkpoint_all_waits_and_after_it_all_is_proved(life, look, worker):
    assert {c.standing for c in look()} == {Standing.WAITING}
    worker.sign()
    assert {c.standing for c in look()} == {Standing.INCLUDED}
    assert {e.standing for c in look() for e in c.events} == {Standing.INCLUDED}


def test_what_happened_after_the_checkpoint_waits_alone(at_home, look, worker):
    at_home.apply()
    worker.sign()
    at_home.revoke()
    (certificate,) = look()
    assert certificate.standing is Standing.WAITING
    assert [e.standing for e in certificate.events] == [
        Standing.INCLUDED,
        Standing.INCLUDED,
        Standing.WAITING,
    ]
    worker.sign()
    assert look()[0].standing is Standing.INCLUDED


def test_a_certificate_that_ran_out_is_over_and_still_proved(clock, at_home, look, worker):
    at_home.apply()
    worker.sign()
    clock.set(datetime(2028, 3, 1, tzinfo=ZoneInfo("Asia/Taipei")))
    (certificate,) = look()
    assert certificate.ending is Ending.EXPIRED
    assert certificate.ended_at == certificate.not_after
    assert certificate.standing is Standing.INCLUDED


def test_one_that_was_never_handed_out_is_told_too(env, at_home, look, worker):
    from django.db import transaction

    from cinnabar.certificates import rows
    from cinnabar.certificates.actions.issue import _write_intention

    flow = at_home.ready_to_finish()
    version = env.firm.consent.version
    _write_intention(env, at_home.visitor, flow, consent=version, language="en")
    assert look()[0].state is State.ISSUING
    assert look()[0].standing is Standing.WAITING
    intention = rows.of_flow(flow)
    assert intention is not None
    with transaction.atomic():
        assert close(env, intention, why="overtaken")
    worker.sign()
    (certificate,) = look()
    assert certificate.ending is Ending.CLOSED
    assert certificate.standing is Standing.INCLUDED


def changed(of, **columns):
    Entry.objects.filter(event=of).update(**columns)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Entry.objects.filter(event=Event.CERTIFICATE_REVOKED).delete(),
        lambda: Entry.objects.filter(event=Event.CERTIFICATE_INTENDED).delete(),
        lambda: changed(Event.CERTIFICATE_REVOKED, event=Event.CODE_SENT),
        lambda: changed(Event.CERTIFICATE_REVOKED, subject="SOMEBODYELSE0000"),
        lambda: changed(Event.CERTIFICATE_REVOKED, payload="{}"),
        lambda: changed(Event.CERTIFICATE_REVOKED, payload="not even that"),
        lambda: changed(Event.CERTIFICATE_REVOKED, mac=bytes(32)),
        lambda: changed(Event.CERTIFICATE_REVOKED, leaf_index=10_000),
        lambda: Checkpoint.objects.update(note="nobody signed this"),
        lambda: Node.objects.update(digest=bytes(32)),
    ],
    ids=[
        "the revocation is gone",
        "the intention is gone",
        "another event",
        "another subject",
        "another payload",
        "no payload",
        "another mac",
        "another place",
        "no signature",
        "other nodes",
    ],
)
def test_what_was_signed_and_is_not_there_any_more_alarms(life, look, worker, tamper):
    worker.sign()
    tamper()
    assert Standing.MISSING in [certificate.standing for certificate in look()]


def test_a_checkpoint_of_another_key_proves_nothing(env, life, worker, tmp_path):
    worker.sign()
    stranger = create_notary(tmp_path / "other.key", name="other/journal", dice=LoadedDice(2))
    page = history.own_page(env, life.visitor, lambda: stranger.keys, 1)
    assert {c.standing for c in page.certificates} == {Standing.MISSING}
    assert page.checkpoint is None


def test_nobody_sees_a_certificate_or_a_receipt_of_somebody_else(env, life, mei, worker):
    worker.sign()
    hers = Customer(env, visit(env, mei))
    assert history.own_page(env, hers.visitor, worker.keys, 1).certificates == ()
    for serial in Certificate.objects.values_list("serial", flat=True):
        with pytest.raises(Refused) as refused:
            history.own(env, hers.visitor, worker.keys, serial)
        assert refused.value.refusal is Refusal.NOT_FOUND
        with pytest.raises(Refused) as refused:
            history.receipt(env, hers.visitor, worker.keys, serial, since=None)
        assert refused.value.refusal is Refusal.NOT_FOUND


def test_a_receipt_proves_every_event_and_holds_nothing_of_others(env, life, mei, worker):
    hers = Customer(env, visit(env, mei))
    hers.apply()
    worker.sign()
    for certificate in history.own_page(env, life.visitor, worker.keys, 1).certificates:
        text = history.receipt(env, life.visitor, worker.keys, certificate.serial, since=None)
        good = check(text, worker.keys())
        assert [e.event for e in good.entries] == [e.event.value for e in certificate.events]
        for entry in json.loads(text)["entries"]:
            said = json.loads(entry["payload"])
            assert said["subject"] == said["by"] == life.visitor.subject
            assert set(said["details"]) <= OWN_DETAILS
        for personal in (hers.visitor.subject, "A123456789", "王小明", "salt"):
            assert personal not in text.decode()


def test_a_receipt_shows_the_growth_since_an_earlier_one(env, at_home, worker):
    at_home.apply()
    first = worker.sign()
    assert first is not None
    saved = Checkpoint.objects.get(size=first).note
    at_home.revoke()
    worker.sign()
    serial = Certificate.objects.get().serial
    text = history.receipt(env, at_home.visitor, worker.keys, serial, since=first)
    assert check(text, worker.keys(), saved=saved).grew_from == first


def test_there_is_no_receipt_before_a_checkpoint_or_since_a_later_one(env, at_home, worker):
    at_home.apply()
    serial = Certificate.objects.get().serial
    for since in (None, 10_000):
        with pytest.raises(Refused) as refused:
            history.receipt(env, at_home.visitor, worker.keys, serial, since=since)
        assert refused.value.refusal is Refusal.RECEIPT_NOT_READY
        worker.sign()


def many(customer, count):
    """Give the customer `count` certificates like his one, each told in the journal."""
    first = Certificate.objects.get(customer_id=customer.visitor.customer_id)
    for number in range(count):
        serial = f"{number:032x}"
        Certificate.objects.create(
            customer_id=first.customer_id,
            channel="web",
            serial=serial,
            key_id=f"k{number}",
            act="apply",
            state=State.CLOSED,
            tbs=b"",
            not_before=first.not_before,
            not_after=first.not_after,
            flow=f"f{number}",
            intended_at=first.intended_at,
            changed_at=first.changed_at,
            revoked_at=first.changed_at,
        )
        for event in (Event.CERTIFICATE_INTENDED, Event.CERTIFICATE_CLOSED):
            _told(customer, event, serial)


def _told(customer, event, serial):
    from django.db import transaction

    from cinnabar.flows.note import note

    with transaction.atomic():
        note(customer.env, customer.visitor, event, {"serial": serial})


def test_two_hundred_certificates_are_paged_and_cost_no_more_statements(env, at_home, worker):
    at_home.apply()
    many(at_home, 5)
    worker.sign()
    with CaptureQueriesContext(connection) as few:
        history.own_page(env, at_home.visitor, worker.keys, 1)
    Certificate.objects.filter(state=State.CLOSED).delete()
    many(at_home, 200)
    worker.sign()
    seen = []
    for number in range(1, 22):
        with CaptureQueriesContext(connection) as some:
            page = history.own_page(env, at_home.visitor, worker.keys, number)
        assert len(some) <= len(few) + 2  # a taller tree has a level or two more
        assert page.has_older is (number < 21)
        assert {c.standing for c in page.certificates} == {Standing.INCLUDED}
        seen += [certificate.serial for certificate in page.certificates]
    assert len(seen) == len(set(seen)) == 201
    assert history.own_page(env, at_home.visitor, worker.keys, 22).certificates == ()


def test_every_event_that_is_told_has_words():
    from cinnabar.faces.web.past import _EVENT_WORDS

    assert set(_EVENT_WORDS) == set(proved.EVENTS)
