"""Everything of a sign-in in stages is pressed in every order, and no session opens unproved.

As tests/flows/test_every_order.py does for certificates (incident 1): the walks skip, repeat,
reorder and interleave steps between browsers and customers, with every code overheard; what they
reached is counted, so that walks that got nowhere fail too.
"""

from collections import Counter

import pytest
from django.core.management import call_command

from cinnabar.kernel.dice import LoadedDice
from tests.support import sign_in_laws as laws
from tests.support.signing_in import PRESSES, SigningIn

WALKS, LENGTH = 8, 60

MUST_REACH = {
    *("type", "type: sign-in-failed", "ask", "ask: sign-in-code-too-soon", "ask: sign-in-over"),
    *("ask: factor-unavailable", "enter", "enter: sign-in-code-wrong", "enter: sign-in-over"),
    *("enter: sign-in-code-closed", "give up", "give up: sign-in-over"),
}
WITH_CERTIFICATES = {"certificate: True", "certificate: factor-unavailable"}


@pytest.mark.django_db(transaction=True)
def test_in_whatever_order_things_are_pressed_no_session_opens_without_every_proof(known):
    reached: Counter[str] = Counter()
    for walk in range(WALKS):
        call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
        scene = SigningIn(reached, known)
        go(scene, LoadedDice(walk), walk)
        scene.leave()
    wanted = MUST_REACH | (WITH_CERTIFICATES if scene.held else set())
    assert {name for name in wanted if not reached[name]} == set(), reached


@pytest.fixture
def known(env):
    """Two identifiers as the firm writes them."""
    by_number = "account_no" in env.firm.login.id_kinds
    return ("9999-9001", "9999-9002") if by_number else ("A123456789", "B223456782")


def go(scene: SigningIn, dice: LoadedDice, walk: int) -> None:
    """Press one thing after another; look at everything after each press."""
    often = [name for name, (weight, _) in PRESSES.items() for _ in range(weight)]
    pressed: list[object] = []
    for _ in range(LENGTH):
        name = pick(dice, often)
        how = {what: pick(dice, options) for what, options in PRESSES[name][1].items()}
        pressed.append((name, how))
        before = laws.now(), laws.done()
        getattr(scene, name)(**how)
        assert laws.broken(scene.env, before, name) == [], (walk, pressed)


def pick(dice, of):
    return of[int.from_bytes(dice.octets(4)) % len(of)]
