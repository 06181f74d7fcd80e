"""Exporting: a device's share is handed out once more, on record."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cinnabar.certificates import shares
from cinnabar.certificates.actions import exporting, issue, revoke
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.flows.models import Flow
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal
from tests.certificates.test_apply import refusal
from tests.support.centre import Customer
from tests.support.mail import received
from tests.support.people import visit

NEAR_THE_END = datetime(2027, 11, 10, 9, tzinfo=ZoneInfo("Asia/Taipei"))


def with_policy(env, **policy):
    certificate = replace(env.firm.certificate, **policy)
    return replace(env, firm=replace(env.firm, certificate=certificate))


@pytest.fixture
def owner(at_home):
    at_home.apply()
    at_home.env.clock.move(seconds=61)
    return at_home


def test_the_device_gets_its_own_share_and_it_is_on_record(env, owner):
    mine = Certificate.objects.get()
    exported = owner.export()
    released = shares.release(env, owner.visitor, str(mine.share_id))
    assert (exported.share, exported.serial) == (released, mine.serial)
    assert Entry.objects.filter(event=Event.CERTIFICATE_EXPORTED).count() == 1
    assert Certificate.objects.get().state == State.LIVE


def test_he_is_told_by_signed_mail_each_time(env, owner):
    for _ in range(2):
        owner.export()
        env.clock.move(seconds=61)
    mails = [letter for letter in received(env) if letter.channel == "email"]
    assert sum("線上憑證匯出」" in mail.text for mail in mails) == 2
    assert "certificate-changed" in env.firm.notify.smime_signed


def test_the_secret_is_handed_out_once(env, owner):
    flow = owner.ready_to_export()
    exporting.export(env, owner.visitor, flow)
    assert refusal(exporting.export, env, owner.visitor, flow) is Refusal.FLOW_CLOSED


def test_where_the_firm_asks_a_code_there_is_no_export_without_one(env, owner):
    """SES-06."""
    strict = with_policy(env, export_code=True)
    share = str(Certificate.objects.get().share_id)
    flow = exporting.open_export(strict, owner.visitor, share).id
    assert refusal(exporting.export, strict, owner.visitor, flow) is Refusal.FLOW_OUT_OF_ORDER
    owner.env = strict
    owner.prove_code(flow)
    assert exporting.export(strict, owner.visitor, flow).share.id == share


def test_where_it_is_off_nothing_begins_and_nothing_ends(env, owner):
    flow = owner.ready_to_export()
    off = with_policy(env, export="off")
    share = str(Certificate.objects.get().share_id)
    assert refusal(exporting.open_export, off, owner.visitor, share) is Refusal.EXPORT_OFF
    assert refusal(exporting.export, off, owner.visitor, flow) is Refusal.EXPORT_OFF
    assert not Entry.objects.filter(event=Event.CERTIFICATE_EXPORTED).exists()


def test_another_device_exports_nothing(env, ming, owner):
    share = str(Certificate.objects.get().share_id)
    elsewhere = visit(env, ming)
    assert refusal(exporting.open_export, env, elsewhere, share) is Refusal.CANNOT_EXPORT


def test_a_share_of_no_certificate_exports_nothing(env, owner):
    free = shares.make(env, owner.visitor).id
    assert refusal(exporting.open_export, env, owner.visitor, free) is Refusal.CANNOT_EXPORT


def test_what_was_revoked_meanwhile_is_not_exported(env, owner):
    flow = owner.ready_to_export()
    owner.report_loss()
    assert refusal(exporting.export, env, owner.visitor, flow) is Refusal.CANNOT_EXPORT


def test_what_was_renewed_meanwhile_is_not_exported(env, clock, owner):
    clock.set(NEAR_THE_END)
    flow = owner.ready_to_export()
    owner.renew()
    assert refusal(exporting.export, env, owner.visitor, flow) is Refusal.CANNOT_EXPORT


def test_what_has_expired_is_not_exported(env, clock, owner):
    share = str(Certificate.objects.get().share_id)
    clock.set(datetime(2027, 12, 1, 9, tzinfo=ZoneInfo("Asia/Taipei")))
    assert refusal(exporting.open_export, env, owner.visitor, share) is Refusal.CANNOT_EXPORT


def test_an_export_does_neither_revoke_nor_issue(env, owner):
    flow = owner.ready_to_export()
    assert refusal(revoke.revoke, env, owner.visitor, flow) is Refusal.FLOW_CLOSED
    refused = refusal(issue.issue, env, owner.visitor, flow, consent=None, language="en")
    assert refused is Refusal.FLOW_OUT_OF_ORDER
    assert Certificate.objects.get().state == State.LIVE
    assert Flow.objects.get(pk=flow).state == "open"


def test_the_day_has_its_limit_counted_first(env, owner):
    for _ in range(10):
        refusal(exporting.open_export, env, owner.visitor, "nobodys")
    share = str(Certificate.objects.get().share_id)
    assert refusal(exporting.open_export, env, owner.visitor, share) is Refusal.TOO_MANY_TRIES


def test_nobody_exports_in_somebody_elses_flow(env, mei, owner):
    flow = owner.ready_to_export()
    hers = Customer(env, visit(env, mei))
    assert refusal(exporting.export, env, hers.visitor, flow) is Refusal.FLOW_CLOSED
