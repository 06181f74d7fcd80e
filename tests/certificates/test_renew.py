"""Renewing a certificate."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cinnabar.certificates import queries
from cinnabar.certificates.actions import apply
from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from tests.certificates.test_apply import refusal
from tests.support.centre import Customer
from tests.support.device import Device
from tests.support.mail import received
from tests.support.people import visit

TAIPEI = ZoneInfo("Asia/Taipei")


def taipei(text):
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


@pytest.fixture
def in_window(env, clock, ming):
    """Ming, whose certificate ends on 20 November 2027, in the last days of it."""
    at_home = Customer(env, visit(env, ming))
    at_home.apply()
    clock.set(taipei("2027-11-10 09:00:00"))
    return at_home


def test_renewing_before_the_end_needs_no_code_and_keeps_the_days_left(env, in_window):
    renewed = in_window.renew()
    assert renewed.not_before == taipei("2027-11-10 09:00:00")
    assert renewed.not_after == taipei("2028-11-19 23:59:59")
    assert not Entry.objects.filter(event=Event.CODE_SENT).count() > 1
    old, new = Certificate.objects.order_by("id")
    assert (old.state, new.state) == (State.SUPERSEDED, State.LIVE)
    assert new.replaces_id == old.id


def test_he_is_told_by_mail(env, in_window):
    in_window.renew()
    assert any("更新" in letter.text for letter in received(env))


def test_the_key_of_the_old_one_is_cut_off(in_window):
    in_window.renew()
    old = Certificate.objects.get(state=State.SUPERSEDED)
    assert KeyShare.objects.get(pk=old.share_id).sealed is None


def test_after_the_end_it_needs_a_code_and_counts_as_new(env, clock, in_window):
    """CONFLICT-11."""
    clock.set(taipei("2027-12-01 09:00:00"))
    flow = apply.open_renewal(env, in_window.visitor).id
    old, in_window.device = in_window.device, Device()
    in_window.present(flow, old=old)
    assert refusal(in_window.finish, flow, consent=None) is Refusal.FLOW_OUT_OF_ORDER
    in_window.prove_code(flow)
    renewed = in_window.finish(flow, consent=None)
    assert renewed.not_after == taipei("2028-11-30 23:59:59")
    assert Entry.objects.filter(event=Event.CERTIFICATE_ISSUED).count() == 2
    assert Entry.objects.filter(event=Event.CERTIFICATE_RENEWED).count() == 0


@pytest.mark.parametrize("when", [taipei("2027-10-21 23:59:58"), taipei("2027-12-21 00:00:00")])
def test_outside_the_window_it_is_refused_with_both_days(env, clock, in_window, when):
    clock.set(when)
    with pytest.raises(Refused) as refused:
        apply.open_renewal(env, in_window.visitor)
    assert refused.value.refusal is Refusal.RENEWAL_NOT_OPEN
    assert str(refused.value.facts["opens"]) == "2027-10-21"
    assert str(refused.value.facts["closes"]) == "2027-12-20"


@pytest.mark.parametrize("signer", [None, Device()], ids=["no signature", "another key"])
def test_without_the_old_keys_signature_it_is_refused(env, in_window, signer):
    """CRT-08."""
    flow = apply.open_renewal(env, in_window.visitor).id
    in_window.device = Device()
    assert refusal(in_window.present, flow, old=signer) is Refusal.RENEWAL_SIGNATURE


def test_without_a_certificate_there_is_nothing_to_renew(env, mei):
    assert refusal(apply.open_renewal, env, visit(env, mei)) is Refusal.NO_CERTIFICATE


def test_a_renewal_overtaken_by_a_revocation_is_closed(env, in_window):
    flow = apply.open_renewal(env, in_window.visitor).id
    old, in_window.device = in_window.device, Device()
    in_window.present(flow, old=old)
    in_window.revoke()
    assert refusal(in_window.finish, flow, consent=None) is Refusal.NO_CERTIFICATE
    assert not Certificate.objects.filter(state=State.LIVE).exists()


def test_g9_the_host_tells_devices_that_only_the_newer_one_lives(in_window):
    """P161: a device's copy is valid if it is the host's live one and in date."""
    first = queries.host_facts(in_window.visitor).live
    renewed = in_window.renew()
    facts = queries.host_facts(in_window.visitor)
    assert (facts.live, facts.live_der) == (renewed.serial, renewed.der)
    assert facts.serials[first].state is State.SUPERSEDED


def test_g10_after_a_revocation_no_copy_is_the_hosts(env, in_window):
    in_window.revoke()
    facts = queries.host_facts(in_window.visitor)
    assert (facts.live, facts.live_der) == (None, None)
    assert queries.host_row(env, in_window.visitor) is None
