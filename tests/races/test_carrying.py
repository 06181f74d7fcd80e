"""Exports and imports at the same moment as each other and as what ends a certificate."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from cinnabar.certificates import shares
from cinnabar.certificates.actions import apply, exporting, importing, revoke
from cinnabar.certificates.actions.exporting import Exported
from cinnabar.certificates.actions.importing import Imported
from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal
from tests.support.centre import Customer
from tests.support.crowd import at_once
from tests.support.device import Device
from tests.support.people import visit

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner(env, ming):
    customer = Customer(env, visit(env, ming))
    customer.apply()
    env.clock.move(seconds=61)
    return customer


@pytest.fixture
def at_work(env, ming, owner):
    return Customer(env, visit(env, ming), device=owner.device)


def der() -> bytes:
    signed = Certificate.objects.latest("id").der
    assert signed is not None
    return bytes(signed)


def told(event: Event) -> int:
    return Entry.objects.filter(event=event).count()


def test_of_twenty_presses_on_export_one_gets_the_share(env, owner):
    flow = owner.ready_to_export()
    answers = at_once(*[partial(exporting.export, env, owner.visitor, flow)] * 20)
    assert answers.count(Refusal.FLOW_CLOSED) == 19
    assert told(Event.CERTIFICATE_EXPORTED) == 1


def test_of_twenty_presses_on_import_all_get_the_same(env, at_work):
    _, flow = at_work.ready_to_bring(der())
    answers = at_once(*[partial(importing.finish_import, env, at_work.visitor, flow)] * 20)
    assert {answer.serial for answer in answers if isinstance(answer, Imported)}
    assert all(answer == answers[0] for answer in answers)
    assert told(Event.CERTIFICATE_IMPORTED) == 1


def test_two_windows_import_one_copy(env, ming, at_work):
    """Each with its own session, on the same device, with its own share."""
    other = Customer(env, again(env, ming, at_work.visitor), device=at_work.device)
    ready = [at_work.ready_to_bring(der()), other.ready_to_bring(der())]
    answers = at_once(
        partial(importing.finish_import, env, at_work.visitor, ready[0][1]),
        partial(importing.finish_import, env, other.visitor, ready[1][1]),
    )
    assert answers.count(Refusal.IMPORT_HERE) == 1
    assert KeyShare.objects.exclude(certificate=None).count() == 1
    assert told(Event.CERTIFICATE_IMPORTED) == 1


@pytest.mark.parametrize("round_", range(5))
def test_a_loss_against_an_import_leaves_no_share_readable(env, owner, at_work, round_):
    share, flow = at_work.ready_to_bring(der())
    ending = revoke.open_revocation(env, owner.visitor, lost=True).id
    answers = at_once(
        partial(importing.finish_import, env, at_work.visitor, flow),
        partial(revoke.revoke, env, owner.visitor, ending),
    )
    came = isinstance(answers[0], Imported)
    assert came or answers[0] is Refusal.IMPORT_ENDED
    assert KeyShare.objects.get(pk=share).certificate_id == (
        Certificate.objects.get().id if came else None
    )
    assert not KeyShare.objects.exclude(certificate=None).exclude(sealed=None).exists()
    assert Certificate.objects.get().state == State.REVOKED


@pytest.mark.parametrize("round_", range(5))
def test_a_renewal_against_an_export_hands_out_the_old_share_or_none(env, clock, owner, round_):
    clock.set(datetime(2027, 11, 10, 10, tzinfo=ZoneInfo("Asia/Taipei")))
    old = str(Certificate.objects.get().share_id)
    leaving = owner.ready_to_export()
    renewal = apply.open_renewal(env, owner.visitor).id
    key, owner.device = owner.device, Device()
    owner.present(renewal, old=key)
    answers = at_once(
        partial(exporting.export, env, owner.visitor, leaving),
        partial(owner.finish, renewal, consent=None),
    )
    handed = answers[0]
    if isinstance(handed, Exported):
        assert handed.share.id == old
    else:
        assert handed is Refusal.CANNOT_EXPORT
    assert told(Event.CERTIFICATE_EXPORTED) == isinstance(handed, Exported)
    assert KeyShare.objects.get(pk=old).sealed is None
    assert Certificate.objects.filter(state=State.LIVE).count() == 1


def test_removing_a_copy_against_a_loss_cuts_it_off_once(env, owner, at_work):
    share, _ = at_work.bring(der())
    ending = revoke.open_revocation(env, owner.visitor, lost=True).id
    at_once(
        partial(shares.erase_unused, env, at_work.visitor, share),
        partial(revoke.revoke, env, owner.visitor, ending),
    )
    assert KeyShare.objects.filter(pk=share, sealed=None).exclude(erased_at=None).exists()


def again(env, customer, visitor) -> Visitor:
    """Sign in once more on the device of `visitor`."""
    return replace(visit(env, customer), device=visitor.device)
