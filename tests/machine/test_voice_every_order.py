"""Calls that ask and change in every order, and what must be true stays true (law 2, API-04).

Two lines, two customers, few calls and few passwords, so that names are used again, questions
repeated, changes pressed too early, too late and twice. A model as simple as the page says what
each answer must be; the passwords, counted tries and calls in the database must be the model's.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from cinnabar.env import Env
from cinnabar.faces.machine import callers
from cinnabar.faces.machine.ivr import voice_app
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import store, voice
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.models import Lock
from tests.support import voice_line
from tests.support.voice import door_of, give
from tests.support.voice_line import Said, VoiceLine

WALKS, LENGTH = 6, 60
CALLS = ("c1", "c2", "c3", "c4", "c5")
DIGITS = ("73519284", "50617283", "86420975")
ODD = ("1", "19900201")
"""Too short for anybody, and the birth date of both."""
WHO = ("A123456789", "B223456782")

MUST_REACH = {
    *("verify: right", "verify: wrong", "verify: call-used", "change: changed"),
    *("change: call-not-verified", "change: call-used", "change: password-refused"),
    *("locked", "suspended", "opened", "late"),
}


@dataclass
class Customer:
    """What the model knows of one: his digits, his wrong tries, whether the line is shut."""

    digits: str = DIGITS[0]
    wrong: int = 0
    shut: bool = False


@dataclass
class Call:
    """What the model knows of one: its question, its verdict, what it was changed to."""

    question: tuple[str, str]
    right: bool
    at: datetime
    changed: str = ""


@dataclass
class World:
    """The lines and the model beside them."""

    env: Env
    lines: list[VoiceLine]
    customers: dict[str, Customer]
    ids: dict[str, int]
    calls: dict[tuple[int, str], Call] = field(default_factory=dict)
    reached: Counter[str] = field(default_factory=Counter)

    def verify(self, line: int, call: str, who: str, digits: str) -> None:
        said = told(self.lines[line].verify(call, digits, identifier=who))
        known = self.calls.get((line, call))
        if known is None:
            right = self._judged(self.customers[who], digits)
            self.calls[line, call] = known = Call((who, digits), right, self.env.clock.now())
        same = known.question == (who, digits)
        expected = ("right" if known.right else "wrong") if same else "call-used"
        self._expect("verify", said, expected)

    def _judged(self, customer: Customer, digits: str) -> bool:
        if customer.shut:
            return False
        if customer.digits == digits:
            customer.wrong = 0
            return True
        customer.wrong += 1
        customer.shut = customer.wrong >= self.env.firm.password.voice.max_wrong
        self.reached["locked"] += customer.shut
        return False

    def change(self, line: int, call: str, digits: str) -> None:
        said = told(self.lines[line].change(call, digits))
        self._expect("change", said, self._changed(self.calls.get((line, call)), digits))

    def _changed(self, known: Call | None, digits: str) -> str:
        window = self.env.firm.password.voice.change_within
        if known is None or not known.right or self.env.clock.now() - known.at > window:
            self.reached["late"] += known is not None and known.right
            return "call-not-verified"
        customer = self.customers[known.question[0]]
        if known.changed:
            return "changed" if known.changed == digits else "call-used"
        if digits in ODD:
            return "password-refused"
        if customer.shut:
            return "call-not-verified"
        customer.digits, customer.wrong, known.changed = digits, 0, digits
        return "changed"

    def suspend(self, who: str) -> None:
        with transaction.atomic():
            voice.suspend(self.env, self.ids[who])
        self.customers[who].shut = True
        self.reached["suspended"] += 1

    def new_password(self, who: str, digits: str) -> None:
        """What the page and a reissue do."""
        encoded = store.encode(self.env, self.ids[who], PasswordKind.VOICE, Password(digits))
        with transaction.atomic():
            store.put(self.env, self.ids[who], PasswordKind.VOICE, encoded, accounts=(None,))
            voice.lift(self.env, self.ids[who])
        self.reached["opened"] += self.customers[who].shut
        self.customers[who] = Customer(digits)

    def _expect(self, act: str, said: str, expected: str) -> None:
        assert said == expected
        self.reached[f"{act}: {said}"] += 1
        for who, customer in self.customers.items():
            (row,) = store.rows(self.ids[who], PasswordKind.VOICE)
            assert self.env.hasher.matching([row.encoded], Password(customer.digits)) == [True]
            lock = Lock.objects.filter(pk=voice.lock_of(self.env, self.ids[who])).first()
            found = (lock.wrong, lock.locked_at is not None) if lock else (0, False)
            assert (found[1], found[0] if not customer.shut else None) == (
                customer.shut,
                customer.wrong if not customer.shut else None,
            )


def told(said: Said) -> str:
    body = said.json()
    if said.status == 200:
        return body.get("verdict") or "changed"
    return body["type"].removeprefix("urn:cinnabar:")


@pytest.fixture
def world(env, ming, mei, tmp_path):
    keys = (voice_line.ed25519(), voice_line.p256())
    names = ("first-line", "second-line")
    pems = [voice_line.public_pem(key) for key in keys]
    callers.write(
        tmp_path / callers.FILE,
        [callers.caller(n, p, env.clock.now()) for n, p in zip(names, pems, strict=True)],
    )
    app = voice_app(env, door_of(tmp_path, env.clock))
    lines = [VoiceLine(app, env.clock, key=keys[n], name=names[n]) for n in (0, 1)]
    people = dict(zip(WHO, (ming, mei), strict=True))
    for customer in people.values():
        give(env, customer, DIGITS[0])
    ids = {who: customer.id for who, customer in people.items()}
    return World(env, lines, {who: Customer() for who in WHO}, ids)


def test_in_whatever_order_calls_ask_and_change_the_laws_hold(world, clock):
    for walk in range(WALKS):
        for who in WHO:
            world.new_password(who, DIGITS[0])
        go(world, clock, LoadedDice(walk), walk)
    assert {name for name in MUST_REACH if not world.reached[name]} == set()


def go(world: World, clock: FrozenClock, dice: LoadedDice, walk: int) -> None:
    def one(of):
        return of[int.from_bytes(dice.octets(4)) % len(of)]

    for _ in range(LENGTH):
        line, call, who = one((0, 1)), f"{walk}-{one(CALLS)}", one(WHO)
        press = one(("verify",) * 6 + ("change",) * 6 + ("suspend", "renew", "wait"))
        if press == "verify":
            world.verify(line, call, who, one(DIGITS))
        elif press == "change":
            world.change(line, call, one(DIGITS + ODD))
        elif press == "suspend":
            world.suspend(who)
        elif press == "renew":
            world.new_password(who, one(DIGITS))
        else:
            clock.move(timedelta(seconds=one((5, 200, 700))))
