"""Binding, suspending and removing in every order: what counts was proved, for exactly its key.

Two customers with two phones each press everything, each other's pictures among it. The laws are
recomputed from the rows alone, without the product's own rules (incident 1, law 2).
"""

from collections import Counter
from datetime import timedelta

import pytest

from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.events import Event
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.refusal import Refused
from cinnabar.login.soft import own_tokens, token_staff
from cinnabar.messages.envelope import open_facts
from cinnabar.messages.kinds import Kind
from cinnabar.messages.models import Outbox
from cinnabar.tokens.models import Registration, SoftToken
from tests.support.binding import Phone, mobile, sms_code, with_token
from tests.support.passkeys import recorded
from tests.support.soft import App

WALKS, LENGTH = 6, 45
PROOFS = {"signed-in", "possession", "code", "pin", "registration"}
MUST_REACH = {
    *("begin: done", "code", "pin: registration", "scan", "scan: token-registration-wrong"),
    *("scan: flow-closed", "suspend", "suspend: not-found", "lift", "remove", "come again"),
    *("another app", "unused"),
}
OFTEN = {"onward": 18, "begin": 2, "code": 2, "pin": 2, "scan": 6, "suspend": 3, "lift": 2}
SELDOM = {"remove": 2, "come_again": 1, "another_app": 1, "unused": 1}


class Scene:
    """Two customers, two phones each, and every registration code that was ever mailed."""

    def __init__(self, env, people, dice, reached):
        self.env, self.people, self.dice, self.reached = env, people, dice, reached
        self.phones = [Phone(env, mobile(env, one)) for one in (*people, people[0])]
        self.codes = ["TOKEN:NOBODYS"]

    def press(self, name):
        phone = self.phones[self.throw(len(self.phones))]
        try:
            said = getattr(self, name)(phone)
        except Refused as refused:
            said = f"{name}: {refused.refusal.value}"
        self.reached[said] += 1
        return said

    def throw(self, sides):
        return int.from_bytes(self.dice.octets(4)) % sides

    def onward(self, phone):
        """Take the step that is next; where the host has ended the key, with a new one."""
        ended = SoftToken.objects.filter(key_id=phone.app.key_id, state="cleared")
        if ended.exists() and self.throw(3):
            self.another_app(phone)
        step = phone.begin().step
        return {"code": self.code, "pin": self.pin, "registration": self.scan}.get(
            step, lambda _: f"begin: {step}"
        )(phone)

    def begin(self, phone):
        return f"begin: {phone.begin().step}"

    def code(self, phone):
        self.env.clock.move(self.env.firm.activation_code.resend_after)
        phone.code()
        return "code"

    def pin(self, phone):
        said = f"pin: {phone.pin().step}"
        row = Outbox.objects.filter(kind=Kind.TOKEN_REGISTRATION).latest("created_at")
        if row.facts_sealed is not None:
            self.codes.append(open_facts(self.env, row.id, row.facts_sealed)["code"].split()[0])
        return said

    def scan(self, phone):
        newest = self.throw(2)
        phone.scan(self.codes[-1] if newest else self.codes[self.throw(len(self.codes))])
        return "scan"

    def suspend(self, phone):
        own_tokens.suspend(self.env, phone.visitor, self.token_of(phone))
        return "suspend"

    def lift(self, phone):
        del phone
        done = sum(token_staff.lift(self.env, one, case="B-1") for one in self.people)
        return "lift" if done else "lift: nothing"

    def remove(self, phone):
        own_tokens.remove(self.env, phone.visitor, self.token_of(phone))
        return "remove"

    def come_again(self, phone):
        """Sign in anew on the same device: flows of the session before are nobody's."""
        customer = next(one for one in self.people if one.id == phone.visitor.customer_id)
        phone.visitor = mobile(self.env, customer, phone.visitor.device)
        return "come again"

    def another_app(self, phone):
        """Lose what the browser kept."""
        phone.app = App()
        return "another app"

    def unused(self, phone):
        del phone
        self.env.clock.move(timedelta(days=31))
        for each in self.phones:
            self.come_again(each)
        return "unused" if token_staff.upkeep(self.env) else "unused: nothing"

    def token_of(self, phone):
        """Name one of the customer's own, or once in four times anybody's."""
        every = SoftToken.objects.exclude(state="cleared").order_by("id")
        mine = every.filter(customer_id=phone.visitor.customer_id) if self.throw(4) else every
        found = list(mine.values_list("id", flat=True))
        return found[self.throw(len(found))] if found else "none"


def broken(env):
    """Return a sentence for everything that must not be."""
    return [*unproved(), *too_early(), *too_many(env)]


def unproved():
    for row in SoftToken.objects.filter(bound_at__isnull=False):
        flows = Flow.objects.filter(kind="bind", state="done", target=row.key_id)
        proofs = [Proof.objects.filter(flow=flow).values_list("kind", flat=True) for flow in flows]
        if [set(one) for one in proofs] != [PROOFS]:
            yield f"{row.id} was bound by {proofs}"
        if Registration.objects.filter(token=row, state="used").count() != 1:
            yield f"{row.id} was bound without using one code"
    bound = SoftToken.objects.filter(bound_at__isnull=False).count()
    if len(recorded(Event.TOKEN_BOUND)) != bound:
        yield "the journal tells of another number of bindings"


def too_early():
    for row in SoftToken.objects.filter(state="pending"):
        if row.bound_at or row.factor:
            yield f"{row.id} counts before it is bound"
    for row in SoftToken.objects.filter(state="cleared").exclude(sealed=None):
        yield f"{row.id} is cleared and keeps its secret"


def too_many(env):
    held = SoftToken.objects.filter(state__in=("active", "suspended"))
    for customer, n in Counter(held.values_list("customer_id", flat=True)).items():
        if n > env.firm.token.devices_max:
            yield f"customer {customer} has {n}"
    if Registration.objects.filter(tries__gt=5).exists():
        yield "a code was tried more than five times"


@pytest.mark.django_db(transaction=True)
def test_in_whatever_order_a_token_counts_only_when_all_was_proved_for_its_key(env, ming, company):
    here = with_token(env, devices_max=1, clear_asks_step_up=False, unused=timedelta(days=30))
    reached: Counter[str] = Counter()
    often = [name for name, n in (OFTEN | SELDOM).items() for _ in range(n)]
    assert isinstance(here.clock, FrozenClock)
    for walk in range(WALKS):
        SoftToken.objects.filter(state__in=("active", "suspended")).update(
            state="cleared", sealed=None, ended_at=here.clock.now()
        )
        here.clock.move(timedelta(days=1))
        scene, pressed = Scene(here, (ming, company), LoadedDice(walk + 100), reached), []
        for _ in range(LENGTH):
            pressed.append(scene.press(often[scene.throw(len(often))]))
            assert broken(here) == [], (walk, pressed)
    assert {name for name in MUST_REACH if not reached[name]} == set(), reached


def test_the_sms_code_of_one_flow_is_none_of_another(env, ming, db):
    here = with_token(env, devices_max=2)
    first, second = (Phone(here, mobile(here, ming)) for _ in range(2))
    assert isinstance(here.clock, FrozenClock)
    first.begin()
    second.begin()
    first.code()
    here.clock.move(here.firm.activation_code.resend_after)
    assert second.type_code(sms_code(here)).value == "closed"
