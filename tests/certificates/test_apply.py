"""Applying for a certificate."""

from datetime import UTC, datetime

import pytest
from cryptography import x509

from cinnabar.certificates import queries
from cinnabar.certificates.models import Certificate, Consent, KeyShare
from cinnabar.certificates.states import State
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from tests.support.centre import Customer
from tests.support.device import Device
from tests.support.mail import received
from tests.support.people import visit


def refusal(act, *arguments, **named):
    with pytest.raises(Refused) as refused:
        act(*arguments, **named)
    return refused.value.refusal


def test_ming_gets_a_certificate_for_the_key_on_his_device(env, at_home, ming):
    issued = at_home.apply()
    certificate = x509.load_der_x509_certificate(issued.der)
    assert certificate.public_key() == at_home.device.key.public_key()
    assert issued.not_before == env.clock.now().replace(microsecond=0)
    assert issued.not_after == datetime(2027, 11, 20, 15, 59, 59, tzinfo=UTC)
    assert ming.subject in certificate.subject.rfc4514_string()
    assert ming.identifier not in certificate.subject.rfc4514_string()
    row = queries.host_row(env, at_home.visitor)
    assert row.serial_full == f"{certificate.serial_number:032x}"
    assert row.serial == row.serial_full[-8:].upper()


def test_he_is_told_by_mail(env, at_home):
    at_home.apply()
    newest = received(env)[0]
    assert "2026/11/20" in newest.text
    assert env.firm.notify.cert_change_subject["zh-Hant-TW"] in {
        letter.subject for letter in received(env)
    }


def test_the_consent_is_kept_word_for_word(env, at_home):
    """CRT-19."""
    at_home.apply()
    kept = Consent.objects.get()
    assert (kept.version, kept.sha256) == (
        env.firm.consent.version,
        env.firm.consent.sha256("zh-Hant-TW"),
    )


def test_a_second_finish_gives_the_same_certificate(at_home):
    flow = at_home.ready_to_finish()
    assert at_home.finish(flow).der == at_home.finish(flow).der
    assert Certificate.objects.count() == 1


def test_beside_a_live_one_there_is_no_other(at_home):
    at_home.apply()
    assert refusal(at_home.open) is Refusal.ALREADY_LIVE


def test_a_flow_that_was_overtaken_issues_nothing(env, ming, at_home):
    other = Customer(env, visit(env, ming))
    first, second = at_home.ready_to_finish(), other.open()
    other.present(second)
    at_home.finish(first)
    env.clock.move(seconds=61)
    other.prove_code(second)
    assert refusal(other.finish, second) is Refusal.ALREADY_LIVE
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("consent", [None, "an older version"])
def test_without_todays_consent_nothing_is_issued(at_home, consent):
    flow = at_home.ready_to_finish()
    assert refusal(at_home.finish, flow, consent=consent) is Refusal.CONSENT_MISSING
    assert not Certificate.objects.exists()
    assert at_home.finish(flow).serial


def test_without_a_code_nothing_is_issued(at_home):
    flow = at_home.open()
    at_home.present(flow)
    assert refusal(at_home.finish, flow) is Refusal.FLOW_OUT_OF_ORDER


def test_a_code_for_one_request_is_none_for_another(at_home):
    """COD-05: the target is the hash of the request."""
    flow = at_home.ready_to_finish()
    at_home.device = Device()
    at_home.present(flow)
    assert refusal(at_home.finish, flow) is Refusal.FLOW_OUT_OF_ORDER


def test_a_known_key_is_refused(env, at_home, mei):
    """ENR-01."""
    at_home.apply()
    hers = Customer(env, visit(env, mei), device=at_home.device)
    assert refusal(hers.present, hers.open()) is Refusal.KEY_KNOWN


def test_a_flow_of_somebody_else_is_closed_to_all_others(env, at_home, mei):
    """Incident 2."""
    flow = at_home.ready_to_finish()
    hers = Customer(env, visit(env, mei), device=at_home.device)
    assert refusal(hers.finish, flow) is Refusal.FLOW_CLOSED


def test_a_flow_belongs_to_one_session(env, at_home, ming):
    flow = at_home.ready_to_finish()
    elsewhere = Customer(env, visit(env, ming))
    assert refusal(elsewhere.finish, flow) is Refusal.FLOW_CLOSED


def test_after_half_an_hour_a_flow_is_over(env, at_home):
    flow = at_home.ready_to_finish()
    env.clock.move(seconds=30 * 60 + 1)
    assert refusal(at_home.finish, flow) is Refusal.FLOW_CLOSED


def test_a_share_of_another_device_is_refused(env, at_home, ming):
    from cinnabar.certificates import shares
    from cinnabar.certificates.actions import apply

    elsewhere = visit(env, ming)
    foreign = shares.make(env, elsewhere).id
    flow = at_home.open()
    assert (
        refusal(
            apply.present_request,
            env,
            at_home.visitor,
            flow,
            at_home.device.request(),
            share=foreign,
        )
        is Refusal.SHARE_GONE
    )


def test_the_share_rests_sealed_and_comes_back_to_its_device_only(env, at_home, ming):
    from cinnabar.certificates import shares

    share = shares.make(env, at_home.visitor)
    sealed = KeyShare.objects.get(pk=share.id).sealed
    assert sealed is not None
    assert share.secret not in bytes(sealed)
    assert shares.release(env, at_home.visitor, share.id).secret == share.secret
    elsewhere = visit(env, ming)
    assert refusal(shares.release, env, elsewhere, share.id) is Refusal.SHARE_GONE


def test_a_signer_that_is_away_loses_nothing(env, at_home):
    from dataclasses import replace

    from cinnabar.certificates.actions import issue
    from tests.support.authority import AwaySigner

    flow = at_home.ready_to_finish()
    away = Customer(
        replace(env, signer=AwaySigner(env.signer)), at_home.visitor, device=at_home.device
    )
    assert refusal(away.finish, flow) is Refusal.SIGNING_UNAVAILABLE
    assert Certificate.objects.get().state == State.ISSUING
    env.clock.move(seconds=60)
    assert issue.resume(env) == 1
    assert Certificate.objects.get().state == State.LIVE
    assert at_home.finish(flow).serial == Certificate.objects.get().serial


def test_every_step_is_in_the_journal(at_home):
    at_home.apply()
    events = list(Entry.objects.order_by("id").values_list("event", flat=True))
    assert events[-7:] == [
        Event.FLOW_OPENED,
        Event.SHARE_MADE,
        Event.CODE_SENT,
        Event.CODE_ACCEPTED,
        Event.CONSENT_GIVEN,
        Event.CERTIFICATE_INTENDED,
        Event.CERTIFICATE_ISSUED,
    ]


def test_what_the_signer_will_not_sign_is_closed_and_bars_nothing(env, at_home):
    """A firm file that asks for a certificate its own signer refuses: nothing stays half done."""
    from dataclasses import replace

    careless = replace(
        env.firm, certificate=replace(env.firm.certificate, cn_template="{subject}-99-ZZ99")
    )
    flow = at_home.ready_to_finish()
    other = Customer(replace(env, firm=careless), at_home.visitor, device=at_home.device)
    assert refusal(other.finish, flow) is Refusal.KEY_NOT_ACCEPTED
    assert Certificate.objects.get().state == State.CLOSED
    assert Entry.objects.filter(event=Event.CERTIFICATE_CLOSED).count() == 1
    at_home.device = Device()
    env.clock.move(seconds=61)
    assert at_home.apply().serial
