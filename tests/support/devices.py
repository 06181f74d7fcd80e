"""Somebody's browser at the sign-in: it keeps the cookies it is given, or a copy of them."""

from dataclasses import dataclass, replace
from typing import Literal, Self

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login.actions import resume
from cinnabar.login.opening import SignedIn
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)


@dataclass
class Machine:
    """A browser on somebody's machine."""

    env: Env
    address: str = "192.0.2.10"
    agent: str = CHROME
    device: Secret | None = None
    session: Secret | None = None

    def sign_in(self, customer: CustomerView, password: Password = PASSWORD) -> Visitor:
        """Sign in, keep the cookies as the answer sets them, and go on to the first page."""
        tokens = self.ask_in(customer, password)
        self.session = tokens.session
        if not tokens.device_stays:
            self.device = tokens.device
        found = self.visitor()
        assert found is not None
        return found

    def ask_in(self, customer: CustomerView, password: Password = PASSWORD) -> SignedIn:
        """Sign in; the answer is on its way and has not arrived."""
        return sign_in(
            self.env,
            customer.identifier,
            password,
            address=self.address,
            device=self.device,
            agent=self.agent,
        )

    def try_in(self, customer: CustomerView, password: Password) -> Refusal | None:
        """Return what a try is refused for, None if it opens a session."""
        try:
            self.sign_in(customer, password)
        except Refused as refused:
            return refused.refusal
        return None

    def visitor(self) -> Visitor | None:
        """Come back with the cookies."""
        assert self.session is not None
        return resume(self.env, self.session, self.device, address=self.address)

    def copied(self, *, address: str = "203.0.113.66") -> Self:
        """Return what a thief of its cookies has."""
        return replace(self, address=address)


def telling(env: Env, sign_ins: Literal["new-device", "every"]) -> Env:
    """Return the same world under a firm that tells of these sign-ins."""
    notify = replace(env.firm.notify, sign_ins=sign_ins)
    return replace(env, firm=replace(env.firm, notify=notify))
