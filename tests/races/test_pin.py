"""Many hands at one PIN: five tries are five, however many come at once, and a code counts once."""

from collections import Counter
from functools import partial

import pytest
from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.flows.visitor import Claimant
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, offline, proving
from tests.support.crowd import at_once
from tests.support.soft import PIN, WRONG, App, bind, row, show

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def tries(env, app, typed, n, then=lambda held: held.key_id):
    """Return as many requests, each with a challenge of its own."""
    asked = [show(env, app, typed=typed) for _ in range(n)]
    return [partial(proving.by_pin, env, *one, then) for one in asked]


def codes(env, customer, code, n):
    who = Claimant(
        customer_id=customer.id, subject=customer.subject, session="7" * 64, address="203.0.113.7"
    )
    return [partial(offline.try_code, env, who, "a-flow", code, frozenset)] * n


def test_of_thirty_parallel_wrong_pins_five_are_compared(env, ming):
    app, most = bind(env, ming), env.firm.token.pin_max_wrong
    found = Counter(at_once(*tries(env, app, WRONG, 30)))
    later = found.pop(Refusal.TOKEN_BUSY, 0)
    assert found == {Refusal.TOKEN_PIN_WRONG: most - 1, Refusal.TOKEN_LOCKED: 31 - most - later}
    assert Entry.objects.filter(event=Event.TOKEN_PIN_WRONG).count() == most
    assert Entry.objects.filter(event=Event.TOKEN_LOCKED).count() == 1
    assert row(app).sealed is None


def test_one_answer_sent_twenty_times_counts_once(env, ming):
    app = bind(env, ming)
    asked = show(env, app, typed=PIN)
    found = at_once(*[partial(proving.by_pin, env, *asked, lambda held: held.key_id)] * 20)
    assert found.count(app.key_id) == 1
    assert found.count(Refusal.TOKEN_NOT_PROVED) == 19
    assert row(app).wrong == 0


def test_of_twenty_right_pins_at_once_none_is_told_that_the_app_is_locked(env, ming):
    """What is not compared is asked for once more: the app would forget its key otherwise."""
    app = bind(env, ming)
    found = {*at_once(*tries(env, app, PIN, 20))}
    assert app.key_id in found
    assert found <= {app.key_id, Refusal.TOKEN_BUSY}
    assert (row(app).state, row(app).wrong) == (SoftToken.ACTIVE, 0)


def test_a_right_pin_among_four_wrong_ones_leaves_the_token_whole(env, ming):
    """Whichever is compared first: four wrong ones are not five."""
    app, most = bind(env, ming), env.firm.token.pin_max_wrong
    wrong = tries(env, app, WRONG, most - 1)
    found = at_once(*wrong, *tries(env, app, PIN, 1))
    assert found[-1] == app.key_id
    assert row(app).state == SoftToken.ACTIVE


def test_a_right_pin_beside_a_suspension_opens_before_it_or_not_at_all(env, ming):
    app = bind(env, ming)
    token, seen = row(app).id, []

    def suspend():
        with transaction.atomic():
            lock_customer(ming.id)
            actions.suspend(env, token, "lost")

    def look(held):
        seen.append(SoftToken.objects.get(pk=held.id).state)

    at_once(suspend, *tries(env, app, PIN, 4, look))
    assert set(seen) <= {SoftToken.ACTIVE}
    assert row(app).state == SoftToken.SUSPENDED


def test_one_code_typed_twenty_times_counts_once(env, ming):
    """Incident 5. The others are wrong tries, and five of those lock."""
    app = bind(env, ming)
    found = at_once(*codes(env, ming, app.code(env.clock.now()), 20))
    assert found.count(frozenset({"otp"})) <= 1
    used = [one for one in found if isinstance(one, Refusal)]
    assert set(used) <= {Refusal.TOKEN_CODE_USED, Refusal.TOKEN_BUSY, Refusal.TOKEN_LOCKED}
    assert Entry.objects.filter(event=Event.TOKEN_USED).count() == found.count(frozenset({"otp"}))


def test_of_thirty_parallel_codes_five_are_compared_at_each_token(env, ming):
    one, other = bind(env, ming), bind(env, ming, App(seed=b"o" * 32))
    at_once(*codes(env, ming, "000000", 30))
    most = env.firm.token.pin_max_wrong
    assert Entry.objects.filter(event=Event.TOKEN_CODE_WRONG).count() == most
    assert {row(one).state, row(other).state} == {SoftToken.LOCKED}


def test_pins_and_codes_at_once_have_five_tries_together(env, ming):
    app, most = bind(env, ming), env.firm.token.pin_max_wrong
    at_once(*tries(env, app, WRONG, 10), *codes(env, ming, "000000", 10))
    compared = Entry.objects.filter(event__in=[Event.TOKEN_PIN_WRONG, Event.TOKEN_CODE_WRONG])
    assert compared.count() == most
    assert Entry.objects.filter(event=Event.TOKEN_LOCKED).count() == 1
    assert row(app).state == SoftToken.LOCKED
