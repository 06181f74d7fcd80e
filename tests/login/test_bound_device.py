"""Signing in on a bound device: by its PIN without the password, by its key after the password."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.flows.assurance import Assurance
from cinnabar.flows.models import Flow, Proof
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.limits.guard import Door, Scope
from cinnabar.limits.models import Tally
from cinnabar.login import devices, sessions
from cinnabar.login.actions import resume, sign_in, sign_out
from cinnabar.login.models import KnownDevice, Session
from cinnabar.login.soft import bound_device
from cinnabar.login.soft.bound_device import Browser
from cinnabar.login.stages.barred import bar_mail, mail_barred
from cinnabar.messages.models import Outbox
from cinnabar.passwords.models import Lock, StoredPassword
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import proving
from tests.support.bound import bound_here, with_token
from tests.support.passkeys import recorded
from tests.support.people import CALLED, PASSWORD
from tests.support.signing import sign_in as sign_in_whole
from tests.support.soft import PIN, WRONG, bind, row

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"
HERE = Stranger(visit="a" * 64, address=ADDRESS, channel="mobile")
ELSEWHERE = Stranger(visit="b" * 64, address="198.51.100.1", channel="mobile")


@pytest.fixture
def env(env):
    return with_token(env)


@pytest.fixture
def before(env, ming):
    """His sign-in on the device, before the token was bound there."""
    return sign_in_whole(env, ming.identifier, PASSWORD, address=ADDRESS)


@pytest.fixture
def device(env, ming, before):
    return bound_here(env, ming.id, before)


@pytest.fixture
def enter(env, device, before):
    """Come in by the PIN of the device; its cookie is that of the last time."""
    cookie = [before.device]

    def act(pin=PIN, *, who=HERE, signed=None, token=device, showing=()):
        made = signed or stated(env, token, who, pin)
        (shown,) = showing or cookie[-1:]
        browser = Browser(stranger=who, device=shown, agent="Test")
        tokens = bound_device.by_pin(env, browser, made)
        cookie.append(tokens.device)
        return tokens

    return act


def stated(env, app, who, pin=PIN, purpose=bound_device.PURPOSE):
    challenge = proving.challenge(env, proving.bearer(who.visit))
    return app.sign(purpose, challenge, typed=pin)


def refused(act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value.refusal


def who_is(env, tokens):
    return resume(env, tokens.session, tokens.device, address=ADDRESS, channel="mobile")


def wrong_tries():
    found = Tally.objects.filter(what=f"{Door.SIGN_IN}-wrong-{Scope.ADDRESS}", whom=ADDRESS)
    return sum(found.values_list("n", flat=True))


def test_the_pin_alone_opens_a_session_of_the_app(env, ming, enter):
    visitor = who_is(env, enter())
    assert visitor is not None
    assert (visitor.customer_id, visitor.channel) == (ming.id, "mobile")
    assert visitor.amr == {"token", "pin"}
    assert visitor.assurance is Assurance.TWO
    assert not visitor.must_change
    assert wrong_tries() == 0


def test_it_goes_through_the_one_decision_point_for_exactly_this_key(ming, enter, device):
    enter()
    flow = Flow.objects.get(kind="sign-in", facts__way="token-pin")
    assert (flow.customer_id, flow.state, flow.target) == (ming.id, "done", device.key_id)
    proofs = set(Proof.objects.filter(flow=flow).values_list("kind", "target"))
    assert proofs == {("possession", device.key_id), ("pin", device.key_id)}


def test_it_is_written_down_with_its_factors_and_its_channel(enter):
    enter()
    said = recorded(Event.SIGN_IN_SUCCEEDED)[-1]
    assert said["channel"] == "mobile"
    assert said["details"]["factors"] == ["pin", "token"]
    assert said["details"]["known_device"] is True


def test_after_signing_out_and_after_a_restart_the_pin_is_enough_again(env, clock, enter):
    sign_out(env, who_is(env, enter()))
    clock.move(timedelta(days=40))
    assert who_is(env, enter()) is not None


def test_a_session_of_the_app_opens_nothing_on_the_web_pages(env, enter):
    tokens = enter()
    assert resume(env, tokens.session, tokens.device, address=ADDRESS) is None


def test_a_session_of_the_web_opens_nothing_in_the_app(env, before):
    assert who_is(env, before) is None


def test_a_wrong_pin_opens_nothing_and_is_counted(env, ming, enter, device):
    assert refused(enter, WRONG) is Refusal.TOKEN_PIN_WRONG
    assert (row(device).wrong, wrong_tries()) == (1, 1)
    failed = recorded(Event.SIGN_IN_FAILED)[-1]
    assert failed["subject"] == ming.subject
    assert failed["details"]["kind"] == "soft-token"
    enter()
    assert row(device).wrong == 0


def test_the_last_wrong_pin_locks_the_token_and_the_password_still_opens(env, ming, enter, device):
    for _ in range(env.firm.token.pin_max_wrong - 1):
        assert refused(enter, WRONG) is Refusal.TOKEN_PIN_WRONG
    assert refused(enter, WRONG) is Refusal.TOKEN_LOCKED
    assert refused(enter) is Refusal.TOKEN_LOCKED
    assert row(device).sealed is None
    sign_in_whole(env, ming.identifier, PASSWORD, address=ADDRESS)


def test_a_locked_sign_in_is_locked_for_the_pin_too_and_that_is_no_wrong_try(
    env, ming, before, enter, device
):
    for _ in range(env.firm.login.max_wrong):
        with pytest.raises(Refused):
            sign_in(env, HERE, ming.identifier, Password("demo9999"), device=before.device)
    counted = wrong_tries()
    assert refused(enter) is Refusal.BOUND_DEVICE_REFUSED
    assert row(device).wrong == 0
    assert not Session.objects.filter(channel="mobile").exists()
    assert Lock.objects.exclude(locked_at=None).exists()
    assert wrong_tries() >= counted


def test_strangers_who_lock_the_identifier_do_not_lock_him_out_here(env, ming, enter):
    """CONFLICT-7: the device's own lane counts."""
    for _ in range(env.firm.login.max_wrong):
        with pytest.raises(Refused):
            sign_in(env, ELSEWHERE, ming.identifier, Password("demo9999"))
    assert who_is(env, enter()) is not None


@pytest.mark.parametrize("cookie", [None, Secret("0" * 64)], ids=["none", "unknown"])
def test_a_copy_of_the_key_alone_opens_nothing_and_costs_no_try_of_the_pin(enter, device, cookie):
    for pin in (PIN, WRONG):
        assert refused(enter, pin, showing=(cookie,)) is Refusal.BOUND_DEVICE_REFUSED
    assert row(device).wrong == 0


def test_a_device_that_he_has_put_out_asks_for_the_password(env, ming, enter):
    devices.end_all(env, ming.id)
    assert refused(enter) is Refusal.BOUND_DEVICE_REFUSED


def test_a_copied_cookie_is_found_out_and_neither_copy_comes_in_by_the_pin(
    env, clock, before, enter
):
    enter()
    clock.move(seconds=120)
    enter()
    clock.move(seconds=120)
    assert refused(enter, showing=(before.device,)) is Refusal.BOUND_DEVICE_REFUSED
    assert refused(enter) is Refusal.BOUND_DEVICE_REFUSED
    assert not Session.objects.filter(channel="mobile", ended_at=None).exists()


@pytest.mark.parametrize("state", [SoftToken.SUSPENDED, SoftToken.PENDING])
def test_a_token_that_is_not_active_opens_nothing(enter, device, state):
    row(device)
    SoftToken.objects.update(state=state)
    assert refused(enter) in {Refusal.TOKEN_SUSPENDED, Refusal.BOUND_DEVICE_REFUSED}
    assert not Session.objects.filter(channel="mobile").exists()


def test_a_token_that_only_holds_a_certificates_pin_opens_no_session(enter, device):
    SoftToken.objects.update(factor=False)
    assert refused(enter) is Refusal.BOUND_DEVICE_REFUSED


def test_what_is_signed_for_another_visit_or_handed_in_twice_opens_nothing(env, enter, device):
    foreign = stated(env, device, ELSEWHERE)
    assert refused(enter, signed=foreign) is Refusal.TOKEN_NOT_PROVED
    once = stated(env, device, HERE)
    enter(signed=once)
    assert refused(enter, signed=once) is Refusal.TOKEN_NOT_PROVED
    assert row(device).wrong == 0


def test_what_is_signed_for_another_purpose_opens_nothing(env, enter, device):
    other = stated(env, device, HERE, purpose="clear")
    assert refused(enter, signed=other) is Refusal.TOKEN_NOT_PROVED


def test_a_password_that_is_due_leads_to_its_change_and_no_further(env, clock, enter):
    StoredPassword.objects.update(expires_at=clock.now() + timedelta(days=1))
    tokens = enter()
    assert tokens.must_change
    assert who_is(env, tokens).must_change


def test_the_bar_on_codes_by_mail_after_a_reset_stays(env, ming, before, clock, enter):
    """CONFLICT-2: nobody has shown yet that he knows the new password and holds another factor."""
    sessions.end_all(env, ming.id)
    bar_mail(env, ming.id)
    clock.move(seconds=1)
    enter()
    assert mail_barred(ming.id)
    clock.move(seconds=1)
    sign_in_whole(env, ming.identifier, PASSWORD, address=ADDRESS)
    assert not mail_barred(ming.id)


def test_more_sessions_than_may_be_open_end_the_oldest(env, ming, enter):
    for _ in range(env.firm.login.sessions_max + 2):
        enter()
    assert Session.objects.filter(customer_id=ming.id, ended_at=None).count() == (
        env.firm.login.sessions_max
    )


def test_a_notice_goes_out_where_the_firm_tells_of_every_sign_in(env, enter):
    """P208: his own device is no new one."""
    before = Outbox.objects.count()
    enter()
    told = Outbox.objects.count() > before
    assert told == (env.firm.notify.sign_ins != "new-device")


def test_an_address_that_was_wrong_too_often_is_turned_away_before_the_pin(env, enter, device):
    for _ in range(env.firm.login.per_address_wrong_per_day):
        with pytest.raises(Refused):
            sign_in(env, HERE, CALLED["nobody"], Password("demo9999"))
    assert refused(enter) is Refusal.TOO_MANY_TRIES
    assert row(device).wrong == 0


def test_where_the_firm_offers_none_there_is_nothing(env, enter, device, before):
    factor = replace(env.firm.login.second_factor, bound_device="not-offered")
    firm = replace(env.firm, login=replace(env.firm.login, second_factor=factor))
    plain = replace(env, firm=firm)
    signed = stated(plain, device, HERE)
    browser = Browser(stranger=HERE, device=before.device)
    assert refused(bound_device.by_pin, plain, browser, signed) is Refusal.NOT_FOUND


def test_known_devices_are_his_alone(env, mei, before, enter, device):
    """The token of one customer on a device is nothing to another who signs in there too."""
    assert KnownDevice.objects.filter(customer_id=mei.id).count() == 0
    theirs = bind(env, mei, device=row(device).device)
    assert refused(enter, token=theirs) is Refusal.BOUND_DEVICE_REFUSED
