"""Somebody at a browser who has not signed in, and goes through a reissue."""

import re
from dataclasses import dataclass, field
from typing import Self

from cinnabar.centre import certificate, finish, identify, reissue
from cinnabar.certificates import challenges
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.kernel.secrets import Digits, Password
from tests.pki.test_cms import Made
from tests.support.centre import Customer
from tests.support.customers import add_customer
from tests.support.device import Device
from tests.support.mail import received
from tests.support.people import visit

BORN = "19900201"
NEW = Password("pekoe2027tea")
"""Fits both firm files but for its length in Taiwan; see `own_password`."""

LINES = "securities:台北分公司:8840-0012345;futures:期貨台北分公司:9020-0067890;overseas:複委託:1"


def own_password(env: Env) -> Password:
    """Return a password that the firm's rules let pass."""
    return Password(NEW.reveal()[: env.firm.password.login.max])


def with_accounts(env: Env, *, consolidated: bool) -> CustomerView:
    """王大明: three accounts, both contacts."""
    return add_customer(
        env,
        identifier="A123456789",
        name="王大明",
        mobile="0958123474",
        email="fredric@example.com",
        accounts=LINES,
        consolidated="yes" if consolidated else "no",
    )


def with_certificate(env: Env, customer: CustomerView) -> "Held":
    """Let the customer apply at his own computer, signed in."""
    at_home = Customer(env, visit(env, customer))
    return Held(device=at_home.device, der=at_home.apply().der)


def pass_code(env: Env) -> str:
    """Return the newest pass code that came, by whatever way."""
    digits = rf"(?<![\d-])\d{{{env.firm.pass_code.length}}}(?![\d-])"
    letters = (one for one in received(env) if re.search("通行碼|臨時驗證碼|pass code", one.text))
    found = re.search(digits, next(letters).text)
    assert found
    return found.group()


@dataclass(frozen=True)
class Held:
    """A certificate with its key."""

    device: Device
    der: bytes

    def sign(self, env: Env, text: str) -> bytes:
        at = env.clock.now().replace(microsecond=0)
        return Made(key=self.device.key, at=at).sign(self.der, challenges.claim_statement(text))


@dataclass
class Claim:
    """A browser and the reissue in it."""

    env: Env
    at: str = "a" * 64
    address: str = "198.51.100.7"
    flow: str = ""
    stranger: Stranger = field(init=False)

    def __post_init__(self) -> None:
        self.stranger = Stranger(visit=self.at, address=self.address)

    def identify(
        self,
        identifier: str = "A123456789",
        birth: str = BORN,
        kind: FlowKind = FlowKind.REISSUE,
    ) -> Self:
        self.flow = identify.identify(self.env, self.stranger, kind, identifier, birth).id
        return self

    def prove(self, held: Held, kind: FlowKind = FlowKind.REISSUE) -> bool:
        place = certificate.Place(kind, self.flow)
        text = certificate.challenge(self.env, self.stranger, place)
        return certificate.prove(self.env, self.stranger, place, text, held.sign(self.env, text))

    @property
    def place(self) -> certificate.Place:
        return certificate.Place(FlowKind.REISSUE, self.flow)

    @property
    def claimant(self) -> Claimant:
        return reissue.at_step(self.env, self.stranger, self.flow)[1]

    def accounts(self) -> dict[str, str]:
        """Return the ids of what is offered, by business line."""
        offered = reissue.offer(self.env, self.claimant).accounts
        return {one.line.value: str(one.id) for one in offered}

    def request(self, account: str = "", channel: str = "sms") -> Self:
        reissue.request(self.env, self.stranger, self.flow, account, channel)
        return self

    def code(self) -> str:
        """Look at the newest message."""
        return pass_code(self.env)

    def verify(self, code: str | None = None) -> Digits | None:
        reissue.try_code(self.env, self.stranger, self.flow, code or self.code())
        return finish.initial(self.env, self.stranger, self.flow)

    def finish(self, password: Password | None = None) -> None:
        own = password or own_password(self.env)
        finish.finish(self.env, self.stranger, self.flow, own)

    def view(self) -> FlowView:
        return reissue.at_step(self.env, self.stranger, self.flow)[0]


def ready_to_finish(env: Env, held: Held, account: str = "", **where: str) -> Claim:
    """Everything of a reissue with a certificate but the customer's own password."""
    claim = Claim(env, **where).identify()
    assert claim.prove(held)
    claim.request(account).verify()
    return claim
