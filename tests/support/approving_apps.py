"""Apps that answer what pages ask, and what becomes of them meanwhile, in any order.

Customer 0 has two telephones. Whoever presses knows every number that was ever shown, and holds
every app; he has no PIN but the one he types.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from django.db import transaction

from cinnabar.centre.change import Wish, change
from cinnabar.customers.locks import lock_customer
from cinnabar.kernel.secrets import Password
from cinnabar.login.soft import approvals, denied
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions
from cinnabar.tokens.soft.signed import Signed
from tests.support.approvals import Phone, phone_of, wrong
from tests.support.approving import DELAY, SEATS, SESSIONS, Asking
from tests.support.approving_model import Asked, open_flow
from tests.support.signing_in import AT, PRESSES
from tests.support.soft import PIN, WRONG, App

OWNERS = (0, 0, 1)
"""Whose each app is."""

APPS = (0, 1, 2)
_TYPED = {"right": PIN, "wrong": WRONG, "none": None}


class Approving(Asking):
    """The whole scene of one walk."""

    def __init__(self, reached: Counter[str], identifiers: tuple[str, str]) -> None:
        super().__init__(reached, identifiers)
        self.phones = [self._bind(app) for app in APPS]
        self.clock.move(DELAY)
        self.overheard: list[tuple[int, Signed, str, str]] = []

    def _bind(self, app: int) -> Phone:
        made = phone_of(self.env, self.people[OWNERS[app]], app=App())
        return Phone(self.env, made.app, at=f"{app:064}")

    def asked(self, which: str) -> Asked | None:
        """Return an approval: the newest, the one before it, or the first of all."""
        every = self.model.asked
        at = {"newest": -1, "before": -min(2, len(every)), "first": 0}[which]
        return every[at] if every else None

    def pull(self, app: int) -> None:
        """Look what waits: all that waits for this customer, and nothing else."""
        token = SoftToken.objects.get(key_id=self.phones[app].app.key_id)
        with self.perhaps_refused("pull"):
            found = {one["approval"] for one in self.phones[app].waiting()}
            said = self.model.waiting(token.customer_id, self.now)
            self.compare("pull", said=True, done=found == said)

    def approve(self, app: int, which: str, number: str, pin: str) -> None:
        one = self.asked(which)
        if one is None:
            return
        typed = self._number(one, number)
        phone, key = self.phones[app], self.phones[app].app.key_id
        looked_at = pin == "right" and self.model.may_type(one, key, self.now)
        signed = phone.sign("approve", {**one.seen, "number": typed}, _TYPED[pin])
        self.overheard.append((app, signed, one.name, typed))
        done = False
        with self.perhaps_refused("approve"):
            phone.send(signed, one.name, typed)
            done = True
        self.compare("approve", said=looked_at and typed == one.number, done=done)
        if looked_at:
            self.model.typed(one, typed, key, self.now)

    def _number(self, one: Asked, which: str) -> str:
        others = [other.number for other in self.model.asked if other.number != one.number]
        if which == "another's" and others:
            return others[-1]
        return one.number if which == "right" else wrong(one.number)

    def guess(self, app: int) -> None:
        """Try PINs until there is nothing more to try."""
        for _ in range(self.env.firm.token.pin_max_wrong):
            self.approve(app, "newest", "right", "wrong")

    def replay(self) -> None:
        """Hand in once more what was signed before."""
        if self.overheard:
            app, signed, name, typed = self.overheard[-1]
            done = False
            with self.perhaps_refused("replay"):
                self.phones[app].send(signed, name, typed)
                done = True
            self.compare("replay", said=False, done=done)

    def cancel(self, app: int, which: str) -> None:
        one = self.asked(which)
        if one is not None and self._answer("cancel", app, one, approvals.cancel):
            one.state = "over"

    def deny(self, app: int, which: str) -> None:
        """Say that it was not me."""
        one = self.asked(which)
        if one is not None and self._answer("deny", app, one, denied.deny):
            self.model.denied(one)

    def _answer(self, purpose: str, app: int, one: Asked, act: Callable[..., None]) -> bool:
        phone = self.phones[app]
        said, done = self.model.may_answer(one, phone.app.key_id, self.now), False
        signed = phone.sign(purpose, one.seen)
        with self.perhaps_refused(purpose):
            act(self.env, phone.bearer, signed, one.name)
            done = True
        self.compare(purpose, said=said, done=done)
        return done

    # What becomes of apps and of those who were restricted.

    def suspend(self, app: int) -> None:
        self._end("suspend", app, lambda token: actions.suspend(self.env, token, "lost"))

    def lift(self, app: int) -> None:
        """Let it open again what it opened; a locked one is bound anew."""
        if self._state(app) == SoftToken.LOCKED:
            self.bind_anew(app, "nothing")
        self._end("lift", app, lambda token: actions.lift(self.env, token))

    def bind_anew(self, app: int, then: str) -> None:
        """Bind another token there; where it `answers`, it does so at once, to a step-up."""
        self._end("clear", app, lambda token: actions.clear(self.env, token, "removed"))
        self.phones[app] = self._bind(app)
        if then == "answers":
            self.ask_app(next(at for at, one in SESSIONS.items() if one == OWNERS[app]), "own")
            self.approve(app, "newest", "right", "right")

    def by_code(self, seat: int, typed: str) -> None:
        """Take another way; what the app says after that is said too late."""
        super().by_code(seat, typed)
        if typed == "answered":
            mine = [one for one in self.model.asked if one.flow == self.flows.get(seat)]
            if mine and mine[-1] is self.model.asked[-1]:
                self.approve(self._app_of(mine[-1]), "newest", "right", "right")
            self.go(seat, "own")

    def _end(self, name: str, app: int, act: Callable[[str], bool]) -> None:
        token = SoftToken.objects.get(key_id=self.phones[app].app.key_id)
        with transaction.atomic():
            lock_customer(token.customer_id)
            self.reached[f"{name}: {act(token.id)}"] += 1

    def _whom(self, whose: int | str) -> int:
        """Name one of the two, or who is restricted, if anybody is."""
        shut = [n for n, one in enumerate(self.people) if one.id in self.model.restricted]
        return whose if isinstance(whose, int) else (*shut, 0)[0]

    def allow(self, whose: int | str) -> None:
        """Staff have spoken to the customer."""
        person = self.people[self._whom(whose)]
        done = denied.allow(self.env, person.id, person.subject, case="2026-7")
        self._lifted("allow", person.id, done=done)

    def new_password(self, whose: int | str) -> None:
        """The customer changes it himself."""
        owner = self._whom(whose)
        seat = next(at for at, one in SESSIONS.items() if one == owner)
        person, visitor = self.people[owner], self.visitor(seat)
        self.made += 1
        old, new = self.known[person.id], Password(f"Kite{self.made:04}")
        wish = Wish(kind=PasswordKind.LOGIN, old=old, new=new)
        token = change(self.env, visitor, [wish], account=None, voice=False)
        self.cookies[seat] = token, self.cookies[seat][1]
        self.known[person.id] = new
        self._lifted("password", person.id, done=person.id in self.model.restricted)

    def _lifted(self, how: str, customer_id: int, *, done: bool) -> None:
        self.compare(how, said=customer_id in self.model.restricted, done=done)
        self.model.restricted.discard(customer_id)
        self.reached[f"{how}: {done}"] += 1

    def onward(self, seat: int) -> None:
        """Do what comes next at a seat, so that walks arrive somewhere."""
        flow = open_flow(self.flows.get(seat, ""), self.now)
        if flow is None and seat not in SESSIONS:
            self.type(seat, seat % 2, "right")
            return
        name = self.pick(seat, "own")
        mine = [one for one in self.model.asked if one.flow == name]
        if mine and mine[-1].state == "given":
            self.go(seat, "own")
        elif mine and mine[-1].name in self.model.waiting(mine[-1].whose, self.now):
            self.approve(self._app_of(mine[-1]), self._place_of(mine[-1]), "right", "right")
        else:
            self.ask_app(seat, "own")

    def _app_of(self, one: Asked) -> int:
        """Name an app that could answer; where there is none, one that could not."""
        his = [app for app in APPS if self.people[OWNERS[app]].id == one.whose]
        able = [app for app in his if self._state(app) == SoftToken.ACTIVE]
        return (*able, *his)[0]

    def _state(self, app: int) -> str:
        return SoftToken.objects.get(key_id=self.phones[app].app.key_id).state

    def _place_of(self, one: Asked) -> str:
        return "newest" if one is self.model.asked[-1] else "before"


WHICH = {"app": APPS, "which": ("newest", "newest", "before", "first")}
OWN = {"seat": SEATS, "which": ("own", "own", "own", "another's")}
WAYS: Mapping[str, tuple[int, Mapping[str, tuple[object, ...]]]] = {
    "onward": (14, {"seat": SEATS}),
    "type": (2, {"at": AT, "whose": (0, 1), "right": ("right",)}),
    "ask_app": (6, OWN),
    "by_code": (4, {"seat": SEATS, "typed": ("typed", "typed", "answered")}),
    "go": (5, OWN),
    "enter": (1, PRESSES["enter"][1]),
    "give_up": PRESSES["give_up"],
    "change_password": PRESSES["change_password"],
    "pull": (3, {"app": APPS}),
    "approve": (
        8,
        {
            **WHICH,
            "number": ("right", "right", "wrong", "another's"),
            "pin": ("right", "right", "right", "wrong", "none"),
        },
    ),
    "guess": (1, {"app": APPS}),
    "replay": (1, {}),
    "cancel": (3, WHICH),
    "deny": (3, WHICH),
    "suspend": (1, {"app": APPS}),
    "lift": (4, {"app": APPS}),
    "bind_anew": (1, {"app": APPS, "then": ("answers", "answers", "nothing")}),
    "allow": (2, {"whose": (0, "restricted", "restricted")}),
    "new_password": (1, {"whose": (1, "restricted", "restricted")}),
    "wait": (4, {"seconds": (1, 31, 61, 121, 601, 1801, 4000)}),
}
"""What can be pressed: how often, and with which options."""
