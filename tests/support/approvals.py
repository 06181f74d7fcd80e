"""A customer with the app on the phone, and pages that ask it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Self

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.login.opening import SignedIn
from cinnabar.login.soft import approvals, denied, factor_token
from cinnabar.login.stages import second
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.soft import proving, questions
from cinnabar.tokens.soft.signed import Signed
from tests.support.second import Visit, asking
from tests.support.soft import PIN, App, bind

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def asking_tokens(env: Env, **policy: Any) -> Env:
    """Return the world under a firm that asks at every sign-in and takes a soft token."""
    made = asking(env)
    app = replace(made.firm.app, token_unregistered="explain")
    token = replace(made.firm.token, **{"delay": timedelta(0), **policy})
    return replace(made, firm=replace(made.firm, app=app, token=token))


@dataclass
class Page(Visit):
    """A page on which the right password was typed, and on which the app is asked."""

    def ask_app(self) -> Self:
        _, claimant = second.at_step(self.env, self.stranger, self.flow)
        factor_token.ask(self.env, claimant, self.flow, AGENT)
        return self

    def standing(self) -> questions.Standing | None:
        flow, claimant = second.at_step(self.env, self.stranger, self.flow)
        return factor_token.standing(self.env, claimant, flow)

    @property
    def number(self) -> str:
        found = self.standing()
        assert found is not None
        return found.number

    def go(self) -> SignedIn:
        _, claimant = second.at_step(self.env, self.stranger, self.flow)

        def then(proved: frozenset[str]) -> SignedIn:
            return second.accept(self.env, self.stranger, self.flow, proved, self.device)

        return factor_token.go(self.env, claimant, self.flow, then)


@dataclass
class Phone:
    """The app of one customer; `at` is the visit of its browser."""

    env: Env
    app: App
    at: str = "5" * 64
    bearer: Bearer = field(init=False)

    def __post_init__(self) -> None:
        self.bearer = proving.bearer(self.at)

    def sign(self, purpose: str, data: dict[str, Any], typed: str | None = None) -> Signed:
        challenge = proving.challenge(self.env, self.bearer)
        return self.app.sign(purpose, challenge, data, typed=typed)

    def waiting(self) -> list[dict[str, Any]]:
        signed = self.sign("approvals", {})
        return [dict(one) for one in approvals.waiting(self.env, self.bearer, signed)]

    def seen(self, name: str | None = None) -> dict[str, Any]:
        """Return what is shown of an approval, the newest if none is named, as it is signed."""
        found = next(one for one in self.waiting() if name in {None, one["approval"]})
        return {key: value for key, value in found.items() if key != "left"}

    def approve(
        self, number: str, seen: dict[str, Any] | None = None, pin: str = PIN, **lies: Any
    ) -> None:
        seen = seen or self.seen()
        data = {**seen, "number": number, **lies}
        signed = self.sign("approve", data, pin)
        self.send(signed, seen["approval"], number)

    def send(self, signed: Signed, name: str, number: str) -> None:
        opened = approvals.Opened(prove=proving.by_pin, factors=approvals.BY_PIN)
        approvals.approve(self.env, self.bearer, signed, (name, number), opened)

    def cancel(self, seen: dict[str, Any] | None = None) -> None:
        seen = seen or self.seen()
        signed = self.sign("cancel", seen)
        approvals.cancel(self.env, self.bearer, signed, seen["approval"])

    def deny(self, seen: dict[str, Any] | None = None) -> None:
        seen = seen or self.seen()
        signed = self.sign("deny", seen)
        denied.deny(self.env, self.bearer, signed, seen["approval"])


def phone_of(env: Env, customer: CustomerView, **more: Any) -> Phone:
    """Return the phone of a customer whose token is bound."""
    return Phone(env, bind(env, customer, **more))


def wrong(number: str) -> str:
    """Return another number of the same length."""
    return f"{(int(number) + 1) % 10 ** len(number):0{len(number)}}"
