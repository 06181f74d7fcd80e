"""Two customers, nobody and three browsers at a reset by mail, and what should come of each press.

What a reset needs is written down here a second time, as a model: it knows who was mailed what
and when, which browser opened it, and whose password is which (docs/flows/reset.md).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from cinnabar.centre import reset, reset_code, reset_finish, reset_open
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.kinds import ProofKind
from cinnabar.flows.models import Proof
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.actions import Half, sign_in
from cinnabar.login.stages import second
from tests.support.claims import pass_code
from tests.support.mail import received
from tests.support.people import CALLED, PASSWORD
from tests.support.resets import secret
from tests.support.signing import proved

T = TypeVar("T")

BROWSERS = ("a" * 64, "b" * 64, "c" * 64)
LIFE = timedelta(minutes=30)
"""How long an opened mail can be gone on with."""

_WRONG = Password("neither1")


def answered(act: Callable[[], T]) -> T | Refusal:
    """Do it; return what it gave, or what it was refused for."""
    try:
        return act()
    except Refused as refused:
        return refused.refusal


@dataclass
class Person:
    """A customer: the one mail that lives, if any, and what is known of him besides."""

    view: CustomerView
    mailbox: str
    mails: list[str] = field(default_factory=list)
    live_until: datetime | None = None
    waits: bool = False
    password: Password = PASSWORD
    locked: bool = False
    barred: bool = False


@dataclass
class Tab:
    """A mail opened in a browser."""

    flow: str
    at: str
    whose: Person
    opened: datetime
    link: bool = True
    code: bool = False
    sent: str = ""
    over: bool = False


@dataclass
class Resetting:
    """The scene of one walk. Each method is a press; it asserts what must come of it."""

    env: Env
    people: Sequence[Person]
    dice: LoadedDice
    reached: Counter[str]
    tabs: list[Tab] = field(default_factory=list)
    asked: Counter[tuple[str, object]] = field(default_factory=Counter)
    presses: int = 0
    changed: Person | None = None
    came_in: bool = False

    # --- the request and the mail ----------------------------------------------------------------

    def ask(self) -> None:
        """忘記密碼: whatever was mailed before is dead, sent or not."""
        self.ask_for(self.any((*self.people, *self.people, None)))

    def ask_for(self, whose: Person | None) -> None:
        typed = whose.view.identifier if whose else CALLED["nobody"]
        day = (typed, self.now().astimezone(self.env.firm.identity.timezone).date())
        come = answered(lambda: reset.request(self.env, self.at(self.any(BROWSERS)), typed))
        if self.asked[day] >= self.env.firm.reissue.per_day:
            assert come is Refusal.REISSUE_LIMIT
            self.reached["a sixth of the day"] += 1
            return
        assert come is None
        self.asked[day] += 1
        self.reached["asked" if whose else "asked for nobody"] += 1
        if whose:
            whose.live_until, whose.waits = None, True

    def the_mail_goes_out(self) -> None:
        reset.send_waiting(self.env)
        mails = [one for one in received(self.env) if "/reset/#" in one.text]
        known = {text for person in self.people for text in person.mails}
        new = [one for one in mails if secret(one) not in known]
        for person in self.people:
            mine = [one for one in new if one.to == person.mailbox]
            assert len(mine) == person.waits
            if mine:
                person.mails.append(secret(mine[0]))
                person.live_until = self.now() + self.env.firm.link.reset
                self.reached["mailed"] += 1
            person.waits = False
        assert {one.to for one in new} <= {person.mailbox for person in self.people}

    def open(self) -> None:
        """The newest mail or any other, in any browser; what was open there is given up."""
        whose = self.any(self.people)
        self.open_this(whose, self.any((*whose.mails[-4:], *whose.mails[-1:] * 4, "f" * 64)))

    def open_this(self, whose: Person, text: str) -> None:
        where = self.any(BROWSERS)
        lives = whose.live_until is not None and self.now() < whose.live_until
        good = lives and text == whose.mails[-1]
        come = answered(lambda: reset_open.open_link(self.env, self.at(where), text))
        if not good:
            assert come is Refusal.LINK_DEAD
            late = whose.live_until is not None and text == whose.mails[-1]
            self.reached["opened too late" if late else "a dead mail"] += 1
            return
        assert not isinstance(come, Refusal), come
        whose.live_until = None
        for tab in self.tabs:
            tab.over |= tab.at == where
        self.tabs.append(Tab(come.id, where, whose, self.now()))
        self.reached["opened"] += 1

    # --- the code --------------------------------------------------------------------------------

    def have_a_code_sent(self) -> None:
        self.have_it_sent(self.tab())

    def have_it_sent(self, tab: Tab) -> None:
        where, away = self.seen_from(tab)
        come = answered(lambda: reset_code.ask(self.env, self.at(where), tab.flow))
        if self.no_code(tab, come, away=away):
            return
        self.reached["code sent" if come is None else f"code: {come}"] += 1
        tab.sent = pass_code(self.env) if come is None else tab.sent

    def type_a_code(self) -> None:
        """That of this browser, or another that was sent to somebody."""
        tab = self.tab()
        others = [one.sent for one in self.tabs if one.sent and one.sent != tab.sent]
        self.type_this(
            tab, self.any((tab.sent, tab.sent, self.wrong, self.wrong, *others[-1:])) or self.wrong
        )

    def type_this(self, tab: Tab, typed: str) -> None:
        where, away = self.seen_from(tab)
        come = answered(lambda: reset_code.try_code(self.env, self.at(where), tab.flow, typed))
        if self.no_code(tab, come, away=away):
            return
        if come is None:
            assert typed == tab.sent
            tab.code, tab.sent = True, ""
        self.reached["code right" if come is None else f"typed: {come}"] += 1

    def no_code(self, tab: Tab, come: object, *, away: bool) -> bool:
        """Tell whether a code could not be asked or typed here; that it was said so."""
        if away or self.is_over(tab):
            assert come is Refusal.FLOW_CLOSED
        elif not self.strict or tab.code or not tab.link:
            assert come is Refusal.FLOW_OUT_OF_ORDER
            self.reached["a code nobody asked for"] += 1
        else:
            return False
        return True

    # --- the password ----------------------------------------------------------------------------

    def set(self) -> None:
        """A good one, the one in force, or one that is none."""
        self.set_here(self.tab())

    def set_here(self, tab: Tab) -> None:
        where, away = self.seen_from(tab)
        self.presses += 1
        good = Password(f"pekoe{self.presses:03}tea"[: self.env.firm.password.login.max])
        new = self.any((good, good, good, tab.whose.password, Password("1")))
        come = answered(lambda: reset_finish.finish(self.env, self.at(where), tab.flow, new))
        assert come is self.expected(tab, new, away=away, good=new is good)
        self.reached[f"set: {come}" if come else "set"] += 1
        if come is None:
            self.is_his_own(tab.whose, new)

    def expected(self, tab: Tab, new: Password, *, away: bool, good: bool) -> Refusal | None:
        if away or self.is_over(tab):
            return Refusal.FLOW_CLOSED
        if not tab.link or (self.strict and not tab.code):
            return Refusal.FLOW_OUT_OF_ORDER
        same = new is tab.whose.password and not self.env.firm.password.login.history
        return None if good or same else Refusal.PASSWORD_REFUSED

    def is_his_own(self, person: Person, new: Password) -> None:
        self.changed = person
        person.password, person.locked, person.barred = new, False, True
        person.live_until = None
        for tab in self.tabs:
            tab.over |= tab.whose is person

    def go_on(self) -> None:
        """Do what the page would ask next, so that walks arrive somewhere."""
        tab = self.tab()
        if not self.strict or tab.code:
            self.set_here(tab)
        elif tab.sent and self.any((True, True, False)):
            self.type_this(tab, self.any((tab.sent, tab.sent, self.wrong)))
        else:
            self.have_it_sent(tab)

    def lose_a_proof(self) -> None:
        """As if the step in which the mail is opened had been skipped (incident 1)."""
        tab = self.tab()
        Proof.objects.filter(flow_id=tab.flow, kind=ProofKind.LINK.value).delete()
        tab.link = False

    # --- beside it -------------------------------------------------------------------------------

    def guess(self) -> None:
        whose = self.any(self.people)
        for _ in range(self.env.firm.login.max_wrong):
            assert self.come_to(whose, _WRONG) is Refusal.SIGN_IN_FAILED
        whose.locked = True

    def sign_in(self) -> None:
        """By the password of now or the first; e-mail is offered unless a reset barred it."""
        whose = self.any(self.people)
        typed = self.any((*[whose.password] * 5, PASSWORD))
        right = typed.reveal() == whose.password.reveal()
        come = self.come_to(whose, typed)
        if whose.locked or not right:
            assert come is Refusal.SIGN_IN_FAILED
            self.reached["sign-in refused"] += 1
            if not right:
                self.guess_until_locked(whose)
            return
        assert isinstance(come, Half), come
        here = self.at("d" * 64)
        [mail] = [o for o in second.offered(self.env, here, come.flow) if o.name == "email"]
        assert (mail.why == "mail-barred") is whose.barred
        self.reached["mail barred" if whose.barred else "mail offered"] += 1
        proved(self.env, here, come.flow, None)
        whose.barred, self.came_in = False, True

    def guess_until_locked(self, whose: Person) -> None:
        """Leave no count between: how wrong ones count has tests of its own."""
        for _ in range(self.env.firm.login.max_wrong - 1):
            self.come_to(whose, _WRONG)
        whose.locked = True

    def come_to(self, whose: Person, typed: Password) -> object:
        here, name = self.at("d" * 64), whose.view.identifier
        return answered(lambda: sign_in(self.env, here, name, typed, device=None, agent=""))

    def wait(self) -> None:
        self.pass_by(self.any((1, 2, 2, 31, 485)))

    def pass_by(self, minutes: int) -> None:
        assert isinstance(self.env.clock, FrozenClock)
        self.env.clock.move(timedelta(minutes=minutes))

    # --- what presses need -----------------------------------------------------------------------

    @property
    def strict(self) -> bool:
        return self.env.firm.reset.needs_second_factor

    @property
    def wrong(self) -> str:
        return "0" * self.env.firm.pass_code.length

    def now(self) -> datetime:
        return self.env.clock.now()

    def any(self, of: Sequence[T]) -> T:
        return of[int.from_bytes(self.dice.octets(4)) % len(of)]

    def at(self, browser: str) -> Stranger:
        """Let no address run out of tries: limits have tests of their own."""
        self.presses += 1
        return Stranger(visit=browser, address=f"10.{self.presses // 250}.{self.presses % 250}.7")

    def tab(self) -> Tab:
        """Return an opened mail, mostly one that can be gone on with; where none is, open one."""
        going = [one for one in self.tabs if not self.is_over(one)]
        if not going and self.any(range(4)):
            self.open_anew()
            going = self.tabs[-1:]
        chosen = (*[*going] * 4, *self.tabs[-2:])
        return self.any(chosen) if chosen else self.tab()

    def open_anew(self) -> None:
        """Ask, get the mail and open it; at times too late, or on the next day."""
        whose = self.any(self.people)
        self.ask_for(whose)
        self.the_mail_goes_out()
        self.pass_by(self.any((1, 1, 1, 1, 485)))
        for text in whose.mails[-1:]:
            self.open_this(whose, text)

    def seen_from(self, tab: Tab) -> tuple[str, bool]:
        if self.any(range(8)):
            return tab.at, False
        return next(one for one in BROWSERS if one != tab.at), True

    def is_over(self, tab: Tab) -> bool:
        return tab.over or self.now() - tab.opened > LIFE
