"""Parallel sign-ins: guesses are counted, right ones lock nobody."""

from collections import Counter
from functools import partial

import pytest

from cinnabar.centre.unlock import By, by_staff, on_page
from cinnabar.flows.kinds import FlowKind
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal
from cinnabar.kernel.secrets import Password
from cinnabar.login.opening import SignedIn
from cinnabar.passwords.lock import Lift
from cinnabar.passwords.models import Lock
from tests.support.claims import Claim, with_certificate
from tests.support.crowd import at_once
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_of_a_hundred_parallel_guesses_no_more_than_the_limit_are_evaluated(env, ming):
    """LCK-01, incident 4."""
    guess = partial(sign_in, env, "A123456789", Password("demo9999"), address="203.0.113.7")
    at_once(*[guess] * 50)
    at_once(*[guess] * 50)
    lock = Lock.objects.get()
    assert lock.wrong == env.firm.login.max_wrong
    assert lock.locked_at is not None
    assert lock.in_flight == 0


def test_parallel_right_sign_ins_lock_nobody(env, ming):
    right = partial(sign_in, env, "A123456789", PASSWORD, address="203.0.113.7")
    answers = Counter(
        "in" if isinstance(found, SignedIn) else found for found in at_once(*[right] * 30)
    )
    assert answers["in"] >= 1
    # Where a second factor is asked, one browser has one sign-in at a time.
    assert set(answers) <= {"in", Refusal.BUSY, Refusal.SIGN_IN_OVER}
    lock = Lock.objects.get()
    assert (lock.wrong, lock.in_flight, lock.locked_at) == (0, 0, None)


def test_of_ten_parallel_unlocks_one_succeeds(env, ming):
    """Once in a cycle, whoever asks (P120, P121, P124)."""
    guess = partial(sign_in, env, "A123456789", Password("demo9999"), address="203.0.113.7")
    at_once(*[guess] * 10)
    phone = partial(by_staff, env, ming, by=By.PHONE, case="A-1")
    answers = Counter(at_once(*[phone] * 10))
    assert answers == {Lift.LIFTED: 1, Lift.NOT_LOCKED: 9}
    assert Entry.objects.filter(event=Event.SIGN_IN_UNLOCKED).count() == 1


def test_guesses_beside_an_unlock_never_pass_the_final_lock(env, ming):
    """G24, LCK-01: of eighty guesses in all, six are evaluated, however the unlock falls."""
    guess = partial(sign_in, env, "A123456789", Password("demo9999"), address="203.0.113.7")
    phone = partial(by_staff, env, ming, by=By.PHONE, case="A-1")
    at_once(*[guess] * 20)
    at_once(*[guess] * 10, phone, *[guess] * 10)
    at_once(*[guess] * 20)
    at_once(*[guess] * 20)
    lock = Lock.objects.get()
    assert (lock.total, lock.in_flight) == (env.firm.lock.final_wrong, 0)
    assert lock.locked_at is not None
    assert phone() is Lift.SPENT


def test_page_and_telephone_at_once_lift_a_lock_once(env, ming):
    held = with_certificate(env, ming)
    guess = partial(sign_in, env, "A123456789", Password("demo9999"), address="203.0.113.7")
    at_once(*[guess] * 10)
    claims = [Claim(env, at=str(n) * 64).identify(kind=FlowKind.UNLOCK) for n in range(4)]
    assert all(claim.prove(held, FlowKind.UNLOCK) for claim in claims)
    pages = [partial(on_page, env, claim.stranger, claim.flow) for claim in claims for _ in "12"]
    at_once(*pages, partial(by_staff, env, ming, by=By.PHONE, case="A-1"))
    assert Entry.objects.filter(event=Event.SIGN_IN_UNLOCKED).count() == 1
