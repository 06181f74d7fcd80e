"""Biometrics, switched on, suspended and used in every order, open what they should, no more.

A model of three telephones says after each press which of them opens anything with a finger; the
PIN opens everything all the time. What the walk reached is counted.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from cinnabar.customers.models import Contact
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.actions import set_password
from cinnabar.tokens.models import Passkey
from cinnabar.tokens.soft import proving, suspending
from tests.support.biometrics import Phone, suspend, with_biometrics
from tests.support.people import visit
from tests.support.soft import PIN, WRONG

LENGTH = 110

OFTEN = [
    *(9 * ["switch_on"] + ["switch_on_wrongly", "switch_off", "copy"] + 4 * ["use"]),
    *(2 * ["change_password"] + ["change_password_quietly", "change_number"] + 2 * ["arrive"]),
    *(["bind_another", "suspend_by_staff", "wait_long"] + 2 * ["wait"] + 3 * ["work"]),
]

MUST_REACH = {"opened", "none", "suspended", "copied", "switched on", "told"}


@dataclass
class Scene:
    """Two telephones of one customer and one of another; `on` are those that open something."""

    phones: list[Phone]
    reached: Counter[str]
    on: set[int] = field(default_factory=set)
    said: int = 0

    def mine(self, at: int) -> set[int]:
        """Return the telephones of the same customer."""
        whose = self.phones[at].visitor.customer_id
        return {n for n, one in enumerate(self.phones) if one.visitor.customer_id == whose}

    def switch_on(self, at: int) -> None:
        self.phones[at].switch_on()
        self.reached["switched on"] += 1
        self.on.add(at)

    def switch_on_wrongly(self, at: int) -> None:
        with pytest.raises(Refused) as caught:
            self.phones[at].switch_on(typed=WRONG)
        assert caught.value.refusal is Refusal.TOKEN_PIN_WRONG
        self.pin(at)

    def switch_off(self, at: int) -> None:
        self.phones[at].switch_off()
        self.on.discard(at)

    def use(self, at: int) -> None:
        assert self.opens(at) == (at in self.on)

    def copy(self, at: int) -> None:
        """A copy of the key was used more often than the telephone itself."""
        if at not in self.on:
            self.switch_on(at)
        Passkey.objects.filter(token_id=self.phones[at].row.id).update(count=2**31)
        assert not self.opens(at)
        self.reached["copied"] += 1
        self.on.discard(at)

    def change_password(self, at: int) -> None:
        self.change_password_quietly(at)
        suspend(self.phones[at].env, self.phones[at].visitor.customer_id, "password-changed")

    def change_password_quietly(self, at: int) -> None:
        phone = self.phones[at]
        set_password(phone.env, phone.visitor.customer_id, Password("another99"))
        self.on -= self.mine(at)

    def change_number(self, at: int) -> None:
        number = Contact.objects.filter(
            customer_id=self.phones[at].visitor.customer_id, channel="sms"
        )
        if number.delete()[0]:
            self.on -= self.mine(at)

    def arrive(self, at: int) -> None:
        phone = self.phones[at]
        suspending.arrived(phone.env, phone.visitor.customer_id, phone.visitor.device)
        self.on -= self.mine(at) - {at}

    def bind_another(self, at: int) -> None:
        phone = self.phones[at]
        suspend(phone.env, phone.visitor.customer_id, "new-device", but=phone.row.id)
        self.on -= self.mine(at) - {at}

    def suspend_by_staff(self, at: int) -> None:
        suspending.by_staff(self.phones[at].env, self.phones[at].visitor.customer_id, case="C-1")
        self.on -= self.mine(at)

    def wait(self, at: int) -> None:
        self.phones[at].later(minutes=1)

    def wait_long(self, at: int) -> None:
        self.phones[at].later(days=181)
        self.on.clear()

    def work(self, at: int) -> None:
        suspending.settle(self.phones[at].env)
        suspending.look_all(self.phones[at].env)

    def opens(self, at: int) -> bool:
        try:
            assert self.phones[at].use() == self.phones[at].app.key_id
        except Refused as refused:
            known = {Refusal.BIOMETRICS_NONE: "none", Refusal.BIOMETRICS_SUSPENDED: "suspended"}
            self.reached[known[refused.refusal]] += 1
            return False
        self.reached["opened"] += 1
        return True

    def pin(self, at: int) -> None:
        """The other way is there whatever becomes of this one (BIO-02)."""
        phone = self.phones[at]
        said = phone.sign("try", {}, PIN)
        whose = proving.bearer(phone.visitor.session)
        assert proving.by_pin(phone.env, whose, said, "try", {}, lambda held: held.key_id)

    def look(self) -> None:
        """Compare every telephone with the model; nobody is suspended without being told."""
        for at, phone in enumerate(self.phones):
            assert (phone.stands == "on") == (at in self.on), (at, phone.stands)
            live = Passkey.objects.filter(token_id=phone.row.id, stopped_at=None).count()
            assert live <= 1
            if phone.row.biometrics != "on":
                assert live == 0
        said = Entry.objects.filter(event=Event.BIOMETRICS_SUSPENDED).count()
        self.reached["told"] += said > self.said
        self.said = said


@pytest.fixture
def env(env):
    return with_biometrics(env)


@pytest.fixture
def phones(env, ming, mei):
    """Two telephones of 王小明, one of 陳美華."""
    made = [Phone(env, replace(visit(env, one), channel="mobile")) for one in (ming, ming, mei)]
    for one in made:
        one.bind()
        # Something to show before biometrics are on: a key that the host has never seen.
        one.passkeys.make({"challenge": "AAAA", "user": {"id": "AAAA"}})
    return made


def test_in_whatever_order_a_finger_opens_what_stands_and_the_pin_everything(phones):
    scene, dice = Scene(phones, Counter()), LoadedDice(1)
    pressed = []
    for _ in range(LENGTH):
        name, at = pick(dice, OFTEN), pick(dice, range(len(phones)))
        pressed.append((name, at))
        phones[at].later(seconds=1)
        getattr(scene, name)(at)
        scene.look()
        assert scene.opens(at) == (at in scene.on), pressed
        scene.pin(at)
    assert {name for name in MUST_REACH if not scene.reached[name]} == set(), scene.reached


def pick(dice, of):
    return of[int.from_bytes(dice.octets(4)) % len(of)]
