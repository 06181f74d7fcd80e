"""密碼解鎖 with the certificate on one's computer (item 7, G24, LCK-06)."""

import pytest

from cinnabar.centre import unlock
from cinnabar.centre.unlock import By, by_staff
from cinnabar.flows.kinds import FlowKind
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.lock import Lift
from cinnabar.passwords.models import Lock
from cinnabar.words import Words
from tests.support.centre import Customer
from tests.support.claims import Claim, own_password, ready_to_finish, with_certificate
from tests.support.mail import received
from tests.support.people import visit
from tests.support.signing import sign_in

WRONG = Password("demo1235")


@pytest.fixture
def held(env, ming):
    return with_certificate(env, ming)


def guess(env, times, typed="A123456789"):
    for _ in range(times):
        with pytest.raises(Refused):
            sign_in(env, typed, WRONG, address="203.0.113.7")


def lock(env):
    guess(env, env.firm.login.max_wrong)


def lock_again(env):
    guess(env, env.firm.lock.final_wrong - env.firm.login.max_wrong)


def claim(env, **who):
    return Claim(env).identify(kind=FlowKind.UNLOCK, **who)


def proved(env, held):
    found = claim(env)
    assert found.prove(held, FlowKind.UNLOCK)
    return found


def press(found):
    unlock.on_page(found.env, found.stranger, found.flow)


def refusal(found):
    with pytest.raises(Refused) as no:
        press(found)
    return no.value.refusal


def test_g24_locked_unlocked_locked_again_and_then_only_a_new_password(env, ming, held):
    """3 wrong → locked → online unlock (certificate) → 3 wrong → locked, refused, reissue."""
    lock(env)
    press(proved(env, held))
    visit(env, ming)  # with the password he had (P123)
    lock_again(env)
    assert refusal(proved(env, held)) is Refusal.UNLOCK_SPENT
    for language, offered in (("zh-Hant-TW", "密碼補發"), ("en", "new password")):
        said = Words(env.firm, language).refusal(Refused(Refusal.UNLOCK_SPENT))
        assert offered in said.next
    ready_to_finish(env, held).finish()
    sign_in(env, "A123456789", own_password(env), address="203.0.113.7")


def test_a_reissue_begins_a_new_cycle_with_an_unlock_of_its_own(env, held):
    lock(env)
    press(proved(env, held))
    lock_again(env)
    ready_to_finish(env, held).finish()
    lock(env)
    press(proved(env, held))


@pytest.mark.parametrize("who", [{}, {"birth": "19900202"}, {"identifier": "C123456781"}])
def test_without_a_certificate_nothing_opens_and_all_are_told_the_same(env, held, who):
    """Known, wrong birth date, unknown."""
    lock(env)
    assert refusal(claim(env, **who)) is Refusal.UNLOCK_NOT_PROVED
    assert Lock.objects.get().locked_at is not None


def test_nobody_elses_certificate_unlocks(env, company, held):
    hers = with_certificate(env, company)
    lock(env)
    found = claim(env)
    assert not found.prove(hers, FlowKind.UNLOCK)
    assert refusal(found) is Refusal.UNLOCK_NOT_PROVED


def test_a_revoked_certificate_unlocks_nothing(env, clock, ming):
    at_home = Customer(env, visit(env, ming))
    at_home.apply()
    at_home.revoke()
    clock.move(seconds=86400)
    gone = with_certificate(env, ming)
    Customer(env, visit(env, ming)).report_loss()
    lock(env)
    found = claim(env)
    assert not found.prove(gone, FlowKind.UNLOCK)
    assert refusal(found) is Refusal.UNLOCK_NOT_PROVED


def test_what_one_browser_proved_unlocks_in_no_other(env, held):
    """Incident 2."""
    lock(env)
    here = proved(env, held)
    there = Claim(env, at="b" * 64)
    there.flow = here.flow
    assert refusal(there) is Refusal.FLOW_CLOSED
    assert refusal(Claim(env, at="b" * 64).identify(kind=FlowKind.UNLOCK)) is (
        Refusal.UNLOCK_NOT_PROVED
    )


def test_a_certificate_proved_for_a_reissue_unlocks_nothing(env, held):
    """Incident 1: a proof is for its own flow."""
    lock(env)
    other = Claim(env).identify()
    assert other.prove(held)
    assert refusal(other) is Refusal.FLOW_CLOSED
    assert refusal(claim(env)) is Refusal.UNLOCK_NOT_PROVED


def test_pressed_twice_it_is_done_once(env, held):
    lock(env)
    found = proved(env, held)
    press(found)
    assert refusal(found) is Refusal.FLOW_CLOSED
    assert Entry.objects.filter(event=Event.SIGN_IN_UNLOCKED).count() == 1


def test_a_claim_left_for_too_long_is_over(env, clock, held):
    lock(env)
    found = proved(env, held)
    clock.move(seconds=31 * 60)
    assert refusal(found) is Refusal.FLOW_CLOSED


def test_telephone_and_page_share_their_once(env, ming, held):
    """P124, both ways round."""
    lock(env)
    assert by_staff(env, ming, by=By.PHONE, case="A-1") is Lift.LIFTED
    lock_again(env)
    assert refusal(proved(env, held)) is Refusal.UNLOCK_SPENT
    assert by_staff(env, ming, by=By.COUNTER, case="A-2") is Lift.LIFTED
    lock(env)
    press(proved(env, held))
    lock_again(env)
    assert by_staff(env, ming, by=By.PHONE, case="A-3") is Lift.SPENT


def test_whoever_is_not_locked_is_told_so_and_keeps_his_unlock(env, held):
    assert refusal(proved(env, held)) is Refusal.UNLOCK_NOT_NEEDED
    lock(env)
    press(proved(env, held))


def test_the_customer_is_told_and_the_journal_knows_the_way(env, ming, held):
    """MSG-03."""
    lock(env)
    before = len(received(env))
    press(proved(env, held))
    assert len(received(env)) > before
    told = Entry.objects.get(event=Event.SIGN_IN_UNLOCKED)
    assert (told.subject, '"way":"page"' in told.payload) == (ming.subject, True)
