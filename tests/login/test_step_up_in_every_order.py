"""Step-ups begun, asked for, tried, left and carried to other sessions, in every order.

Incident 1. Dice throw the presses; a small model, which asks none of the product's rules, says
when a try may step somebody up. What the walks reached is counted, so that walks that got nowhere
fail too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from cinnabar.env import Env
from cinnabar.flows.actions import steps
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login.actions import resume, sign_out
from cinnabar.login.models import Session
from cinnabar.login.opening import SignedIn
from cinnabar.login.stages import step_up
from tests.support.people import PASSWORD
from tests.support.second import asking, code, other
from tests.support.signing import sign_in

T = TypeVar("T")

WALKS, LENGTH = range(4), 70
HERE, BACK = "203.0.113.7", "/account/"
FLOW_LIFE, CODE_LIFE, CODE_TRIES = timedelta(minutes=30), timedelta(minutes=5), 3
MUST_REACH = {
    *("stepped up", "foreign flow", "left", "flow-closed", "flow-out-of-order"),
    *("sign-in-code-wrong", "sign-in-code-closed", "sign-in-code-too-soon", "signed out"),
}


@dataclass
class Begun:
    """A flow, and what the model knows of it."""

    id: str
    session: str
    at: datetime
    open: bool = True
    right: str = ""
    sent: datetime | None = None
    tries: int = 0

    def may(self, typed: str, by: str, now: datetime) -> bool:
        """Tell whether this try may step its session up."""
        fresh = self.open and now - self.at <= FLOW_LIFE and by == self.session
        alive = self.sent is not None and now - self.sent < CODE_LIFE
        return fresh and alive and self.tries < CODE_TRIES and typed == self.right


@dataclass
class Browser:
    """A browser of a customer: his tokens, and his step-ups in it."""

    identifier: str
    device: Secret
    session: Secret
    visitor: Visitor


@dataclass
class Walk:
    """Everybody who presses something, and what came of it."""

    env: Env
    dice: LoadedDice
    browsers: list[Browser]
    flows: list[Begun] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)

    def any(self, of: Sequence[T]) -> T:
        return of[int.from_bytes(self.dice.octets(4)) % len(of)]

    def pick(self, who: Browser) -> Begun:
        """Take mostly the one that could do; else anybody's."""
        own = [one for one in self.flows if one.session == who.visitor.session and one.open]
        return self.any((self.any(self.flows), own[-1], own[-1]) if own else self.flows)

    @property
    def now(self) -> datetime:
        return self.env.clock.now()

    def press(self) -> None:
        acts = (self.begin, *[self.ask] * 3, *[self.enter] * 5, self.other)
        try:
            self.any(acts)(self.any(self.browsers))
        except Refused as refused:
            self.reached[refused.refusal.value] += 1
        self.look()

    def begin(self, who: Browser) -> None:
        flow = step_up.begin(self.env, who.visitor, BACK)
        for one in self.flows:
            one.open = one.open and one.session != who.visitor.session
        self.flows.append(Begun(flow.id, who.visitor.session, self.now))

    def ask(self, who: Browser) -> None:
        flow = self.pick(who)
        step_up.ask_code(self.env, who.visitor, flow.id, "sms")
        assert who.visitor.session == flow.session
        flow.right, flow.sent, flow.tries = code(self.env), self.now, 0

    def enter(self, who: Browser) -> None:
        flow = self.pick(who)
        known = [one.right for one in self.flows if one.right] or ["000000"]
        typed = self.any((flow.right or "000000", self.any(known), other(self.any(known))))
        may = flow.may(typed, who.visitor.session, self.now)
        if who.visitor.session != flow.session:
            self.reached["foreign flow"] += 1
        elif typed != flow.right:
            flow.tries += 1
        done = step_up.try_code(self.env, who.visitor, flow.id, typed)
        assert may, "stepped up by what the model knows nothing of"
        self.reached["stepped up"] += 1
        flow.open = False
        before = who.visitor
        self.renew(who, SignedIn(session=done.session, device=who.device))
        assert who.visitor.session != before.session
        assert who.visitor.assurance is Assurance.TWO

    def other(self, who: Browser) -> None:
        self.any((self.later, self.leave, self.sign_out, self.later))(who)

    def later(self, who: Browser) -> None:
        del who
        assert isinstance(self.env.clock, FrozenClock)
        self.env.clock.move(seconds=self.any((10, 61, 61, 301)))

    def leave(self, who: Browser) -> None:
        flow = self.pick(who)
        steps.abandon(self.env, who.visitor, flow.id)
        if flow.session == who.visitor.session:
            flow.open = False
            self.reached["left"] += 1

    def sign_out(self, who: Browser) -> None:
        sign_out(self.env, who.visitor)
        self.reached["signed out"] += 1
        self.renew(who, sign_in(self.env, who.identifier, PASSWORD, address=HERE))

    def renew(self, who: Browser, tokens: SignedIn) -> None:
        who.session, who.device = tokens.session, tokens.device
        found = resume(self.env, tokens.session, tokens.device, address=HERE)
        assert found is not None
        who.visitor = found

    def look(self) -> None:
        """Each browser has one session of its own, and nobody has two."""
        alive = set(Session.objects.filter(ended_at=None).values_list("id", flat=True))
        assert alive == {one.visitor.session for one in self.browsers}


def enter(env: Env, identifier: str) -> Browser:
    tokens = sign_in(env, identifier, PASSWORD, address=HERE)
    found = resume(env, tokens.session, tokens.device, address=HERE)
    assert found is not None
    return Browser(identifier, tokens.device, tokens.session, found)


def generous(env: Env) -> Env:
    """The days' limits are tested elsewhere; here nothing may stop a walk."""
    env = asking(env, when="certificate-change", methods=("email", "sms", "soft-token"))
    of_codes = replace(env.firm.code, max_wrong_per_day=100, max_wrong_in_a_row=100)
    of_login = replace(env.firm.login, idle=timedelta(hours=12))
    sign_in_code = replace(
        env.firm.sign_in_code, max_per_day=100, ttl=CODE_LIFE, max_wrong=CODE_TRIES
    )
    firm = replace(env.firm, code=of_codes, login=of_login, sign_in_code=sign_in_code)
    return replace(env, firm=firm)


@pytest.fixture
def env(env):
    return generous(env)


def test_nobody_steps_up_but_by_the_code_of_his_own_session(env, ming, mei):
    reached: Counter[str] = Counter()
    for number in WALKS:
        Session.objects.filter(ended_at=None).update(ended_at=env.clock.now())
        who = [enter(env, one.identifier) for one in (ming, ming, mei)]
        walk = Walk(env, LoadedDice(number), who)
        walk.begin(walk.browsers[0])
        for _ in range(LENGTH):
            walk.press()
        reached += walk.reached
    assert set(reached) >= MUST_REACH, (MUST_REACH - set(reached), reached)
