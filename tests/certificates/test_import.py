"""Importing: one certificate on several devices, each under a share of its own."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cinnabar.certificates import shares
from cinnabar.certificates.actions import apply, importing, issue, revoke
from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal
from tests.certificates.test_apply import refusal
from tests.support.centre import Customer
from tests.support.device import Device
from tests.support.mail import received
from tests.support.people import visit

NEAR_THE_END = datetime(2027, 11, 10, 9, tzinfo=ZoneInfo("Asia/Taipei"))


@pytest.fixture
def owner(at_home):
    """王小明 with a certificate, at the computer where he applied for it."""
    at_home.apply()
    at_home.env.clock.move(seconds=61)
    return at_home


@pytest.fixture
def at_work(env, ming, owner):
    """The same at another computer, with his backup in his pocket."""
    return Customer(env, visit(env, ming), device=owner.device)


def der() -> bytes:
    signed = Certificate.objects.latest("id").der
    assert signed is not None
    return bytes(signed)


def home_share() -> str:
    """Return the share where the key was made."""
    return str(Certificate.objects.latest("id").share_id)


def test_the_certificate_comes_with_a_share_of_its_own(env, owner, at_work):
    share, imported = at_work.bring(der())
    assert (imported.der, imported.serial) == (der(), Certificate.objects.get().serial)
    assert KeyShare.objects.get(pk=share).certificate_id == Certificate.objects.get().id
    for at, its in ((owner, home_share()), (at_work, share)):
        assert shares.release(env, at.visitor, its).id == its
    assert refusal(shares.release, env, owner.visitor, share) is Refusal.SHARE_GONE


def test_it_is_told_once_by_mail_and_journal(env, at_work):
    at_work.bring(der())
    assert Entry.objects.filter(event=Event.CERTIFICATE_IMPORTED).count() == 1
    mails = [letter for letter in received(env) if letter.channel == "email"]
    assert sum("線上憑證匯入」" in mail.text for mail in mails) == 1


@pytest.mark.parametrize("end", ["revoke", "report_loss", "renew"])
@pytest.mark.parametrize("where", ["at home", "at work"])
def test_whatever_ends_it_cuts_every_device_off(owner, at_work, end, where):
    old, env = Certificate.objects.get(), owner.env
    share, _ = at_work.bring(der())
    if end == "renew":
        env.clock.set(NEAR_THE_END)
    ender = owner if where == "at home" else at_work
    getattr(ender, end)()
    for at, its in ((owner, old.share_id), (at_work, share)):
        assert refusal(shares.release, env, at.visitor, its) is Refusal.SHARE_GONE
        assert KeyShare.objects.get(pk=its).sealed is None


def test_a_copy_may_be_removed_while_the_original_remains(env, owner, at_work):
    share, _ = at_work.bring(der())
    shares.erase_unused(env, at_work.visitor, share)
    assert refusal(shares.release, env, at_work.visitor, share) is Refusal.SHARE_GONE
    assert Certificate.objects.get().state == State.LIVE
    assert shares.release(env, owner.visitor, home_share()).secret
    refused = refusal(shares.erase_unused, env, owner.visitor, home_share())
    assert refused is Refusal.ALREADY_LIVE


def test_what_was_removed_can_be_imported_again(env, at_work):
    share, _ = at_work.bring(der())
    shares.erase_unused(env, at_work.visitor, share)
    again, _ = at_work.bring(der())
    assert again != share


def test_without_its_key_it_is_refused(env, at_work):
    at_work.device = Device()
    assert refusal(at_work.bring, der()) is Refusal.IMPORT_KEY
    assert not KeyShare.objects.exclude(certificate=None).exists()


def test_unproved_it_is_refused(env, at_work):
    flow = importing.open_import(env, at_work.visitor, der()).id
    refused = refusal(importing.finish_import, env, at_work.visitor, flow)
    assert refused is Refusal.FLOW_OUT_OF_ORDER


def test_a_signature_for_another_flow_or_share_proves_nothing(env, at_work):
    first = importing.open_import(env, at_work.visitor, der())
    share = shares.make(env, at_work.visitor).id
    old = at_work.device.sign(importing.to_sign(first, share))
    flow = importing.open_import(env, at_work.visitor, der())
    prove = importing.prove_possession
    assert refusal(prove, env, at_work.visitor, flow.id, share, old) is Refusal.IMPORT_KEY
    other = shares.make(env, at_work.visitor).id
    right = at_work.device.sign(importing.to_sign(flow, share))
    assert refusal(prove, env, at_work.visitor, flow.id, other, right) is Refusal.IMPORT_KEY


def test_a_share_of_another_device_is_refused(env, owner, at_work):
    flow = importing.open_import(env, at_work.visitor, der())
    foreign = shares.make(env, owner.visitor).id
    signed = at_work.device.sign(importing.to_sign(flow, foreign))
    refused = refusal(importing.prove_possession, env, at_work.visitor, flow.id, foreign, signed)
    assert refused is Refusal.SHARE_GONE


def test_a_share_serves_a_copy_or_an_application_never_both(env, owner, at_work):
    share, _ = at_work.bring(der())
    assert not shares.belongs_to(at_work.visitor, share)
    flow = importing.open_import(env, owner.visitor, der(), anew=True)
    signed = owner.device.sign(importing.to_sign(flow, home_share()))
    refused = refusal(importing.prove_possession, env, owner.visitor, flow.id, home_share(), signed)
    assert refused is Refusal.SHARE_GONE


@pytest.mark.parametrize("junk", [b"", b"0", b"\x30\x03\x02\x01\x01", b"x" * 900])
def test_what_is_no_certificate_is_foreign(env, at_work, junk):
    assert refusal(importing.open_import, env, at_work.visitor, junk) is Refusal.IMPORT_FOREIGN


def test_one_changed_octet_makes_it_foreign(env, at_work):
    changed = bytearray(der())
    changed[-1] ^= 1
    refused = refusal(importing.open_import, env, at_work.visitor, bytes(changed))
    assert refused is Refusal.IMPORT_FOREIGN


def test_somebody_elses_is_refused_whatever_became_of_it(env, mei, at_work):
    hers = Customer(env, visit(env, mei))
    hers.apply()
    env.clock.move(seconds=61)
    refused = refusal(importing.open_import, env, at_work.visitor, der())
    assert refused is Refusal.IMPORT_NOT_YOURS
    hers.report_loss()
    refused = refusal(importing.open_import, env, at_work.visitor, der())
    assert refused is Refusal.IMPORT_NOT_YOURS


def test_a_revoked_one_is_refused(env, owner, at_work):
    owner.report_loss()
    refused = refusal(importing.open_import, env, at_work.visitor, der())
    assert refused is Refusal.IMPORT_ENDED


def test_a_replaced_one_is_refused_and_the_new_one_taken(env, clock, owner, at_work):
    old = der()
    clock.set(NEAR_THE_END)
    owner.renew()
    refused = refusal(importing.open_import, env, at_work.visitor, old)
    assert refused is Refusal.IMPORT_ENDED
    at_work.device = owner.device
    at_work.bring(der())


def test_an_expired_one_is_refused(env, clock, at_work):
    clock.set(Certificate.objects.get().not_after + timedelta(seconds=1))
    refused = refusal(importing.open_import, env, at_work.visitor, der())
    assert refused is Refusal.IMPORT_EXPIRED


def test_one_that_is_not_yet_valid_is_refused(env, at_work):
    Certificate.objects.update(not_before=env.clock.now() + timedelta(minutes=1))
    refused = refusal(importing.open_import, env, at_work.visitor, der())
    assert refused is Refusal.IMPORT_NOT_YET


def test_where_it_was_made_and_where_it_was_brought_it_is_there_already(env, owner, at_work):
    assert refusal(owner.bring, der()) is Refusal.IMPORT_HERE
    at_work.bring(der())
    assert refusal(at_work.bring, der()) is Refusal.IMPORT_HERE


def test_a_browser_that_lost_its_key_gets_it_anew(env, owner, at_work):
    """The storage was cleared and the cookies were not."""
    first, _ = at_work.bring(der())
    second, _ = at_work.bring(der(), anew=True)
    assert refusal(shares.release, env, at_work.visitor, first) is Refusal.SHARE_GONE
    assert shares.release(env, at_work.visitor, second).secret
    third, _ = owner.bring(der(), anew=True)
    for share in (third, home_share()):
        assert shares.release(env, owner.visitor, share).secret


def test_the_last_step_again_gives_the_same_and_tells_nobody_twice(env, at_work):
    share, flow = at_work.ready_to_bring(der())
    first = importing.finish_import(env, at_work.visitor, flow)
    assert importing.finish_import(env, at_work.visitor, flow) == first
    _, fresh = at_work.ready_to_bring(der(), share=share)
    assert importing.finish_import(env, at_work.visitor, fresh) == first
    assert Entry.objects.filter(event=Event.CERTIFICATE_IMPORTED).count() == 1
    mails = [letter for letter in received(env) if letter.channel == "email"]
    assert sum("線上憑證匯入」" in mail.text for mail in mails) == 1


def test_cut_off_before_the_last_step_it_goes_on_with_the_same_share(env, ming, at_work):
    share, _ = at_work.ready_to_bring(der())
    at_work.visitor = replace(visit(env, ming), device=at_work.visitor.device)
    _, flow = at_work.ready_to_bring(der(), share=share)
    importing.finish_import(env, at_work.visitor, flow)
    assert KeyShare.objects.get(pk=share).certificate_id == Certificate.objects.get().id


def test_revoked_before_the_last_step_nothing_is_put_anywhere(env, owner, at_work):
    share, flow = at_work.ready_to_bring(der())
    owner.report_loss()
    refused = refusal(importing.finish_import, env, at_work.visitor, flow)
    assert refused is Refusal.IMPORT_ENDED
    assert KeyShare.objects.get(pk=share).certificate_id is None


def test_the_imported_key_renews_and_exports(env, clock, owner, at_work):
    share, _ = at_work.bring(der())
    assert at_work.export(share).share.id == share
    clock.set(NEAR_THE_END)
    at_work.renew()
    assert Certificate.objects.filter(state=State.LIVE).count() == 1


def test_an_import_does_neither_revoke_nor_issue(env, at_work):
    _, flow = at_work.ready_to_bring(der())
    assert refusal(revoke.revoke, env, at_work.visitor, flow) is Refusal.FLOW_CLOSED
    refused = refusal(issue.issue, env, at_work.visitor, flow, consent=None, language="en")
    assert refused is Refusal.FLOW_OUT_OF_ORDER
    applying = refusal(
        apply.present_request, env, at_work.visitor, flow, Device().request(), share="x"
    )
    assert applying is Refusal.FLOW_CLOSED


def test_the_day_has_its_limit_counted_first(env, at_work):
    for _ in range(20):
        refusal(importing.open_import, env, at_work.visitor, b"junk")
    refused = refusal(importing.open_import, env, at_work.visitor, der())
    assert refused is Refusal.TOO_MANY_TRIES
