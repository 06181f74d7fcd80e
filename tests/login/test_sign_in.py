"""Signing in and out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login.actions import resume, sign_out
from cinnabar.login.models import Device, Session
from cinnabar.passwords.models import Lock, StoredPassword
from tests.support.people import PASSWORD, visit
from tests.support.signing import sign_in

HERE = "203.0.113.7"
WRONG = Password("demo1235")


def refusal(env, typed, password, address=HERE):
    with pytest.raises(Refused) as refused:
        sign_in(env, typed, password, address=address)
    return refused.value.refusal


@pytest.mark.parametrize("typed", ["A123456789", "a123456789", " Ａ１２３４５６７８９ "])
def test_ming_signs_in_however_he_types_his_id(env, ming, typed):
    tokens = sign_in(env, typed, PASSWORD, address=HERE)
    visitor = resume(env, tokens.session, tokens.device, address=HERE)
    assert visitor.customer_id == ming.id
    assert "pwd" in visitor.amr


def test_a_company_signs_in_by_its_number(env, company):
    sign_in(env, "22099131", PASSWORD, address=HERE)


def test_the_third_wrong_try_locks_even_the_right_password(env, ming):
    """LCK-01."""
    for _ in range(env.firm.login.max_wrong):
        assert refusal(env, "A123456789", WRONG) is Refusal.SIGN_IN_FAILED
    assert refusal(env, "A123456789", PASSWORD) is Refusal.SIGN_IN_FAILED
    assert Entry.objects.filter(event=Event.SIGN_IN_LOCKED).count() == 1


def test_a_right_sign_in_clears_the_count(env, ming):
    for _ in range(env.firm.login.max_wrong - 1):
        refusal(env, "A123456789", WRONG)
    visit(env, ming)
    for _ in range(env.firm.login.max_wrong - 1):
        refusal(env, "A123456789", WRONG)
    visit(env, ming)


def test_case_counts_in_a_password(env, ming):
    assert refusal(env, "A123456789", Password("Demo1234")) is Refusal.SIGN_IN_FAILED


def test_unknown_and_wrong_are_counted_and_look_alike(env, ming):
    """Incident 13, LCK-03."""
    assert refusal(env, "B223456782", PASSWORD) is refusal(env, "A123456789", WRONG)
    assert sorted(Lock.objects.values_list("wrong", flat=True)) == [1, 1]


def test_a_slip_of_the_finger_is_no_try(env, ming):
    assert refusal(env, "A123456788", PASSWORD) is Refusal.IDENTIFIER_MALFORMED
    assert not Lock.objects.exists()


def test_an_address_that_is_wrong_too_often_is_turned_away(env, ming, mei):
    tight = replace(
        env,
        firm=replace(env.firm, login=replace(env.firm.login, per_address_wrong_per_day=1)),
    )
    refusal(tight, "A123456789", WRONG)
    assert refusal(tight, "B223456782", PASSWORD) is Refusal.TOO_MANY_TRIES
    sign_in(tight, "B223456782", PASSWORD, address="198.51.100.1")


def test_a_place_held_by_a_dead_process_is_given_free(env, clock, ming):
    index = Lock.objects.create(
        id=env.vault.index("sign-in", "national_id:A123456789").hex(),
        in_flight=env.firm.login.max_wrong,
        reserved_at=clock.now(),
    )
    assert refusal(env, "A123456789", PASSWORD) is Refusal.BUSY
    clock.move(seconds=61)
    visit(env, ming)
    index.refresh_from_db()
    assert (index.wrong, index.in_flight) == (0, 0)


def test_tokens_rest_as_hashes_only(env, ming):
    """SES-01."""
    tokens = sign_in(env, "A123456789", PASSWORD, address=HERE)
    assert Session.objects.get().id != tokens.session.reveal()
    assert Device.objects.get().id != tokens.device.reveal()


def test_a_session_works_on_its_own_device_only(env, ming):
    tokens = sign_in(env, "A123456789", PASSWORD, address=HERE)
    assert resume(env, tokens.session, None, address=HERE) is None
    assert resume(env, tokens.session, Secret("0" * 64), address=HERE) is None


def test_a_known_device_keeps_its_name(env, ming):
    first = sign_in(env, "A123456789", PASSWORD, address=HERE)
    sign_in(env, "A123456789", PASSWORD, address=HERE, device=first.device)
    assert Device.objects.count() == 1


def test_a_made_up_device_gets_a_new_name(env, ming):
    """Session fixation, incident 2."""
    chosen = Secret("f" * 64)
    tokens = sign_in(env, "A123456789", PASSWORD, address=HERE, device=chosen)
    assert tokens.device != chosen


def test_an_idle_session_ends(env, clock, ming):
    """SES-02."""
    tokens = sign_in(env, "A123456789", PASSWORD, address=HERE)
    clock.move(env.firm.login.idle - timedelta(seconds=1))
    assert resume(env, tokens.session, tokens.device, address=HERE)
    clock.move(env.firm.login.idle)
    assert resume(env, tokens.session, tokens.device, address=HERE) is None


def test_a_busy_session_ends_too(env, clock, ming):
    tokens = sign_in(env, "A123456789", PASSWORD, address=HERE)
    for _ in range(env.firm.login.absolute // timedelta(minutes=10)):
        assert resume(env, tokens.session, tokens.device, address=HERE)
        clock.move(seconds=600)
    assert resume(env, tokens.session, tokens.device, address=HERE) is None


def test_signing_out_is_final(env, ming):
    """SES-03."""
    tokens = sign_in(env, "A123456789", PASSWORD, address=HERE)
    visitor = resume(env, tokens.session, tokens.device, address=HERE)
    assert visitor is not None
    sign_out(env, visitor)
    assert resume(env, tokens.session, tokens.device, address=HERE) is None


def test_an_old_hash_is_made_anew_at_the_next_sign_in(env, ming):
    """PWD-06."""
    from cinnabar.kernel.hashing import Argon2Hasher
    from tests.support.world import RING

    before = StoredPassword.objects.get().encoded
    dearer = replace(env, hasher=Argon2Hasher("owasp-19", RING.pepper))
    visit(dearer, ming)
    after = StoredPassword.objects.get().encoded
    assert before != after
    assert "m=19456" in after
    visit(env, ming)
