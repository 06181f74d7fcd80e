"""Everything of the password centre is pressed in every order, and no password changes unproved.

As tests/flows/test_every_order.py does for certificates (incident 1): the walks skip, repeat,
reorder and interleave steps between browsers and customers, with every code overheard; what they
reached is counted, so that walks that got nowhere fail too.
"""

from collections import Counter

import pytest
from django.core.management import call_command

from cinnabar.kernel.dice import LoadedDice
from tests.support import recovery_laws as laws
from tests.support.recovering import PRESSES, Recovering

WALKS, LENGTH = 10, 60

MUST_REACH = {
    *("finish", "finish: flow-out-of-order", "finish: flow-closed"),
    *("initial: True", "initial: flow-out-of-order"),
    *("prove: True", "prove: False", "request", "request: flow-out-of-order"),
    *("request: input-malformed", "request mail", "open", "open: link-dead"),
    *("verify", "verify: pass-code-wrong", "verify: flow-out-of-order"),
    *("lift", "lift: unlock-not-proved", "lift: unlock-not-needed"),
    *("change", "change: old-password-wrong", "consolidate"),
    *("sign-in: sign-in-failed", "wrong sign-in: sign-in-failed"),
}


@pytest.mark.django_db(transaction=True)
def test_in_whatever_order_things_are_pressed_no_password_changes_without_every_proof():
    reached: Counter[str] = Counter()
    for walk in range(WALKS):
        call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
        scene = Recovering(reached)
        go(scene, LoadedDice(walk), walk)
        scene.leave()
    wanted = MUST_REACH - ({"initial: True"} if not initial_given(scene) else set())
    assert {name for name in wanted if not reached[name]} == set(), reached


def initial_given(scene: Recovering) -> bool:
    return scene.env.firm.password.initial.length > 0


def go(scene: Recovering, dice: LoadedDice, walk: int) -> None:
    """Press one thing after another; look at everything after each press."""
    often = [name for name, (weight, _) in PRESSES.items() for _ in range(weight)]
    pressed: list[object] = []
    for _ in range(LENGTH):
        name = pick(dice, often)
        how = {what: pick(dice, options) for what, options in PRESSES[name][1].items()}
        pressed.append((name, how))
        before, scene.acted = laws.now(), ""
        getattr(scene, name)(**how)
        assert laws.broken(before, laws.now(), name, scene.acted) == [], (walk, pressed)


def pick(dice, of):
    return of[int.from_bytes(dice.octets(4)) % len(of)]
