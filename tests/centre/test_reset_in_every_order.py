"""Asking, opening, setting, waiting in every order: a reset by mail does what its model says.

Incident 1: steps are skipped, repeated, taken in another browser or for somebody else. The
presses are thrown by dice; what the walk reached is counted, so that one that got nowhere fails
too. After each press the rows are looked at as well.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from cinnabar.codes.models import Code, Link
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.models import Flow, Proof
from cinnabar.kernel.dice import LoadedDice
from cinnabar.login.models import Session
from cinnabar.login.stages import barred
from cinnabar.messages.models import Outbox
from cinnabar.passwords.models import StoredPassword
from tests.support.resets import resetting
from tests.support.resetting import Person, Resetting
from tests.support.second import asking

pytestmark = pytest.mark.django_db

WALK, LENGTH = 3, 300

PRESSES = (
    *("go_on",) * 14,
    *("ask",) * 3,
    *("the_mail_goes_out",) * 4,
    *("open",) * 5,
    *("have_a_code_sent",) * 4,
    *("type_a_code",) * 5,
    *("set",) * 6,
    *("sign_in",) * 3,
    *("wait", "wait", "guess", "lose_a_proof"),
)

MUST_REACH = {
    *("asked", "asked for nobody", "a sixth of the day", "mailed", "opened", "opened too late"),
    *("a dead mail", "a code nobody asked for", "set", "set: flow-closed"),
    *("set: flow-out-of-order", "set: password-refused"),
    *("mail barred", "mail offered", "sign-in refused"),
}
WITH_A_CODE = {"code sent", "code right", "typed: pass-code-wrong"}


@dataclass(frozen=True)
class Moment:
    """The rows that the laws compare."""

    passwords: dict[tuple[int, str, int | None], str]
    sessions: int
    notices: int
    done: frozenset[str]


def now() -> Moment:
    stored = StoredPassword.objects.values_list("customer_id", "kind", "account_id", "encoded")
    done = Flow.objects.filter(kind=FlowKind.RESET, state="done").values_list("id", flat=True)
    return Moment(
        passwords={(whose, kind, account): text for whose, kind, account, text in stored},
        sessions=Session.objects.count(),
        notices=Outbox.objects.filter(kind="password-changed").count(),
        done=frozenset(done),
    )


@pytest.mark.parametrize("strict", [False, True], ids=["by the mail alone", "with a code"])
def test_in_whatever_order_things_are_pressed_a_reset_does_what_its_model_says(
    env, ming, company, strict
):
    world = resetting(asking(env, methods=("email", "sms")), needs_second_factor=strict)
    people = [Person(ming, "fredric@example.com"), Person(company, "office@example.com")]
    scene = Resetting(world, people, LoadedDice(WALK), Counter())
    pressed = []
    for _ in range(LENGTH):
        pressed.append(scene.any(PRESSES))
        before, scene.changed, scene.came_in = now(), None, False
        try:
            getattr(scene, pressed[-1])()
        except AssertionError as wrong:
            wrong.add_note(f"after {pressed}")
            raise
        assert broken(scene, before, now()) == [], pressed
    wanted = MUST_REACH | (WITH_A_CODE if strict else set())
    assert {name for name in wanted if not scene.reached[name]} == set(), scene.reached


def broken(scene: Resetting, before: Moment, after: Moment) -> list[str]:
    """Return a sentence for everything that the press must not have done."""
    said = []
    both = {*before.passwords, *after.passwords}
    whose = {key[0] for key in both if before.passwords.get(key) != after.passwords.get(key)}
    new = scene.changed
    if whose - ({new.view.id} if new else set()):
        said.append(f"the passwords of {whose} changed")
    if (after.notices > before.notices) is not (new is not None):
        said.append("a change without a notice, or a notice without a change")
    if (after.sessions > before.sessions) is not scene.came_in:
        said.append("a session began, or did not, beside a sign-in")
    if new and Session.objects.filter(customer_id=new.view.id, ended_at=None).exists():
        said.append("a session outlived the reset")
    if any(barred.mail_barred(one.view.id) is not one.barred for one in scene.people):
        said.append("mail is barred for somebody, or is not")
    if Flow.objects.filter(kind=FlowKind.RESET, customer=None).exists():
        said.append("nobody has a reset")
    if new:
        said += unproved(scene, new, after.done - before.done)
    return said


def unproved(scene: Resetting, new: Person, done: frozenset[str]) -> list[str]:
    """Say what a reset that was done just now lacked, and whether the password is the new one."""
    stored = StoredPassword.objects.filter(customer_id=new.view.id, kind="login")
    encoded = list(stored.values_list("encoded", flat=True))
    said = [] if all(scene.env.hasher.matching(encoded, new.password)) else ["another password"]
    if len(done) != 1:
        return [*said, f"{len(done)} resets were done at once"]
    flow = Flow.objects.get(pk=min(done))
    proofs = set(Proof.objects.filter(flow=flow).values_list("kind", "target"))
    bound = {"customer_id": new.view.id, "state": "used"}
    if flow.customer_id != new.view.id:
        said.append("it was the reset of somebody else")
    if ("link", flow.session) not in proofs or not Link.objects.filter(**bound).exists():
        said.append("no mail was opened in this browser")
    if scene.strict and ("code", flow.target) not in proofs:
        said.append("no code was right for it")
    if scene.strict and not Code.objects.filter(flow=flow.id, **bound).exists():
        said.append("no code was used for it")
    return said
