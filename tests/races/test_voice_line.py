"""Parallel calls of the order line: guesses are counted, questions once, changes once."""

from collections import Counter
from functools import partial

import pytest
from django.db import connection, transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.journal.models import Entry
from cinnabar.passwords import voice
from cinnabar.passwords.models import Lock
from cinnabar.statements import one
from tests.support.crowd import at_once
from tests.support.processes import eventually
from tests.support.voice import DIGITS, give

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

MING = "A123456789"


def _says(said) -> str:
    return said.json().get("verdict") or said.json().get("type") or "changed"


def test_of_many_parallel_guesses_no_more_than_the_limit_are_evaluated(env, line, ming):
    """LCK-01, on the line."""
    give(env, ming)
    guesses = [partial(line.verify, f"call-{n}", f"1111{n:04}", identifier=MING) for n in range(40)]
    answers = Counter(_says(said) for said in at_once(*guesses))
    assert set(answers) <= {"wrong", "urn:cinnabar:busy"}
    lock = Lock.objects.get()
    assert lock.wrong <= env.firm.password.voice.max_wrong
    assert lock.in_flight == 0


def test_the_same_question_sent_many_times_at_once_counts_once(env, line, ming):
    give(env, ming)
    ask = partial(line.verify, "call", "11111111", identifier=MING)
    answers = Counter(_says(said) for said in at_once(*[ask] * 20))
    assert set(answers) <= {"wrong", "urn:cinnabar:call-open"}
    assert answers["wrong"] >= 1
    assert Lock.objects.get().wrong == 1


def test_a_call_that_changes_to_many_things_at_once_changes_to_one(env, line, ming):
    give(env, ming)
    assert _says(line.verify("call", DIGITS, identifier=MING)) == "right"
    wishes = [f"5061{n:04}" for n in range(10)]
    answers = [_says(said) for said in at_once(*[partial(line.change, "call", w) for w in wishes])]
    assert answers.count("changed") == 1
    assert Entry.objects.filter(event="voice-password:changed").count() == 1
    kept = wishes[answers.index("changed")]
    assert _says(line.verify("new", kept, identifier=MING)) == "right"


def test_a_call_that_waits_for_the_customer_holds_nothing_the_page_needs(env, line, ming):
    """Both take the customer before the line's lock; else the database would end one of them."""
    give(env, ming)
    assert _says(line.verify("call", DIGITS, identifier=MING)) == "right"

    def page() -> str:
        with transaction.atomic():
            lock_customer(ming.id)
            eventually(_somebody_waits)
            assert voice.hold_open(env, ming.id)
        return "changed"

    answers = at_once(page, lambda: _says(line.change("call", "50617283")))
    assert answers == ["changed", "changed"]


def _somebody_waits() -> bool:
    if connection.vendor == "sqlite":  # one writer at a time: whoever else writes waits
        return True
    return one("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'") is not None
