"""Approvals are pressed in every order: each answers once, its own flow, with every proof.

A model says beforehand what each press may do, laws look at the rows after it (incident 1, TOK-08):
asking, the number, wrong numbers, wrong PINs, cancelling, "not me", restrictions lifted by staff or
by a new password, tokens suspended, locked and bound anew, the other telephone, the other page.
"""

from collections import Counter

import pytest
from django.core.management import call_command

from cinnabar.kernel.dice import LoadedDice
from tests.login.test_every_order import known, pick
from tests.support import approving_laws as laws
from tests.support.approving_apps import WAYS, Approving

__all__ = ["known"]

WALKS, LENGTH = 10, 110

MUST_REACH = {
    *("ask app", "ask app: approval-limit", "ask app: approvals-restricted"),
    *("ask app: factor-unavailable", "ask app: sign-in-over", "ask app: flow-closed"),
    *("approve", "approve: approval-number-wrong", "approve: approval-over"),
    *("approve: token-pin-wrong", "approve: token-locked", "approve: token-suspended"),
    *("go", "go: approval-waiting", "go: approval-over", "go: sign-in-over", "go: flow-closed"),
    *("cancel", "cancel: approval-over", "deny", "deny: approval-over", "pull"),
    *("replay: token-not-proved", "allow: True", "password: True"),
    *("suspend: True", "lift: True", "clear: True", "ask", "enter"),
}


@pytest.mark.django_db(transaction=True)
def test_in_whatever_order_an_approval_answers_once_and_its_own_flow(known):
    reached: Counter[str] = Counter()
    for walk in range(WALKS):
        call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
        scene = Approving(reached, known)
        go(scene, LoadedDice(walk), walk)
        scene.leave()
    assert {name for name in MUST_REACH if not reached[name]} == set(), reached.most_common()


def go(scene: Approving, dice: LoadedDice, walk: int) -> None:
    """Press one thing after another; look at everything after each press."""
    often = [name for name, (weight, _) in WAYS.items() for _ in range(weight)]
    pressed: list[object] = []
    for _ in range(LENGTH):
        name = pick(dice, often)
        how = {what: pick(dice, options) for what, options in WAYS[name][1].items()}
        pressed.append((name, how))
        before = laws.sessions()
        getattr(scene, name)(**how)
        assert laws.broken(scene, before, name) == [], (walk, pressed)
