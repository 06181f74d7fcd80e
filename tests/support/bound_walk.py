"""Two customers, three browsers and the tokens bound in two of them, pressing in any order.

Browser 0 is a phone that both use, browser 1 the second customer's own, browser 2 has no token.
Whoever presses has every app and every statement that was ever signed; he has no cookie but the
browser's own, and no PIN but what he types.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from cinnabar.customers import queries
from cinnabar.customers.locks import lock_customer
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login import devices
from cinnabar.login.actions import Half, resume, sign_in
from cinnabar.login.models import Session
from cinnabar.login.opening import SignedIn
from cinnabar.login.soft import bound_device, bound_factor
from cinnabar.login.soft.bound_device import Browser
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, proving
from cinnabar.tokens.soft.signed import Signed
from tests.support.biometrics import Phone, suspend, with_biometrics
from tests.support.bound import bound_here, with_token
from tests.support.passkeys import UP, UV
from tests.support.second import asking
from tests.support.signing import proved
from tests.support.signing_in import AT, BROWSERS, PRESSES, SigningIn
from tests.support.soft import PIN, WRONG, App

BOUND = ((0, 0), (1, 0), (1, 1))
"""Whose token is in which browser."""

_TYPED = {"right": PIN, "wrong": WRONG, "none": None}


@dataclass
class Opened:
    """What the last press would have opened, were it let in: by whose app, in which browser."""

    app: int
    at: int
    typed: str = "none"
    verified: bool = False


class BoundSigningIn(SigningIn):
    """The scene of one walk, with tokens."""

    def __init__(self, reached: Counter[str], identifiers: tuple[str, str]) -> None:
        super().__init__(reached, identifiers)
        env = asking(with_biometrics(with_token(self.env)), methods=("sms", "soft-token"))
        # Few, so that walks get there.
        token = replace(env.firm.token, pin_max_wrong=3)
        self.env = replace(env, firm=replace(env.firm, token=token))
        self.held = None  # certificates have a walk of their own
        self.cookies: dict[int, Secret] = {}
        self.phones = [self._bind(whose, at) for whose, at in BOUND]
        self.off = set[int]()
        self.wrong = Counter[int]()
        self.last: Opened | None = None
        self.overheard: list[Signed] = []

    @property
    def apps(self) -> list[App]:
        return [phone.app for phone in self.phones]

    def _bind(self, whose: int, at: int) -> Phone:
        """Bind a token, and switch its biometrics on."""
        tokens = self._whole(whose, at)
        app = bound_here(self.env, self.people[whose].id, tokens)
        address = self.at(at).address
        visitor = resume(self.env, tokens.session, tokens.device, address=address, channel="mobile")
        assert visitor is not None
        phone = Phone(self.env, visitor, app=app)
        phone.switch_on()
        return phone

    def _whole(self, whose: int, at: int) -> SignedIn:
        """Sign in with everything that is asked."""
        person = self.people[whose]
        identifier = queries.view(self.env, person.id).identifier
        come = sign_in(
            self.env, self.at(at), identifier, self.known[person.id], device=self.cookies.get(at)
        )
        assert isinstance(come, Half)
        tokens = proved(self.env, self.at(at), come.flow, self.cookies.get(at))
        self._keep(at, tokens)
        return tokens

    def _keep(self, at: int, tokens: SignedIn) -> None:
        self.cookies[at] = tokens.device

    def at(self, browser: int) -> Stranger:
        here = f"203.0.113.{browser}"
        return Stranger(visit=BROWSERS[browser], address=here, channel="mobile")

    def type(self, at: int, whose: int, right: str) -> None:
        person = self.people[whose]
        typed = self.known[person.id] if right == "right" else Password("neither1")
        identifier = queries.view(self.env, person.id).identifier
        with self.perhaps_refused("type"):
            come = sign_in(self.env, self.at(at), identifier, typed, device=self.cookies.get(at))
            assert isinstance(come, Half), "a password alone was enough"
            self.flows[at] = come.flow

    def pin(self, at: int, app: int, typed: str) -> None:
        """Sign in without the password."""
        self.last = Opened(app, at, typed)
        signed = self._sign(at, app, bound_device.PURPOSE, {}, _TYPED[typed])
        with self.perhaps_refused("pin"):
            self._enter(at, signed)

    def pin_here(self, app: int, typed: str) -> None:
        """The same in the browser where the token was bound."""
        self.pin(BOUND[app][1], app, typed)

    def key_here(self, app: int) -> None:
        """Type the password and go on from there with the key."""
        whose, at = BOUND[app]
        self.type(at, whose, "right")
        self.by_key(at, app)

    def owner_here(self, app: int, verified: str) -> None:
        """Sign in by biometrics where the token was bound; the device knows its owner, or not."""
        at = BOUND[app][1]
        self.last = Opened(app, at, verified=verified == "verified")
        signed = self._sign(at, app, bound_device.PURPOSE, {}, None)
        phone = self.phones[app]
        phone.passkeys.flags = UP | UV if self.last.verified else UP
        shown = phone.show(signed, bound_device.PURPOSE, {})
        with self.perhaps_refused("owner"):
            browser = Browser(stranger=self.at(at), device=self.cookies.get(at))
            self._keep(at, bound_device.by_biometrics(self.env, browser, signed, shown))

    def suspend_biometrics(self, whose: int) -> None:
        suspend(self.env, self.people[whose].id, "staff")
        self._forget(whose)

    def change_password(self, whose: int) -> None:
        super().change_password(whose)
        self._forget(whose)

    def _forget(self, whose: int) -> None:
        self.off |= {app for app, (owner, _) in enumerate(BOUND) if owner == whose}

    def replay(self, at: int) -> None:
        """Hand in something that was signed before, wherever that was."""
        if self.overheard:
            with self.perhaps_refused("replay"):
                self._enter(at, self.overheard[0])

    def _enter(self, at: int, signed: Signed) -> None:
        browser = Browser(stranger=self.at(at), device=self.cookies.get(at))
        self._keep(at, bound_device.by_pin(self.env, browser, signed))

    def by_key(self, at: int, app: int) -> None:
        """Go on from a right password with the key of the device."""
        self.last, flow = Opened(app, at), self.flow(at)
        signed = self._sign(at, app, bound_factor.SECOND, {"flow": flow}, None)
        with self.perhaps_refused("by key"):
            cookie = self.cookies.get(at)
            tokens = bound_factor.sign_in(self.env, self.at(at), flow, signed, cookie)
            self._keep(at, tokens)

    def _sign(
        self, at: int, app: int, purpose: str, data: dict[str, str], pin: str | None
    ) -> Signed:
        bearer = proving.bearer(self.at(at).visit)
        challenge = proving.challenge(self.env, bearer)
        signed = self.apps[app].sign(purpose, challenge, data, typed=pin)
        self.overheard = [*self.overheard[-3:], signed]
        return signed

    def suspend(self, app: int) -> None:
        self._act("suspend", app)

    def lift(self, app: int) -> None:
        self._act("lift", app)

    def _act(self, verb: str, app: int) -> None:
        token = SoftToken.objects.get(key_id=self.apps[app].key_id)
        with transaction.atomic():
            lock_customer(token.customer_id)
            done = (
                actions.suspend(self.env, token.id, "lost")
                if verb == "suspend"
                else actions.lift(self.env, token.id)
            )
        self.reached[f"{verb}: {done}"] += 1

    def put_out(self, whose: int) -> None:
        """End every device of a customer, as "not me" does."""
        devices.end_all(self.env, self.people[whose].id)
        Session.objects.filter(customer_id=self.people[whose].id, ended_at=None).update(
            ended_at=self.clock.now()
        )

    def bind_anew(self, app: int) -> None:
        """Come in with everything once more, and bind a new token there."""
        whose, at = BOUND[app]
        with self.perhaps_refused("bind anew"):
            self.phones[app] = self._bind(whose, at)
            self.off.discard(app)


WAYS: Mapping[str, tuple[int, Mapping[str, tuple[object, ...]]]] = {
    **{name: how for name, how in PRESSES.items() if name != "certificate"},
    "pin": (4, {"at": AT, "app": (0, 1, 2), "typed": ("right", "right", "wrong", "none")}),
    "pin_here": (14, {"app": (0, 1, 2), "typed": ("right", "wrong", "wrong", "none")}),
    "by_key": (3, {"at": AT, "app": (0, 1, 2)}),
    "key_here": (6, {"app": (0, 1, 2)}),
    "owner_here": (10, {"app": (0, 1, 2), "verified": ("verified", "verified", "not")}),
    "suspend_biometrics": (1, {"whose": (0, 1)}),
    "replay": (3, {"at": AT}),
    "suspend": (3, {"app": (0, 1, 2)}),
    "lift": (5, {"app": (0, 1, 2)}),
    "put_out": (1, {"whose": (0, 1)}),
    "bind_anew": (4, {"app": (0, 1, 2)}),
}
"""What can be pressed: how often, and with which options."""
