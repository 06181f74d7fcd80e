"""Everything at the app's doors is pressed in every order: no token opens what it must not."""

from collections import Counter

import pytest
from django.core.management import call_command

from cinnabar.kernel.dice import LoadedDice
from tests.login.test_every_order import known, pick
from tests.support import bound_laws, sign_in_laws
from tests.support.bound_walk import WAYS, BoundSigningIn

__all__ = ["known"]

WALKS, LENGTH = 8, 80

MUST_REACH = {
    *("pin", "pin: token-pin-wrong", "pin: token-locked", "pin: token-suspended"),
    *("pin: bound-device-refused", "by key", "by key: factor-unavailable"),
    *("by key: sign-in-over", "replay: token-not-proved", "suspend: True", "lift: True"),
    *("bind anew", "enter", "type", "owner", "owner: biometrics-suspended"),
    *("owner: biometrics-not-proved", "owner: bound-device-refused"),
}


@pytest.mark.django_db(transaction=True)
def test_in_whatever_order_things_are_pressed_a_token_opens_only_its_own(known):
    reached: Counter[str] = Counter()
    for walk in range(WALKS):
        call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
        scene = BoundSigningIn(reached, known)
        go(scene, LoadedDice(walk), walk)
        scene.leave()
    assert {name for name in MUST_REACH if not reached[name]} == set(), reached


def go(scene: BoundSigningIn, dice: LoadedDice, walk: int) -> None:
    """Press one thing after another; look at everything after each press."""
    often = [name for name, (weight, _) in WAYS.items() for _ in range(weight)]
    pressed: list[object] = []
    for _ in range(LENGTH):
        name = pick(dice, often)
        how = {what: pick(dice, options) for what, options in WAYS[name][1].items()}
        pressed.append((name, how))
        before = sign_in_laws.now(), sign_in_laws.done()
        getattr(scene, name)(**how)
        assert bound_laws.broken(scene, before, name) == [], (walk, pressed)
