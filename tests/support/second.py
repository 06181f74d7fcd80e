"""A firm that asks for a second factor, and somebody whose password was right there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from cinnabar.env import Env
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login.actions import Half, sign_in
from cinnabar.login.opening import SignedIn
from cinnabar.login.stages import second
from cinnabar.messages.queries import Letter
from tests.support.mail import received
from tests.support.people import PASSWORD

METHODS = ("email", "sms", "soft-token", "trading-certificate")


def methods(env: Env) -> tuple[str, ...]:
    """Return those of these ways that a firm can have."""
    if env.firm.offers_certificates:
        return METHODS
    return tuple(way for way in METHODS if way != "trading-certificate")


def asking(env: Env, **more: Any) -> Env:
    """Return the same world under a firm that asks at every sign-in, whatever file it came from."""
    policy = {"when": "every-sign-in", "methods": methods(env), "customer_chooses": True, **more}
    second_factor = replace(env.firm.login.second_factor, **policy)
    login = replace(env.firm.login, second_factor=second_factor)
    named: Mapping[str, str] = {str(one): "App" for one in env.firm.identity.languages}
    app = env.firm.app if env.firm.app.offered else replace(env.firm.app, offered=True, name=named)
    return replace(env, firm=replace(env.firm, login=login, app=app))


def codes(env: Env, channel: str = "sms") -> list[Letter]:
    """Return the letters that came by a channel and hold a sign-in code, newest first."""
    return [one for one in received(env) if one.channel == channel and _digits(env, one.text)]


def _digits(env: Env, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<![\d*-])\d{{{env.firm.sign_in_code.length}}}(?![\d*-])", text)


def code(env: Env, channel: str = "sms") -> str:
    """Look at the newest code that came by a channel."""
    found = _digits(env, codes(env, channel)[0].text)
    assert found
    return found.group()


def other(text: str) -> str:
    """Return a code that `text` is not."""
    return f"{(int(text) + 1) % 10 ** len(text):0{len(text)}}"


@dataclass
class Visit:
    """A browser in which the right password was typed."""

    env: Env
    identifier: str
    at: str = "7" * 64
    address: str = "203.0.113.7"
    device: Secret | None = None
    flow: str = ""
    stranger: Stranger = field(init=False)

    def __post_init__(self) -> None:
        self.stranger = Stranger(visit=self.at, address=self.address)

    def type(self, password: Password = PASSWORD) -> Self:
        come = sign_in(self.env, self.stranger, self.identifier, password, device=self.device)
        assert isinstance(come, Half)
        self.flow = come.flow
        return self

    def ask(self, channel: str = "sms") -> Self:
        second.ask_code(self.env, self.stranger, self.flow, channel)
        return self

    def enter(self, text: str) -> SignedIn:
        return second.try_code(self.env, self.stranger, self.flow, text, self.device)

    def why(self) -> dict[str, str]:
        """Return the reason why each way cannot be used; "" for those that can."""
        return {one.name: one.why for one in second.offered(self.env, self.stranger, self.flow)}
