"""Guessing, unlocking, calling, claiming in every order: the lock is what a small model says.

Incident 1: steps are skipped, repeated, taken in another browser or for another flow. The
presses are thrown by dice with the walk's number; what the walks reached is counted, so that
walks that got nowhere fail too (docs/flows/unlock.md has the table that the model is).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from cinnabar.centre import unlock
from cinnabar.centre.unlock import By, by_staff
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.kinds import FlowKind
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import lock
from cinnabar.passwords.lock import Lift
from cinnabar.passwords.models import Lock
from tests.support.claims import BORN, Claim, Held, with_certificate
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

T = TypeVar("T")

WALKS, LENGTH = range(6), 90
WHO = (("A123456789", BORN), ("A123456789", "19900202"), ("C123456781", BORN))
MUST_REACH = {
    *("in", "wrong", "locked", "locked for good", "unlocked by page", "unlocked by phone"),
    *("unlocked at the counter", "page: unlock-not-proved", "page: unlock-spent"),
    *("page: unlock-not-needed", "page: flow-closed", "proved", "shown in vain", "phone: spent"),
    *("phone: not-locked", "right, at a lock", "right, within a cycle"),
}


AFTER_PROOF = {
    Lift.LIFTED: None,
    Lift.SPENT: Refusal.UNLOCK_SPENT,
    Lift.NOT_LOCKED: Refusal.UNLOCK_NOT_NEEDED,
}


def answered(act: Callable[[], T]) -> T | Refusal:
    """Do it; return what it gave, or what it was refused for."""
    try:
        return act()
    except Refused as refused:
        return refused.refusal


@dataclass
class Model:
    """The lock of 王小明, as the table says."""

    first: int
    final: int
    wrong: int = 0
    total: int = 0
    locked: bool = False
    used: bool = False

    def miss(self) -> None:
        if not self.locked:
            self.wrong, self.total = self.wrong + 1, self.total + 1
            self.locked = self.wrong >= self.first or self.total >= self.final

    def hit(self) -> bool:
        if not self.locked:
            self.wrong, self.total = 0, self.total if self.used else 0
        return not self.locked

    def lift(self) -> Lift:
        if not self.locked:
            return Lift.NOT_LOCKED
        if self.used or self.total >= self.final:
            return Lift.SPENT
        self.wrong, self.locked, self.used = 0, False, True
        return Lift.LIFTED

    def anew(self) -> Lift:
        was = (self.wrong, self.total, self.locked, self.used) != (0, 0, False, False)
        self.wrong, self.total, self.locked, self.used = 0, 0, False, False
        return Lift.LIFTED if was else Lift.NOT_LOCKED


@dataclass
class Tab:
    """A claim in one browser, and what the model knows of it."""

    claim: Claim
    known: bool
    begun: datetime
    proved: bool = False
    done: bool = False


@dataclass
class People:
    """Everybody who presses something, and what should have come of it."""

    env: Env
    ming: CustomerView
    his: Held
    theirs: Held
    dice: LoadedDice
    model: Model
    reached: Counter[str]
    tabs: list[Tab] = field(default_factory=list)
    presses: int = 0

    def any(self, of: Sequence[T]) -> T:
        return of[int.from_bytes(self.dice.octets(4)) % len(of)]

    def address(self) -> str:
        """Let no address run out of tries: limits have tests of their own."""
        self.presses += 1
        return f"198.51.{self.presses // 250}.{self.presses % 250}"

    def guess(self) -> None:
        """Once, or until it locks."""
        for _ in range(self.any((1, 1, self.model.first))):
            self.guess_once()

    def guess_once(self) -> None:
        was = self.model.locked
        self.try_password(Password("demo1235"), right=False)
        self.model.miss()
        now_for_good = self.model.locked and self.model.total >= self.model.final
        self.reached["wrong"] += 1
        self.reached["locked"] += self.model.locked and not was
        self.reached["locked for good"] += now_for_good and not was

    def sign_in(self) -> None:
        right = self.model.hit()
        self.try_password(PASSWORD, right=right)
        self.reached["in" if right else "right, at a lock"] += 1
        self.reached["right, within a cycle"] += right and self.model.used

    def try_password(self, password: Password, *, right: bool) -> None:
        come = answered(lambda: sign_in(self.env, "A123456789", password, address=self.address()))
        assert (come is not Refusal.SIGN_IN_FAILED) is right

    def begin(self) -> None:
        """In one of two browsers; what was open there is given up."""
        where = self.any(("a", "b")) * 64
        who = self.any((*WHO, WHO[0], WHO[0]))
        claim = Claim(self.env, at=where, address=self.address())
        for tab in self.tabs:
            tab.done |= tab.claim.at == where
        claim.identify(*who, kind=FlowKind.UNLOCK)
        self.tabs.append(Tab(claim, who == WHO[0], self.env.clock.now()))

    def prove(self) -> None:
        """With his certificate or another's; at times from the other browser."""
        tab, held = self.tab(), self.any((self.his, self.his, self.theirs))
        claim, stolen = self.seen_from(tab)
        shown = answered(lambda: claim.prove(held, FlowKind.UNLOCK))
        if stolen or self.is_over(tab):
            assert shown is Refusal.FLOW_CLOSED
            return
        assert shown is (tab.known and held is self.his)
        tab.proved |= shown is True
        self.reached["proved" if shown is True else "shown in vain"] += 1

    def lift(self) -> None:
        tab = self.tab()
        claim, stolen = self.seen_from(tab)
        over = stolen or self.is_over(tab)
        come = answered(lambda: unlock.on_page(self.env, claim.stranger, claim.flow))
        assert come is self.expected(tab, over=over)
        tab.done |= come is None
        self.reached[f"page: {come.value}" if come else "unlocked by page"] += 1

    def expected(self, tab: Tab, *, over: bool) -> Refusal | None:
        if over:
            return Refusal.FLOW_CLOSED
        return AFTER_PROOF[self.model.lift()] if tab.proved else Refusal.UNLOCK_NOT_PROVED

    def call(self) -> None:
        done = by_staff(self.env, self.ming, by=By.PHONE, case="A-1")
        assert done is self.model.lift()
        lifted = done is Lift.LIFTED
        self.reached["unlocked by phone" if lifted else f"phone: {done.value}"] += 1

    def go_to_the_counter(self) -> None:
        done = by_staff(self.env, self.ming, by=By.COUNTER, case="A-2")
        assert done is self.model.anew()
        self.reached["unlocked at the counter"] += done is Lift.LIFTED

    def wait(self) -> None:
        assert isinstance(self.env.clock, FrozenClock)
        self.env.clock.move(timedelta(minutes=self.any((1, 5, 16))))

    def tab(self) -> Tab:
        if not self.tabs or self.any(range(6)) == 0:
            self.begin()
        return self.any(self.tabs[-3:])

    def seen_from(self, tab: Tab) -> tuple[Claim, bool]:
        if self.any(range(8)):
            return tab.claim, False
        other = Claim(self.env, at="c" * 64)
        other.flow = tab.claim.flow
        return other, True

    def is_over(self, tab: Tab) -> bool:
        return tab.done or self.env.clock.now() - tab.begun > timedelta(minutes=30)

    def stands(self) -> bool:
        """Compare the row with the model."""
        index = lock.name(self.env, self.env.firm.login.identifier("A123456789"))
        row = Lock.objects.filter(pk=index).first() or Lock(id=index)
        model = self.model
        return (row.wrong, row.total, row.locked_at is not None, row.unlocked_at is not None) == (
            model.wrong,
            model.total,
            model.locked,
            model.used,
        ) and row.in_flight == 0


PRESSES = ("guess",) * 5 + ("sign_in",) * 2 + ("begin",) + ("prove",) * 5 + ("lift",) * 5
RARE = ("call", "go_to_the_counter", "wait")


def test_in_whatever_order_things_are_pressed_the_lock_is_what_the_table_says(env, ming, company):
    his, theirs = with_certificate(env, ming), with_certificate(env, company)
    reached: Counter[str] = Counter()
    for walk in WALKS:
        first, final = env.firm.login.max_wrong, env.firm.lock.final_wrong
        people = People(env, ming, his, theirs, LoadedDice(walk), Model(first, final), reached)
        by_staff(env, ming, by=By.COUNTER, case="begin anew")
        pressed = []
        for _ in range(LENGTH):
            pressed.append(people.any(PRESSES + RARE))
            getattr(people, pressed[-1])()
            assert people.stands(), (walk, pressed)
    assert {name for name in MUST_REACH if not reached[name]} == set()


pytestmark = pytest.mark.django_db
