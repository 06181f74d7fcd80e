"""Signing in on a bound device by the device's own check of its owner, and stepping up by it."""

from dataclasses import replace

import pytest

from cinnabar.flows.assurance import Assurance
from cinnabar.flows.models import Flow, Proof
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import bound_device, bound_factor, step_up
from cinnabar.login.actions import resume
from cinnabar.login.bound_device import Browser
from cinnabar.login.models import Session
from cinnabar.tokens.soft import proving
from tests.support.biometrics import Phone, suspend, with_biometrics
from tests.support.bound import with_token
from tests.support.passkeys import UP
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"
HERE = Stranger(visit="a" * 64, address=ADDRESS, channel="mobile")


@pytest.fixture
def env(env):
    return with_biometrics(with_token(env))


@pytest.fixture
def before(env, ming):
    return sign_in(env, ming.identifier, PASSWORD, address=ADDRESS)


@pytest.fixture
def phone(env, before):
    visitor = resume(env, before.session, before.device, address=ADDRESS)
    assert visitor is not None
    made = Phone(env, replace(visitor, channel="mobile")).bind()
    made.switch_on()
    return made


@pytest.fixture
def enter(env, phone, before):
    def act():
        challenge = proving.challenge(env, proving.bearer(HERE.visit))
        signed = phone.app.sign(bound_device.PURPOSE, challenge)
        shown = phone.show(signed, bound_device.PURPOSE, {})
        browser = Browser(stranger=HERE, device=before.device, agent="Test")
        return bound_device.by_biometrics(env, browser, signed, shown)

    return act


def refused(act, *args):
    with pytest.raises(Refused) as caught:
        act(*args)
    return caught.value.refusal


def test_finger_or_face_alone_open_a_session_that_cannot_be_phished(env, ming, enter, phone):
    tokens = enter()
    visitor = resume(env, tokens.session, tokens.device, address=ADDRESS, channel="mobile")
    assert visitor.customer_id == ming.id
    assert visitor.amr == {"token", "pop", "user", "mfa"}
    assert visitor.assurance is Assurance.RESISTANT
    flow = Flow.objects.get(kind="sign-in", facts__way="token-biometrics")
    proofs = set(Proof.objects.filter(flow=flow).values_list("kind", "target"))
    assert proofs == {("possession", phone.app.key_id), ("passkey", HERE.visit)}


def test_suspended_biometrics_open_nothing_and_the_pin_does(env, ming, enter, phone):
    suspend(env, ming.id, "staff")
    assert refused(enter) is Refusal.BIOMETRICS_SUSPENDED
    assert not Session.objects.filter(channel="mobile").exists()


def test_a_device_that_did_not_verify_its_owner_opens_nothing(enter, phone):
    phone.passkeys.flags = UP
    assert refused(enter) is Refusal.BIOMETRICS_NOT_PROVED


def test_they_are_a_fresh_proof_in_a_session(env, clock, before, phone):
    clock.move(seconds=14 * 60)
    visitor = resume(env, before.session, before.device, address=ADDRESS)
    assert visitor is not None
    begun = step_up.begin(env, visitor, "/account/")
    data = {"flow": begun.id}
    challenge = proving.challenge(env, proving.bearer(visitor.session))
    signed = phone.app.sign(bound_factor.STEP_UP, challenge, data)
    sent = (signed, phone.show(signed, bound_factor.STEP_UP, data))
    done = bound_factor.go_on(env, visitor, begun.id, sent, before.device)
    now = resume(env, done.session, before.device, address=ADDRESS)
    assert now.amr >= {"token", "pop", "mfa"}
    assert now.proved_at == clock.now()
