"""A telephone with a bound soft token and the passkey that is its biometrics."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from cinnabar.env import Env
from cinnabar.firm.login import Method
from cinnabar.firm.token import Cause, Opener
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.clock import FrozenClock
from cinnabar.login.soft import biometrics
from cinnabar.login.soft.biometrics import Wish
from cinnabar.tokens.ceremony import Assertion
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import proving, suspending
from cinnabar.tokens.soft.biometrics import by_biometrics
from cinnabar.tokens.soft.signed import Signed, statement
from cinnabar.tokens.soft.standing import standing
from cinnabar.tokens.soft.terms import terms
from tests.support.passkeys import HERE, Device, text
from tests.support.soft import PIN, App, bind, row


def with_biometrics(env: Env) -> Env:
    """Return a world at a domain whose firm has a soft token with biometrics, whichever it is."""
    factor = env.firm.login.second_factor
    methods: tuple[Method, ...] = tuple(dict.fromkeys((*factor.methods, "soft-token")))
    login = replace(env.firm.login, second_factor=replace(factor, methods=methods))
    causes: tuple[Cause, ...] = (
        "password-changed",
        "new-device",
        "phone-changed",
        "unused",
        "staff",
    )
    unlock: tuple[Opener, ...] = ("pin", "biometrics")
    unused = timedelta(days=180)
    token = replace(env.firm.token, unlock=unlock, suspend_biometrics=causes, unused=unused)
    names = env.firm.app.name if env.firm.app.offered else env.firm.identity.names
    app = replace(env.firm.app, offered=True, name=names)
    firm = replace(env.firm, login=login, token=token, app=app)
    return replace(env, firm=firm, base_url=HERE)


@dataclass
class Phone:
    """A customer's telephone, on which he is signed in to the app."""

    env: Env
    visitor: Visitor
    app: App = field(default_factory=App)
    passkeys: Device = field(default_factory=Device)

    def bind(self) -> "Phone":
        bind(self.env, self.visitor.customer_id, self.app, device=self.visitor.device)
        return self

    @property
    def row(self) -> SoftToken:
        return row(self.app)

    @property
    def stands(self) -> str:
        """Say how biometrics stand: "on", "" or why they are suspended."""
        found = standing(self.env, self.row)
        return found.why or found.state

    def later(self, **time: float) -> None:
        clock = self.env.clock
        assert isinstance(clock, FrozenClock)
        clock.move(timedelta(**time))

    def sign(self, purpose: str, data: dict[str, Any], typed: str | None = None) -> Signed:
        challenge = proving.challenge(self.env, proving.bearer(self.visitor.session))
        return self.app.sign(purpose, challenge, data, typed=typed)

    def wish(self) -> Wish:
        language = self.env.firm.identity.locale
        return Wish(terms=terms(self.env, language).sha256, language=language)

    def begin(self, *, typed: str = PIN) -> dict[str, Any]:
        wish = self.wish()
        said = self.sign(biometrics.ON, {"terms": wish.terms}, typed)
        return biometrics.begin(self.env, self.visitor, said, wish)

    def switch_on(self, *, typed: str = PIN) -> None:
        """Read the terms, type the PIN, let the device make its key."""
        made = self.passkeys.make(self.begin(typed=typed))
        biometrics.finish(self.env, self.visitor, made, self.wish())

    def switch_off(self, *, typed: str = PIN) -> None:
        biometrics.switch_off(self.env, self.visitor, self.sign(biometrics.OFF, {}, typed))

    def show(self, said: Signed, purpose: str, data: dict[str, Any]) -> Assertion:
        """Let the device's key sign the octets that the token's key has signed."""
        challenge = sha256(statement(said, purpose, data)).digest()
        return self.passkeys.use({"challenge": text(challenge)})

    def use(self, purpose: str = "sign-in", data: dict[str, Any] | None = None, then=None):
        """Open something with a finger; give what `then` makes of the token."""
        sent = data or {}
        said = self.sign(purpose, sent)
        return self.send(said, purpose, sent, self.show(said, purpose, sent), then)

    def send(self, said, purpose, data, shown, then=None):
        whose = proving.bearer(self.visitor.session)
        act = then or (lambda held: held.key_id)
        return by_biometrics(self.env, whose, said, purpose, data, shown, act)


def suspend(env: Env, customer_id: int, why: str, **more: Any) -> int:
    """Suspend as an act does it, in a transaction of its own."""
    from django.db import transaction

    with transaction.atomic():
        return suspending.suspend(env, customer_id, why, **more)
