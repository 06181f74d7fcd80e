"""檢查憑證: a device signs a fresh challenge, and the host says what is right and what is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.certificates import challenges
from cinnabar.certificates.actions.check import check
from cinnabar.certificates.judging import Line, Tone
from cinnabar.certificates.models import Certificate, Challenge
from cinnabar.certificates.queries import by_serial
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from tests.certificates.test_orders import forge
from tests.pki.test_cms import Made
from tests.support.centre import Customer
from tests.support.device import Device
from tests.support.people import visit
from tests.support.world import TEN_IN_TAIPEI

GOOD = (
    Line.SIGNATURE_OK,
    Line.OWN_OK,
    Line.CHAIN_OK,
    Line.STATUS_LIVE,
    Line.DATES_OK,
    Line.CHANNEL_OK,
    Line.CLOCK_OK,
)


def answer(customer, der, text, *, key=None, ago=timedelta()):
    """Sign the statement of a challenge, as the page does."""
    at = customer.env.clock.now().replace(microsecond=0) - ago
    return Made(key=key or customer.device.key, at=at).sign(der, challenges.statement(text))


def checked(customer, der, *, visitor=None, **how):
    text = challenges.make(customer.env, customer.visitor)
    signature = answer(customer, der, text, **how)
    return check(customer.env, visitor or customer.visitor, text, signature)


def bad(found):
    return [line for line in found.lines if line.tone is not Tone.OK]


def refused(what, *args, **more):
    with pytest.raises(Refused) as no:
        what(*args, **more)
    return no.value.refusal


def test_a_good_certificate_is_good_in_every_line(env, at_home):
    issued = at_home.apply()
    found = checked(at_home, issued.der)
    assert found.lines == GOOD
    assert {line.tone for line in found.lines} == {Tone.OK}
    assert found.serial == issued.serial[-8:].upper()
    assert found.days_left == env.firm.certificate.validity_days


def test_near_its_end_the_days_left_are_the_firms_days(env, clock, at_home):
    issued = at_home.apply()
    clock.set(issued.not_after - timedelta(hours=1))
    found = checked(at_home, issued.der)
    assert bad(found) == [Line.DATES_RENEW]
    assert found.days_left == 0
    clock.set(issued.not_after + timedelta(seconds=1))
    found = checked(at_home, issued.der)
    assert bad(found) == [Line.DATES_LATE]
    assert found.days_left == -1
    clock.set(issued.not_after + timedelta(days=env.firm.certificate.renew_days_after, seconds=1))
    assert bad(checked(at_home, issued.der)) == [Line.DATES_EXPIRED]


def test_before_its_beginning_it_is_said_to_begin_later(env, clock, at_home):
    issued = at_home.apply()
    clock.set(issued.not_before - timedelta(seconds=1))
    assert Line.DATES_EARLY in bad(checked(at_home, issued.der))


def test_a_key_that_is_not_its_own_is_found(env, at_home):
    issued = at_home.apply()
    assert bad(checked(at_home, issued.der, key=Device().key)) == [Line.SIGNATURE_BAD]


def test_a_signature_over_something_else_is_found(env, at_home):
    """A signed order is no answer to a challenge, and the other way round."""
    issued = at_home.apply()
    text = challenges.make(env, at_home.visitor)
    at = env.clock.now().replace(microsecond=0)
    signature = Made(key=at_home.device.key, at=at).sign(issued.der, text.encode())
    assert bad(check(env, at_home.visitor, text, signature)) == [Line.SIGNATURE_BAD]


def test_a_revoked_and_a_renewed_one_are_told_apart(env, clock, at_home):
    first = at_home.apply()
    old = replace(at_home.device)
    clock.set(first.not_after - timedelta(days=3))
    second = at_home.renew()
    text = challenges.make(env, at_home.visitor)
    signature = answer(at_home, first.der, text, key=old.key)
    assert Line.STATUS_SUPERSEDED in bad(check(env, at_home.visitor, text, signature))
    clock.move(seconds=61)
    at_home.revoke()
    assert bad(checked(at_home, second.der)) == [Line.STATUS_REVOKED]


def test_a_clock_ten_minutes_off_is_told_as_a_warning(env, at_home):
    issued = at_home.apply()
    assert bad(checked(at_home, issued.der, ago=timedelta(minutes=10))) == []
    assert bad(checked(at_home, issued.der, ago=timedelta(minutes=10, seconds=1))) == [
        Line.CLOCK_BAD
    ]
    assert Line.CLOCK_BAD.tone is Tone.WARN


def test_one_of_another_channel_is_told(env, at_home):
    issued = at_home.apply()
    Certificate.objects.update(channel="mobile")
    assert bad(checked(at_home, issued.der)) == [Line.CHANNEL_BAD]


def test_one_that_another_authority_signed_breaks_the_chain(env, at_home):
    """The host's own record is damaged: it has what another CA signed under the same number."""
    issued = at_home.apply()
    octets = forge(at_home.device, serial=int(issued.serial, 16), at=issued.not_before)
    Certificate.objects.update(der=octets)
    assert Line.CHAIN_BAD in bad(checked(at_home, octets))


def test_a_challenge_that_nobody_made_is_refused(env, at_home):
    issued = at_home.apply()
    signature = answer(at_home, issued.der, "made up")
    assert refused(check, env, at_home.visitor, "made up", signature) is Refusal.CHALLENGE_UNKNOWN


def test_a_challenge_counts_once_whatever_came_of_it(env, at_home):
    issued = at_home.apply()
    text = challenges.make(env, at_home.visitor)
    signature = answer(at_home, issued.der, text)
    assert refused(check, env, at_home.visitor, text, b"no signature") is (
        Refusal.SIGNATURE_MALFORMED
    )
    assert refused(check, env, at_home.visitor, text, signature) is Refusal.CHALLENGE_USED


def test_a_challenge_lives_two_minutes(env, clock, at_home):
    issued = at_home.apply()
    text = challenges.make(env, at_home.visitor)
    clock.move(seconds=120)
    assert not bad(check(env, at_home.visitor, text, answer(at_home, issued.der, text)))
    text = challenges.make(env, at_home.visitor)
    clock.move(seconds=121)
    signature = answer(at_home, issued.der, text)
    assert refused(check, env, at_home.visitor, text, signature) is Refusal.CHALLENGE_EXPIRED


def test_a_challenge_of_another_session_is_refused(env, ming, at_home):
    issued = at_home.apply()
    text = challenges.make(env, at_home.visitor)
    signature = answer(at_home, issued.der, text)
    elsewhere = visit(env, ming)
    assert refused(check, env, elsewhere, text, signature) is Refusal.CHALLENGE_UNKNOWN
    # It is still good where it was made: somebody else's try does not use it up.
    assert not bad(check(env, at_home.visitor, text, signature))


def test_a_challenge_of_another_customer_is_refused(env, mei, at_home):
    issued = at_home.apply()
    hers = visit(env, mei)
    text = challenges.make(env, at_home.visitor)
    shared = replace(hers, session=at_home.visitor.session)
    signature = answer(at_home, issued.der, text)
    assert refused(check, env, shared, text, signature) is Refusal.CHALLENGE_UNKNOWN


def test_of_another_customers_certificate_nothing_is_told(env, at_home, mei):
    """PRV-01: the same words as for a certificate that nobody issued."""
    hers = Customer(env, visit(env, mei))
    issued = hers.apply()
    text = challenges.make(env, at_home.visitor)
    signature = answer(hers, issued.der, text)
    assert refused(check, env, at_home.visitor, text, signature) is Refusal.CERTIFICATE_NOT_YOURS
    entry = Entry.objects.get(event=Event.CERTIFICATE_CHECKED)
    assert '"findings":["not-yours"]' in entry.payload
    assert issued.serial[-8:].upper() not in entry.payload


def test_a_made_up_certificate_is_nobodys_even_with_the_right_number_and_key(env, at_home):
    issued = at_home.apply()
    octets = forge(at_home.device, serial=int(issued.serial, 16), at=env.clock.now())
    assert by_serial(issued.serial) is not None
    assert refused(checked, at_home, octets) is Refusal.CERTIFICATE_NOT_YOURS


def test_what_was_found_is_in_the_journal(env, at_home):
    issued = at_home.apply()
    checked(at_home, issued.der, key=Device().key)
    entry = Entry.objects.get(event=Event.CERTIFICATE_CHECKED)
    assert '"findings":["signature-bad"]' in entry.payload
    assert issued.serial[-8:].upper() in entry.payload


def test_the_host_keeps_no_challenge_that_could_be_signed(env, at_home):
    text = challenges.make(env, at_home.visitor)
    row = Challenge.objects.get()
    assert text not in row.mark
    assert row.used_at is None


def test_tries_are_counted_before_they_are_compared(env, at_home):
    for _ in range(200):
        no = refused(challenges.spend, env, at_home.visitor, "guess")
        assert no is Refusal.CHALLENGE_UNKNOWN
    text = challenges.make(env, at_home.visitor)
    assert refused(challenges.spend, env, at_home.visitor, text) is Refusal.TOO_MANY_TRIES


def test_old_challenges_are_forgotten(env, clock, at_home):
    challenges.make(env, at_home.visitor)
    clock.set(TEN_IN_TAIPEI + timedelta(days=1, seconds=119))
    assert challenges.forget_old(env) == 0
    clock.move(seconds=2)
    assert challenges.forget_old(env) == 1
