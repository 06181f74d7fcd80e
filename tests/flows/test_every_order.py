"""Two customers press everything in every order, and what must be true stays true (law 2).

Incident 1 is why: a step that calls "success" without looking at what was proved. The walks
open, present, ask, try, consent, finish, give up, skip, repeat and interleave
(tests/support/presses.py); after each press tests/support/laws.py looks at all rows anew.

The presses are thrown by dice with the walk's number, not drawn by hypothesis: of 40 walks that
it drew, 13 were different. What the walks reached is counted, so that walks that got nowhere
fail too.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

import pytest
from django.core.management import call_command

from cinnabar.certificates.models import Certificate
from cinnabar.kernel.dice import LoadedDice
from tests.support import laws
from tests.support.presses import PRESSES, Presses

T = TypeVar("T")

WALKS, LENGTH = 24, 50

OFTEN = [name for name, (weight, _) in PRESSES.items() for _ in range(weight)]

AFTER = {
    "issuing": {"issuing", "live", "closed"},
    "live": {"live", "superseded", "revoked"},
    "superseded": {"superseded"},
    "revoked": {"revoked"},
    "closed": {"closed"},
}
"""What may follow what: nothing that ended lives again."""

MUST_REACH = {
    *("apply", "renew", "revoke", "report-loss", "resumed", "hold lifted"),
    *("certificate: issuing", "certificate: superseded", "certificate: closed"),
    *("try: accepted", "try: wrong", "try: closed", "try: malformed", "try: limit"),
    *("ask: code-day-limit", "ask: code-too-soon", "ask: flow-closed"),
    *("open: already-live", "open: reapply-blocked", "open: renewal-not-open"),
    *("present: renewal-signature", "present: key-known", "present: share-gone"),
    *("finish: flow-out-of-order", "finish: consent-missing", "finish: signing-unavailable"),
    *("finish: flow-closed", "erase", "release", "release: share-gone"),
}


@pytest.mark.django_db(transaction=True)
def test_in_whatever_order_things_are_pressed_the_laws_hold():
    reached: Counter[str] = Counter()
    for walk in range(WALKS):
        call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
        people = Presses(reached)
        go(people, LoadedDice(walk), walk)
        people.leave()

    assert {name for name in MUST_REACH if not reached[name]} == set()


def go(people: Presses, dice: LoadedDice, walk: int) -> None:
    """Press one thing after another; look at everything after each press."""
    pressed: list[object] = []
    states: dict[int, str] = {}
    for _ in range(LENGTH):
        name = pick(dice, OFTEN)
        how = {what: pick(dice, options) for what, options in PRESSES[name][1].items()}
        if "flow" in how and not people.flows:
            continue
        pressed.append((name, how))
        getattr(people, name)(**how)
        assert laws.broken(people.env) == [], (walk, pressed)
        for pk, state in Certificate.objects.values_list("pk", "state"):
            assert state in AFTER[states.get(pk, state)], (walk, pressed)
            states[pk] = state
            people.reached[f"certificate: {state}"] += 1


def pick(dice: LoadedDice, of: Sequence[T]) -> T:
    return of[int.from_bytes(dice.octets(4)) % len(of)]
