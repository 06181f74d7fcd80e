"""People who press everything in any order: what a walk through the flows is made of."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from cinnabar.certificates import shares
from cinnabar.certificates.actions.issue import Issued
from cinnabar.customers import queries
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.dice import LoadedDice
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.actions import resume
from cinnabar.login.opening import SignedIn
from cinnabar.passwords.actions import set_password
from cinnabar.signer.core import LocalSigner
from tests.support.authority import AwaySigner
from tests.support.customers import add_customer
from tests.support.device import Device, new_key
from tests.support.people import PASSWORD
from tests.support.signing import sign_in
from tests.support.world import TEN_IN_TAIPEI, make_env

PEOPLE = (
    {"identifier": "A123456789", "mobile": "0958123474", "email": "fredric@example.com"},
    {"identifier": "B223456782", "mobile": "0912345678"},
)


class OverheardDice(LoadedDice):
    """Dice that remember the last text they gave: the code a customer would read on a phone."""

    heard = ""

    def text(self, alphabet: str, length: int) -> str:
        self.heard = super().text(alphabet, length)
        return self.heard


@dataclass
class Seat:
    """A customer before one browser; signs in again when the session is over."""

    env: Env
    customer: CustomerView
    address: str
    tokens: SignedIn | None = None
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    shares: list[str] = field(default_factory=list)

    def visitor(self) -> Visitor:
        if self.tokens is not None:
            tokens = self.tokens
            found = resume(self.env, tokens.session, tokens.device, address=self.address)
            if found is not None:
                return found
        return self.sign_in()

    def sign_in(self) -> Visitor:
        device = self.tokens.device if self.tokens else None
        identifier = self.customer.identifier
        self.tokens = sign_in(self.env, identifier, PASSWORD, address=self.address, device=device)
        tokens = self.tokens
        found = resume(self.env, tokens.session, tokens.device, address=self.address)
        assert found is not None
        return found

    def share(self) -> str:
        self.shares.append(shares.make(self.env, self.visitor()).id)
        return self.shares[-1]


@dataclass
class Begun:
    """A flow as its customer knows it."""

    id: str
    kind: str
    seat: Seat
    session: str
    old: str = ""
    asked_for: ec.EllipticCurvePrivateKey | None = None
    target: str = ""
    der: bytes | None = None
    over: bool = False

    def belongs_to(self, visitor: Visitor) -> bool:
        return (visitor.customer_id, visitor.session) == (self.seat.customer.id, self.session)


@dataclass
class Letter:
    """The newest code sent to a customer for a purpose, as it was meant."""

    flow: str
    target: str
    text: str
    until: datetime
    tries: int = 0
    used: bool = False

    def is_right(self, flow: Begun, typed: str, now: datetime) -> bool:
        return self.counts(flow, now) and typed == self.text

    def counts(self, flow: Begun, now: datetime) -> bool:
        alive = not self.used and self.tries < 3 and now <= self.until
        return alive and (self.flow, self.target) == (flow.id, flow.target)


class Scene:
    """Two customers with two browsers each, and what they know of their flows."""

    def __init__(self, reached: Counter[str]) -> None:
        self.clock = FrozenClock(TEN_IN_TAIPEI)
        self.dice = OverheardDice(1)
        self.env = replace(make_env(clock=self.clock), dice=self.dice)
        self.reached = reached
        self.flows: list[Begun] = []
        self.letters: dict[tuple[int, str], Letter] = {}
        self.presented: list[ec.EllipticCurvePrivateKey] = [new_key()]
        self.stranger = Device(new_key())
        self.seats = [self._seat(n) for n in range(4)]

    def _seat(self, n: int) -> Seat:
        customer = add_customer(self.env, name="王小明", **PEOPLE[n % 2])
        set_password(self.env, customer.id, PASSWORD)
        customer = queries.view(self.env, customer.id)
        return Seat(self.env, customer, address=f"203.0.113.{n}")

    def leave(self) -> None:
        """Let go of the signer's ledger."""
        assert isinstance(self.env.signer, LocalSigner)
        self.env.signer.close()

    @property
    def signerless(self) -> Env:
        return replace(self.env, signer=AwaySigner(self.env.signer))

    def at(self, seat: int) -> tuple[Seat, Visitor]:
        return self.seats[seat], self.seats[seat].visitor()

    def at_flow(self, seat: int, flow: int) -> tuple[Seat, Visitor, Begun]:
        """Return a seat and one of its open flows, newest first; a high number: anybody's."""
        at, visitor = self.at(seat)
        mine = [f for f in self.flows if f.belongs_to(visitor) and not f.over]
        pool = mine if mine and flow < 10 else self.flows
        return at, visitor, pool[-1 - flow % len(pool)]

    def key(self, begun: Begun, which: str) -> ec.EllipticCurvePrivateKey:
        if which == "same" and begun.asked_for:
            return begun.asked_for
        if which == "fresh":
            self.presented.append(new_key())
        return self.presented[-1 if which == "fresh" else 0]

    def share(self, seat: int, which: str) -> str:
        own, other = self.seats[seat].shares, self.seats[seat - 1].shares
        if which == "again" and own:
            return own[-1]
        return other[-1] if which == "foreign" and other else self.seats[seat].share()

    def old_device(self, begun: Begun) -> Device:
        """Return the device that holds the key of what the flow renews."""
        for seat in self.seats:
            if begun.old in seat.keys:
                return Device(seat.keys[begun.old])
        return self.stranger

    def typed(self, letter: Letter | None, which: str) -> str:
        length = self.env.firm.code.length
        right = letter.text if letter else "0" * length
        others = [le.text for le in self.letters.values() if le is not letter]
        if which == "another flow's" and others:
            return others[-1]
        if which == "wrong":
            return f"{(int(right) + 1) % 10**length:0{length}}"
        return right[:-1] if which == "short" else right

    def receive(self, begun: Begun, issued: Issued) -> None:
        """Look at a certificate as the device that asked for it does."""
        certificate = x509.load_der_x509_certificate(issued.der)
        assert begun.asked_for is not None
        assert certificate.public_key() == begun.asked_for.public_key()
        assert begun.der in {None, issued.der}, "one flow gave two certificates"
        begun.der = issued.der
        begun.seat.keys[issued.serial] = begun.asked_for

    @contextmanager
    def perhaps_refused(self, step: str, *, mine: bool = True) -> Iterator[None]:
        """Count what became of a step; a flow of somebody else must be closed to it."""
        refused: Refusal | None = None
        try:
            yield
        except Refused as no:
            refused = no.refusal
        self.reached[f"{step}: {refused.value}" if refused else step] += 1
        assert mine or refused is Refusal.FLOW_CLOSED, f"{step} in a flow of somebody else"
