"""Pages that ask the app: three browsers that sign in, two sessions that step up.

Half of a walk; what the apps answer is in `approving_apps`. Browsers 0 to 2 are anybody's, seats
3 and 4 the sessions of the two customers.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from cinnabar.customers import queries
from cinnabar.flows.visitor import Actor, Visitor
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login.actions import resume
from cinnabar.login.soft import factor_token
from cinnabar.login.stages import second, step_up
from cinnabar.tokens.models import Approval
from cinnabar.tokens.soft import questions
from tests.support.approvals import AGENT, asking_tokens
from tests.support.approving_model import Asked, Model, open_flow
from tests.support.signing import sign_in
from tests.support.signing_in import SigningIn

SEATS = (0, 1, 2, 3, 4)
SESSIONS = {3: 0, 4: 1}
"""Whose the sessions are at which somebody steps up."""

DELAY = timedelta(hours=1)
_HERE = "203.0.113.9"


class Asking(SigningIn):
    """The pages of one walk.

    `wrongly` says what came of a press other than the model said, `went` how often one went on.
    """

    def __init__(self, reached: Counter[str], identifiers: tuple[str, str]) -> None:
        super().__init__(reached, identifiers)
        here = asking_tokens(self.env, delay=DELAY, pin_max_wrong=3)
        # What bounds codes and sessions in a day is walked elsewhere; here it would end walks.
        login = replace(here.firm.login, idle=DELAY * 12, absolute=DELAY * 24)
        codes = replace(here.firm.code, max_wrong_per_day=100, max_wrong_in_a_row=100)
        self.env = replace(here, firm=replace(here.firm, login=login, code=codes))
        self.held = None  # certificates have a walk of their own
        self.model = Model(self.env.firm.token)
        self.cookies: dict[int, tuple[Secret, Secret]] = {}
        self.passwords: dict[str, Password] = {}
        self.wrongly: list[str] = []
        self.went = 0

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def compare(self, act: str, *, said: bool, done: bool) -> None:
        """Compare what the model said beforehand with what came of it."""
        if said != done:
            self.wrongly.append(f"{act}: the model says {said}, and it was {done}")

    def type(self, at: int, whose: int, right: str) -> None:
        before = self.flows.get(at)
        super().type(at, whose, right)
        if self.flows.get(at) != before:
            self.passwords[self.flows[at]] = self.known[self.people[whose].id]

    def visitor(self, seat: int) -> Visitor:
        """Return a customer's session; he signs in anew when it is over."""
        person = self.people[SESSIONS[seat]]
        held = self.cookies.get(seat)
        found = resume(self.env, *held, address=_HERE) if held else None
        if found is None:
            name = queries.view(self.env, person.id).identifier
            visit, device = f"{seat}" * 64, held[1] if held else None
            known = self.known[person.id]
            come = sign_in(self.env, name, known, address=_HERE, device=device, visit=visit)
            self.cookies[seat] = come.session, come.device
            found = resume(self.env, come.session, come.device, address=_HERE)
        assert found is not None
        return found

    def place(self, seat: int) -> str:
        return self.visitor(seat).session if seat in SESSIONS else self.at(seat).visit

    def pick(self, seat: int, which: str) -> str:
        """Return the seat's flow, or another's; a session begins one where it has none."""
        others = [one for at, one in self.flows.items() if at != seat]
        if which == "another's" and others:
            return others[-1]
        if seat in SESSIONS:
            flow = open_flow(self.flows.get(seat, ""), self.now)
            if flow is None or flow.session != self.place(seat):
                self.flows[seat] = step_up.begin(self.env, self.visitor(seat), "/account/").id
        return self.flow(seat)

    def actor(self, seat: int, flow: str) -> Actor:
        """Return who acts at a seat; a flow that is not its own is refused, as by its page."""
        if seat not in SESSIONS:
            return second.at_step(self.env, self.at(seat), flow)[1]
        step_up.at_step(self.env, self.visitor(seat), flow)
        return self.visitor(seat)

    def ask_app(self, seat: int, which: str) -> None:
        flow = self.pick(seat, which)
        said, done = self.model.may_ask(flow, self.place(seat), self.now), False
        with self.perhaps_refused("ask app"):
            factor_token.ask(self.env, self.actor(seat, flow), flow, AGENT)
            done = True
        self.compare("ask", said=said, done=done)
        if done:
            self._was_asked(flow)

    def _was_asked(self, flow: str) -> None:
        row = Approval.objects.get(flow=flow, state="open")
        question = questions.find(row.id)
        assert question is not None
        assert row.number is not None
        number = questions.opened(self.env, row.id, bytes(row.number))
        seen = dict(questions.shown(self.env, question))
        self.model.was_asked(Asked(row.id, row.customer_id, flow, number, self.now, seen))

    def by_code(self, seat: int, typed: str) -> None:
        """Take another way, to its end or not."""
        flow = self.pick(seat, "own")
        if seat not in SESSIONS:
            self.ask(seat, "sms")
            if typed == "typed":
                self.enter(seat, "newest")
            return
        with self.perhaps_refused("by code"):
            step_up.ask_code(self.env, self.visitor(seat), flow, "sms")

    def go(self, seat: int, which: str) -> None:
        """Go on, at the page that asked."""
        flow = self.pick(seat, which)
        given = self.model.may_go(flow, self.place(seat), self.now)
        if given is not None and seat not in SESSIONS:
            # The password that opened the flow must still be the one in force.
            given = given if self.passwords[flow] == self.known[given.whose] else None
        done = False
        with self.perhaps_refused("go"):
            self._go(seat, flow)
            done = True
        self.compare("go", said=given is not None, done=done)
        self.went += done
        if given is not None:
            given.state = "used"

    def _go(self, seat: int, flow: str) -> None:
        def signs_in(proved: frozenset[str]) -> None:
            second.accept(self.env, self.at(seat), flow, proved, None)

        def steps_up(proved: frozenset[str]) -> None:
            done = step_up.accept(self.env, self.visitor(seat), flow, proved)
            self.cookies[seat] = done.session, self.cookies[seat][1]

        then = steps_up if seat in SESSIONS else signs_in
        factor_token.go(self.env, self.actor(seat, flow), flow, then)
