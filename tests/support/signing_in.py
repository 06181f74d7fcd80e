"""Two customers and three browsers pressing everything of a sign-in in stages, in any order.

Whoever presses overhears every code: what keeps a session from opening then is that a code counts
for its own flow, browser and channel, and for nothing else.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from cinnabar.customers import queries
from cinnabar.flows.models import Flow
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.actions import Half, sign_in
from cinnabar.login.stages import factor_certificate, second
from cinnabar.passwords.actions import set_password
from cinnabar.signer.core import LocalSigner
from tests.support.claims import with_certificate
from tests.support.customers import add_customer
from tests.support.people import PASSWORD
from tests.support.second import asking, other
from tests.support.walk import OverheardDice
from tests.support.world import TEN_IN_TAIPEI, make_env

BROWSERS = ("a" * 64, "b" * 64, "c" * 64)
AT = (0, 1, 2)


class SigningIn:
    """The scene of one walk. Each method is a press; its options are drawn by dice."""

    def __init__(self, reached: Counter[str], identifiers: tuple[str, str]) -> None:
        self.clock = FrozenClock(TEN_IN_TAIPEI)
        self.dice = OverheardDice(1)
        plain = replace(make_env(clock=self.clock), dice=self.dice)
        self.env, self.reached = asking(plain), reached
        self.people = [
            add_customer(
                self.env,
                identifier=identifier,
                name="王大明",
                mobile=mobile,
                email=f"customer{mobile}@example.com",
            )
            for identifier, mobile in zip(identifiers, self._mobiles(), strict=True)
        ]
        for person in self.people:
            set_password(self.env, person.id, PASSWORD)
        self.known = {person.id: PASSWORD for person in self.people}
        self.held = with_certificate(self.env, self.people[0]) if self._has_any() else None
        self.flows: dict[int, str] = {}
        self.codes = ["0" * self.env.firm.sign_in_code.length]
        self.made = 0

    def _mobiles(self) -> tuple[str, str]:
        foreign = self.env.firm.identity.locale == "zh-Hant-HK"
        return ("51234567", "61234567") if foreign else ("0912345670", "0912345671")

    def _has_any(self) -> bool:
        return self.env.firm.offers_certificates

    def leave(self) -> None:
        assert isinstance(self.env.signer, LocalSigner)
        self.env.signer.close()

    def type(self, at: int, whose: int, right: str) -> None:
        person = self.people[whose]
        typed = self.known[person.id] if right == "right" else Password("neither1")
        identifier = queries.view(self.env, person.id).identifier
        with self.perhaps_refused("type"):
            come = sign_in(self.env, self.at(at), identifier, typed)
            assert isinstance(come, Half), "a password alone was enough"
            self.flows[at] = come.flow

    def ask(self, at: int, channel: str) -> None:
        with self.perhaps_refused("ask"):
            second.ask_code(self.env, self.at(at), self.flow(at), channel)
            self.codes.append(self.dice.heard)

    def enter(self, at: int, which: str) -> None:
        newest = self.codes[-1]
        older = self.codes[-2] if len(self.codes) > 1 else newest
        typed = {"newest": newest, "older": older, "wrong": other(newest)}[which]
        with self.perhaps_refused("enter"):
            second.try_code(self.env, self.at(at), self.flow(at), typed, None)

    def certificate(self, at: int) -> None:
        if self.held is None:
            return
        with self.perhaps_refused("certificate"):
            stranger, flow = self.at(at), self.flow(at)
            _, claimant = second.at_step(self.env, stranger, flow)
            text = factor_certificate.challenge(self.env, claimant, flow)
            signed = (text, self.held.sign(self.env, text))
            come = second.by_certificate(self.env, stranger, flow, signed, None)
            self.reached[f"certificate: {come is not None}"] += 1

    def give_up(self, at: int) -> None:
        with self.perhaps_refused("give up"):
            second.leave(self.env, self.at(at), self.flow(at))

    def change_password(self, whose: int) -> None:
        """As a reissue does it: whatever the old one opened must not open any more."""
        self.made += 1
        person = self.people[whose]
        self.known[person.id] = Password(f"Kite{self.made:04}")
        set_password(self.env, person.id, self.known[person.id])

    def wait(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)

    def go_on(self, at: int) -> None:
        """Do what the page would ask next, so that walks arrive somewhere."""
        flow = Flow.objects.filter(pk=self.flows.get(at, ""), state="open").first()
        if flow is None or flow.expires_at < self.clock.now():
            self.type(at, at % 2, "right")
        elif not flow.target:
            self.ask(at, "sms")
        else:
            self.enter(at, "newest")

    def at(self, browser: int) -> Stranger:
        return Stranger(visit=BROWSERS[browser], address=f"203.0.113.{browser}")

    def flow(self, at: int) -> str:
        """Return the browser's own flow; without one, anybody's."""
        return self.flows.get(at) or next(iter(self.flows.values()), "none")

    @contextmanager
    def perhaps_refused(self, step: str) -> Iterator[None]:
        try:
            yield
        except Refused as no:
            self.reached[f"{step}: {no.refusal.value}"] += 1
            return
        self.reached[step] += 1


PRESSES: Mapping[str, tuple[int, Mapping[str, tuple[object, ...]]]] = {
    "go_on": (10, {"at": AT}),
    "type": (3, {"at": AT, "whose": (0, 1), "right": ("right", "right", "wrong")}),
    "ask": (4, {"at": AT, "channel": ("sms", "email", "fax")}),
    "enter": (5, {"at": AT, "which": ("newest", "older", "wrong")}),
    "certificate": (3, {"at": AT}),
    "give_up": (1, {"at": AT}),
    "change_password": (1, {"whose": (0, 1)}),
    "wait": (5, {"seconds": (1, 61, 61, 301, 700, 90_000)}),
}
"""What can be pressed: how often, and with which options."""
