"""The PIN: what is signed first, counted then, compared last; locked by the fifth, for good."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from cinnabar.certificates.models import KeyShare
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.models import SoftToken, Spent
from cinnabar.tokens.soft import actions, pin, proving
from cinnabar.tokens.soft.signed import Signed
from cinnabar.tokens.soft.unfinished import UsedUp
from tests.support.mail import received
from tests.support.passkeys import recorded
from tests.support.soft import HERE, PIN, WRONG, App, bind, row, show

ELSEWHERE = proving.bearer("6" * 64)


@pytest.fixture
def app(env, ming):
    return bind(env, ming)


@pytest.fixture
def most(env):
    return env.firm.token.pin_max_wrong


def refused(act, *args):
    with pytest.raises(Refused) as caught:
        act(*args)
    return caught.value


def enter(env, app, typed=PIN, then=lambda held: held.key_id, **more):
    return proving.by_pin(env, *show(env, app, typed=typed, **more), then)


def lock(env, app, most):
    for _ in range(most - 1):
        refused(enter, env, app, WRONG)
    return refused(enter, env, app, WRONG).refusal


def test_the_right_pin_opens_and_the_count_is_zero(env, app):
    refused(enter, env, app, WRONG)
    assert enter(env, app) == app.key_id
    assert row(app).wrong == 0
    assert row(app).used_at == env.clock.now()
    (entry,) = recorded(Event.TOKEN_USED)
    assert entry["details"]["purpose"] == "try"


def test_each_wrong_pin_leaves_one_try_less(env, app, most):
    for left in range(most - 1, 0, -1):
        told = refused(enter, env, app, WRONG)
        assert (told.refusal, told.facts["tries_left"]) == (Refusal.TOKEN_PIN_WRONG, left)
    assert row(app).state == SoftToken.ACTIVE


def test_the_last_wrong_pin_locks_wipes_erases_and_tells(env, ming, app, most):
    KeyShare.objects.create(
        id="s" * 26,
        customer_id=ming.id,
        device="",
        sealed=b"half of a key",
        made_at=env.clock.now(),
        token=row(app).id,
    )
    assert lock(env, app, most) is Refusal.TOKEN_LOCKED
    found = row(app)
    assert (found.state, found.why, found.sealed) == (SoftToken.LOCKED, "pin", None)
    assert KeyShare.objects.get().sealed is None
    assert len(recorded(Event.TOKEN_LOCKED)) == 1
    assert len(recorded(Event.TOKEN_PIN_WRONG)) == most
    assert any("PIN" in letter.text for letter in received(env))
    assert refused(enter, env, app).refusal is Refusal.TOKEN_LOCKED


def test_what_the_key_has_not_signed_counts_nowhere(env, app):
    """A stranger who knows the name of a key cannot lock its token."""
    stranger = App(seed=app.seed, salt=app.salt)
    bearer, signed, purpose, data = show(env, stranger, typed=WRONG)
    for told in (
        replace(signed, token=app.key_id),
        replace(signed, token="0" * 64),
        replace(signed, token=app.key_id.upper()),
        replace(signed, signature=b""),
    ):
        asked = (env, bearer, told, purpose, data, lambda held: held)
        assert refused(proving.by_pin, *asked).refusal is Refusal.TOKEN_NOT_PROVED
    assert row(app).wrong == 0
    assert Spent.objects.count() == 0


def test_a_signature_counts_once(env, app):
    asked = show(env, app, typed=PIN)
    assert proving.by_pin(env, *asked, lambda held: held.key_id)
    again = refused(proving.by_pin, env, *asked, lambda held: held)
    assert again.refusal is Refusal.TOKEN_NOT_PROVED
    assert row(app).wrong == 0


def test_a_signature_is_of_one_session_one_purpose_and_its_data(env, app):
    bearer, signed, purpose, data = show(env, app, "approve", {"number": "47"})
    for other in (
        (ELSEWHERE, signed, purpose, data),
        (bearer, signed, "sign-in", data),
        (bearer, signed, purpose, {"number": "48"}),
        (bearer, signed, purpose, {}),
    ):
        assert refused(proving.by_device, env, *other).refusal is Refusal.TOKEN_NOT_PROVED
    assert proving.by_device(env, bearer, signed, purpose, data).key_id == app.key_id


def test_a_challenge_ends_after_five_minutes(env, clock, app):
    asked = show(env, app)
    clock.move(timedelta(minutes=5, seconds=1))
    assert refused(proving.by_device, env, *asked).refusal is Refusal.TOKEN_NOT_PROVED


def test_a_proof_is_of_just_its_request(env, app):
    """Whoever could put another request's proof into one of his own guesses, and is counted."""
    bearer, signed, purpose, _ = show(env, app, "approve", {"number": "47"}, typed=PIN)
    challenge = proving.challenge(env, bearer)
    said = app.statement("approve", challenge, {"number": "48"}, signed.pin)
    moved = Signed(
        token=app.key_id, challenge=challenge, pin=signed.pin, signature=app.raw_signature(said)
    )
    told = refused(proving.by_pin, env, bearer, moved, purpose, {"number": "48"}, lambda held: held)
    assert told.refusal is Refusal.TOKEN_PIN_WRONG


@pytest.mark.parametrize("proof", ["", "-", "=" * 44, "A" * 43, "漢", "A" * 5000])
def test_what_is_no_proof_is_a_wrong_pin(env, app, proof):
    challenge = proving.challenge(env, HERE)
    said = app.statement("try", challenge, {}, proof)
    sent = Signed(
        token=app.key_id, challenge=challenge, pin=proof, signature=app.raw_signature(said)
    )
    told = refused(proving.by_pin, env, HERE, sent, "try", {}, lambda held: held)
    assert told.refusal is Refusal.TOKEN_PIN_WRONG


def test_what_is_refused_for_another_reason_leaves_no_wrong_try(env, app, most):
    def full(held):
        raise Refused(Refusal.TOO_MANY_TRIES)

    refused(enter, env, app, WRONG)
    for _ in range(most + 1):
        assert refused(enter, env, app, PIN, full).refusal is Refusal.TOO_MANY_TRIES
    assert row(app).wrong == 0
    assert recorded(Event.TOKEN_USED) == []


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SoftToken.SUSPENDED, Refusal.TOKEN_SUSPENDED),
        (SoftToken.LOCKED, Refusal.TOKEN_LOCKED),
        (SoftToken.CLEARED, Refusal.TOKEN_NONE),
    ],
)
def test_only_the_holder_of_the_key_learns_how_it_stands(env, app, state, told):
    ended = {} if state == SoftToken.SUSPENDED else {"sealed": None, "ended_at": env.clock.now()}
    SoftToken.objects.update(state=state, **ended)
    assert refused(enter, env, app).refusal is told
    assert refused(proving.by_device, env, *show(env, app)).refusal is told
    bearer, signed, purpose, data = show(env, App())
    stranger = (env, bearer, replace(signed, token=app.key_id), purpose, data)
    assert refused(proving.by_device, *stranger).refusal is Refusal.TOKEN_NOT_PROVED


def test_a_new_key_shows_itself_under_its_own_name(env, db):
    app = App()
    bearer, signed, purpose, data = show(env, app, "bind")
    other = (env, bearer, signed, App().public_key, purpose, data)
    assert refused(proving.by_new_device, *other).refusal is Refusal.TOKEN_NOT_PROVED
    found = proving.by_new_device(env, bearer, signed, app.public_key, purpose, data)
    assert found == app.key_id


def test_another_pin_counts_from_now_on_and_the_old_one_does_not(env, app):
    new = "719305"

    def put(held):
        pin.put(env, held.id, app.secret(new))

    refused(enter, env, app, WRONG)
    enter(env, app, PIN, put)
    assert refused(enter, env, app, PIN).refusal is Refusal.TOKEN_PIN_WRONG
    assert enter(env, app, new) == app.key_id


@pytest.mark.parametrize("secret", [b"", b"1" * 31, b"1" * 33])
def test_a_secret_has_32_octets(env, app, secret):
    assert refused(pin.seal, env, row(app).id, secret).refusal is Refusal.INPUT_MALFORMED


def test_the_secret_does_not_rest_in_clear_and_opens_on_its_own_row_only(env, app):
    sealed = bytes(row(app).sealed or b"")
    assert app.secret() not in sealed
    assert pin.unsealed(env, row(app).id, sealed) == app.secret()
    with pytest.raises(Exception, match="does not open"):
        pin.unsealed(env, "other", sealed)


def test_suspended_lifted_cleared(env, ming, app):
    found = row(app)
    with transaction.atomic():
        assert actions.suspend(env, found.id, "lost")
        assert not actions.suspend(env, found.id, "lost")
    assert refused(enter, env, app).refusal is Refusal.TOKEN_SUSPENDED
    with transaction.atomic():
        assert actions.lift(env, found.id)
        assert not actions.lift(env, found.id)
    assert enter(env, app) == app.key_id
    other = bind(env, ming)
    with transaction.atomic():
        assert actions.clear(env, found.id, "customer")
        assert not actions.clear(env, found.id, "customer")
        assert actions.clear_all(env, ming.id, "not-me") == 1
    assert row(app).sealed is None
    assert row(other).state == SoftToken.CLEARED
    assert refused(enter, env, app).refusal is Refusal.TOKEN_NONE


def test_a_try_that_was_counted_and_cut_off_is_finished_by_the_worker(env, app, most):
    """Not at once: the last try may just be compared, and be right."""
    chore = UsedUp(env)
    assert not chore.tick()
    SoftToken.objects.update(wrong=most)
    assert refused(enter, env, app).refusal is Refusal.TOKEN_BUSY
    assert not chore.tick()
    assert row(app).state == SoftToken.ACTIVE
    assert chore.tick()
    assert (row(app).state, row(app).sealed) == (SoftToken.LOCKED, None)
    assert not chore.tick()
