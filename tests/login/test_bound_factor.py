"""The device of a token as the second factor of a sign-in there, and of a step-up (P26)."""

import pytest

from cinnabar.flows.assurance import Assurance
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.actions import Half, resume, sign_in
from cinnabar.login.soft import bound_factor
from cinnabar.login.stages import second, step_up
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import proving
from tests.support.bound import bound_here, with_token
from tests.support.passkeys import recorded
from tests.support.people import PASSWORD
from tests.support.second import asking
from tests.support.signing import sign_in as sign_in_whole
from tests.support.soft import PIN, WRONG, bind, row

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"
HERE = Stranger(visit="a" * 64, address=ADDRESS, channel="mobile")


@pytest.fixture
def env(env):
    return asking(with_token(env), methods=("sms", "soft-token"))


@pytest.fixture
def before(env, ming):
    return sign_in_whole(env, ming.identifier, PASSWORD, address=ADDRESS)


@pytest.fixture
def device(env, ming, before):
    return bound_here(env, ming.id, before)


@pytest.fixture
def flow(env, ming, before):
    come = sign_in(env, HERE, ming.identifier, PASSWORD, device=before.device)
    assert isinstance(come, Half)
    return come.flow


def stated(env, app, flow, *, session=HERE.visit, purpose=bound_factor.SECOND, pin=None):
    challenge = proving.challenge(env, proving.bearer(session))
    return app.sign(purpose, challenge, {"flow": flow}, typed=pin)


def refused(act, *args, **more):
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value.refusal


def test_the_devices_key_is_the_second_factor(env, ming, before, device, flow):
    _, claimant = second.at_step(env, HERE, flow)
    assert bound_factor.here(env, claimant, before.device) == device.key_id
    signed = stated(env, device, flow)
    tokens = bound_factor.sign_in(env, HERE, flow, signed, before.device)
    visitor = resume(env, tokens.session, tokens.device, address=ADDRESS, channel="mobile")
    assert (visitor.customer_id, visitor.amr) == (ming.id, {"pwd", "token"})
    assert visitor.assurance is Assurance.TWO


def test_not_on_another_device(env, ming, device, flow):
    signed = stated(env, device, flow)
    found = refused(bound_factor.sign_in, env, HERE, flow, signed, None)
    assert found is Refusal.FACTOR_UNAVAILABLE


def test_not_another_customers_token(env, mei, before, device, flow):
    theirs = bind(env, mei, device=row(device).device)
    signed = stated(env, theirs, flow)
    found = refused(bound_factor.sign_in, env, HERE, flow, signed, before.device)
    assert found is Refusal.FACTOR_UNAVAILABLE


def test_not_for_another_flow_and_not_twice(env, before, device, flow):
    other = stated(env, device, "0" * 26)
    found = refused(bound_factor.sign_in, env, HERE, flow, other, before.device)
    assert found is Refusal.TOKEN_NOT_PROVED
    signed = stated(env, device, flow)
    tokens = bound_factor.sign_in(env, HERE, flow, signed, before.device)
    again = refused(bound_factor.sign_in, env, HERE, flow, signed, tokens.device)
    assert again is Refusal.SIGN_IN_OVER


def test_a_token_stopped_meanwhile_is_no_factor(env, before, device, flow):
    signed = stated(env, device, flow)
    SoftToken.objects.update(state=SoftToken.SUSPENDED)
    found = refused(bound_factor.sign_in, env, HERE, flow, signed, before.device)
    assert found is Refusal.FACTOR_UNAVAILABLE


@pytest.fixture
def visitor(env, before):
    return resume(env, before.session, before.device, address=ADDRESS)


def test_in_a_session_the_pin_is_asked_and_makes_it_fresh(env, clock, before, device, visitor):
    clock.move(seconds=14 * 60)
    begun = step_up.begin(env, visitor, "/account/")
    signed = stated(
        env, device, begun.id, session=visitor.session, purpose=bound_factor.STEP_UP, pin=PIN
    )
    done = bound_factor.go_on(env, visitor, begun.id, (signed, None), before.device)
    now = resume(env, done.session, before.device, address=ADDRESS)
    assert now.amr == visitor.amr | {"token", "pin"}
    assert now.proved_at == clock.now()
    assert recorded(Event.SESSION_STEPPED_UP)[-1]["details"]["factors"] == ["pin", "token"]


def test_in_a_session_the_key_without_the_pin_proves_nothing(env, before, device, visitor):
    begun = step_up.begin(env, visitor, "/account/")
    for pin in (None, WRONG):
        signed = stated(
            env, device, begun.id, session=visitor.session, purpose=bound_factor.STEP_UP, pin=pin
        )
        found = refused(bound_factor.go_on, env, visitor, begun.id, (signed, None), before.device)
        assert found is Refusal.TOKEN_PIN_WRONG
    assert row(device).wrong == 2


def test_what_was_signed_for_the_second_stage_does_not_step_up(env, before, device, visitor):
    begun = step_up.begin(env, visitor, "/account/")
    signed = stated(env, device, begun.id, session=visitor.session, pin=PIN)
    found = refused(bound_factor.go_on, env, visitor, begun.id, (signed, None), before.device)
    assert found is Refusal.TOKEN_NOT_PROVED
