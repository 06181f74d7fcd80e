"""Signing in to the app with a finger: on the bound device, until something suspends it."""

from dataclasses import replace

import pytest

from cinnabar.centre.change import Wish, change
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.models import Flow, Proof
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.actions import resume
from cinnabar.login.models import Session
from cinnabar.login.soft import bound_device
from cinnabar.login.soft.bound_device import Browser
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.tokens.models import NewDevice, Passkey
from cinnabar.tokens.soft import proving, suspending
from tests.support.app import in_the_app
from tests.support.biometrics import Phone, with_biometrics
from tests.support.bound import bound_here, with_token
from tests.support.passkeys import recorded
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"
HERE = Stranger(visit="a" * 64, address=ADDRESS, channel="mobile")


@pytest.fixture
def env(env):
    return with_biometrics(with_token(env))


@pytest.fixture
def before(env, ming):
    """His sign-in on the telephone, before the token was bound there."""
    return in_the_app(env, ming)


@pytest.fixture
def phone(env, ming, before):
    """The telephone with biometrics on, a minute later; he is still signed in."""
    visitor = resume(env, before.session, before.device, address=ADDRESS, channel="mobile")
    assert visitor is not None
    phone = Phone(env, visitor)
    bound_here(env, ming.id, before, phone.app)
    NewDevice.objects.all().delete()
    phone.switch_on()
    phone.later(minutes=1)
    return phone


def enter(phone, before, *, visit=HERE):
    """Put a finger on the telephone at the sign-in page."""
    challenge = proving.challenge(phone.env, proving.bearer(visit.visit))
    said = phone.app.sign(bound_device.PURPOSE, challenge)
    shown = phone.show(said, bound_device.PURPOSE, {})
    browser = Browser(stranger=visit, device=before.device, agent="Test")
    return bound_device.by_biometrics(phone.env, browser, said, shown)


def refused(act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value.refusal


def test_a_finger_alone_opens_the_app_and_is_resistant(env, ming, phone, before):
    tokens = enter(phone, before)
    visitor = resume(env, tokens.session, tokens.device, address=ADDRESS, channel="mobile")
    assert (visitor.customer_id, visitor.channel) == (ming.id, "mobile")
    assert visitor.amr == {"token", "pop", "user", "mfa"}
    assert visitor.assurance is Assurance.RESISTANT
    flow = Flow.objects.get(kind="sign-in")
    kinds = set(Proof.objects.filter(flow=flow).values_list("kind", "target"))
    assert kinds == {("possession", phone.app.key_id), ("passkey", HERE.visit)}
    assert recorded(Event.SIGN_IN_SUCCEEDED)[-1]["details"]["factors"] == sorted(visitor.amr)


def test_a_password_changed_in_the_app_suspends_it_in_the_same_transaction(env, phone, before):
    wish = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=Password("Another99x"))
    change(env, phone.visitor, [wish], account=None, voice=False)
    assert (phone.row.biometrics, phone.row.biometrics_why) == ("suspended", "password-changed")
    assert refused(enter, phone, before) is Refusal.BIOMETRICS_SUSPENDED
    assert not Passkey.objects.filter(stopped_at=None).exists()


def test_a_sign_in_to_the_app_on_a_new_device_suspends_it_on_the_old_one(env, ming, phone, before):
    in_the_app(env, ming)
    assert NewDevice.objects.count() == 1
    assert refused(enter, phone, before) is Refusal.BIOMETRICS_SUSPENDED
    assert suspending.settle(env) == 1
    assert phone.row.biometrics_why == "new-device"


def test_a_sign_in_with_the_finger_is_on_no_new_device(phone, before):
    enter(phone, before)
    assert not NewDevice.objects.exists()
    assert phone.stands == "on"


def test_where_no_firm_wants_biometrics_nobody_is_noted_as_new(env, ming):
    token = replace(env.firm.token, unlock=("pin",))
    in_the_app(replace(env, firm=replace(env.firm, token=token)), ming)
    assert not NewDevice.objects.exists()


def test_in_another_browser_the_finger_opens_nothing(phone, before):
    elsewhere = replace(before, device=None)
    assert refused(enter, phone, elsewhere) is Refusal.BOUND_DEVICE_REFUSED
    assert Session.objects.filter(amr__contains="pop").count() == 0
