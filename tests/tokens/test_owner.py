"""What a customer does with the token at hand: another PIN with the old one, and clear."""

import base64
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from cinnabar.certificates.models import KeyShare
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.models import Passkey, SoftToken
from cinnabar.tokens.soft import owner, proving
from tests.support.mail import received
from tests.support.passkeys import recorded, stepped_up
from tests.support.people import visit
from tests.support.soft import PIN, WRONG, App, bind, row, show

NEW = "719305"


@pytest.fixture
def visitor(env, ming):
    return replace(stepped_up(env, visit(env, ming)), channel="mobile")


@pytest.fixture
def app(env, ming, visitor):
    return bind(env, ming, device=visitor.device)


def refused(act, *args):
    with pytest.raises(Refused) as caught:
        act(*args)
    return caught.value.refusal


def change(env, visitor, app, old=PIN, *, secret=None):
    said = secret or base64.b64encode(app.secret(NEW)).decode()
    bearer = proving.bearer(visitor.session)
    challenge = proving.challenge(env, bearer)
    signed = app.sign(owner.CHANGE, challenge, {"secret": said}, typed=old)
    owner.change_pin(env, visitor, bearer, signed, said)


def opens(env, app, typed):
    return proving.by_pin(env, *show(env, app, typed=typed), lambda held: held.id) == row(app).id


def test_the_old_pin_gives_way_to_the_new_one_and_the_customer_is_told(env, visitor, app):
    change(env, visitor, app)
    assert opens(env, app, NEW)
    assert refused(opens, env, app, PIN) is Refusal.TOKEN_PIN_WRONG
    (entry,) = recorded(Event.TOKEN_PIN_CHANGED)
    assert entry["by"] == visitor.subject
    assert len([letter for letter in received(env) if "PIN" in letter.text]) == 1


def test_without_the_old_pin_there_is_no_new_one(env, visitor, app):
    assert refused(change, env, visitor, app, WRONG) is Refusal.TOKEN_PIN_WRONG
    assert row(app).wrong == 1
    assert opens(env, app, PIN)


def test_the_secret_that_is_put_is_the_one_that_was_signed(env, visitor, app):
    said = base64.b64encode(app.secret(NEW)).decode()
    bearer = proving.bearer(visitor.session)
    challenge = proving.challenge(env, bearer)
    signed = app.sign(owner.CHANGE, challenge, {"secret": said}, typed=PIN)
    other = base64.b64encode(b"x" * 32).decode()
    assert refused(owner.change_pin, env, visitor, bearer, signed, other) is (
        Refusal.TOKEN_NOT_PROVED
    )


@pytest.mark.parametrize("secret", ["AAAA", "=", "漢", base64.b64encode(b"1" * 33).decode()])
def test_what_is_no_secret_changes_nothing_and_costs_no_try(env, visitor, app, secret):
    assert refused(partial(change, env, visitor, app, secret=secret)) is Refusal.INPUT_MALFORMED
    assert row(app).wrong == 0
    assert opens(env, app, PIN)


def test_somebody_elses_device_changes_nothing_here(env, mei, visitor):
    hers = bind(env, mei)
    assert refused(change, env, visitor, hers) is Refusal.TOKEN_NOT_PROVED
    assert opens(env, hers, PIN)


def test_clearing_wipes_the_secret_erases_the_shares_and_stops_the_biometrics(env, visitor, app):
    token = row(app)
    KeyShare.objects.create(
        id="s" * 26,
        customer_id=token.customer_id,
        device=visitor.device,
        sealed=b"half of a key",
        made_at=env.clock.now(),
        token=token.id,
    )
    Passkey.objects.create(
        id="p" * 26,
        customer_id=token.customer_id,
        mark="0" * 64,
        credential=b"1",
        public_key=b"2",
        name="",
        count=0,
        can_sync=False,
        synced=False,
        verified=True,
        made_at=env.clock.now(),
        token=token,
    )
    owner.clear(env, visitor)
    assert (row(app).state, row(app).why, row(app).sealed) == (SoftToken.CLEARED, "customer", None)
    assert KeyShare.objects.get().sealed is None
    assert Passkey.objects.get().stopped_at is not None
    assert len(recorded(Event.TOKEN_CLEARED)) == 1
    assert received(env)
    assert refused(owner.clear, env, visitor) is Refusal.TOKEN_NONE


def test_only_the_device_at_hand_is_cleared(env, ming, mei, visitor, app):
    others = [bind(env, ming, App()), bind(env, mei, App(), device=visitor.device)]
    owner.clear(env, visitor)
    assert {row(one).state for one in others} == {SoftToken.ACTIVE}


def test_after_a_lock_the_later_token_of_the_device_is_the_one(env, clock, ming, visitor, app):
    SoftToken.objects.update(state=SoftToken.LOCKED, sealed=None, ended_at=env.clock.now())
    clock.move(seconds=1)
    later = bind(env, ming, App(), device=visitor.device)
    owner.clear(env, visitor)
    assert row(later).state == SoftToken.CLEARED


def test_a_firm_may_want_a_fresh_proof_before(env, clock, visitor, app):
    token = replace(env.firm.token, clear_asks_step_up=True)
    strict = replace(env, firm=replace(env.firm, token=token))
    clock.move(timedelta(hours=1))
    assert refused(owner.clear, strict, visitor) is Refusal.STEP_UP_NEEDED
    assert row(app).state == SoftToken.ACTIVE
    owner.clear(strict, stepped_up(env, visitor))
