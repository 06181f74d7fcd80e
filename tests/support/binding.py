"""Somebody with the app in his hand, on the way to being its owner at the host too."""

import base64
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

from cinnabar.codes.rules import Verdict
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.firm.token import TokenPolicy
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.clock import FrozenClock
from cinnabar.login.actions import resume
from cinnabar.login.soft import binding, binding_finish
from cinnabar.login.soft.binding import Stage
from cinnabar.messages.kinds import Kind
from cinnabar.tokens.soft import proving
from tests.support.mail import received
from tests.support.people import PASSWORD
from tests.support.signing import sign_in
from tests.support.soft import PIN, App

_TYPED = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5})\b")


def with_token(env: Env, **more: object) -> Env:
    """Return the world under a firm whose customers have a soft token, whichever firm it is."""
    usual = {"code_in_mail": True, "retry_same_mail": True, "bind": timedelta(days=1)}
    policy: TokenPolicy = replace(env.firm.token, **{**usual, **more})  # type: ignore[arg-type]
    second = env.firm.login.second_factor
    methods = tuple(dict.fromkeys((*second.methods, "soft-token")))
    login = replace(env.firm.login, second_factor=replace(second, methods=methods))
    named = dict.fromkeys(map(str, env.firm.identity.languages), "App")
    app = replace(env.firm.app, offered=True, name=named, token_unregistered="explain")
    return replace(env, firm=replace(env.firm, token=policy, login=login, app=app))


def mobile(
    env: Env, customer: CustomerView, device: str = "", *, address: str = "127.0.0.1"
) -> Visitor:
    """Sign the customer in, as in the app on a device of his own."""
    tokens = sign_in(env, customer.identifier, PASSWORD, address=address)
    found = resume(env, tokens.session, tokens.device, address=address)
    assert found is not None
    return replace(found, channel="mobile", device=device or found.device)


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


@dataclass
class Phone:
    """One app of one customer, in one session."""

    env: Env
    visitor: Visitor
    app: App = field(default_factory=App)
    flow: str = ""

    def challenge(self) -> str:
        return proving.challenge(self.env, proving.bearer(self.visitor.session))

    def begin(self) -> Stage:
        data = {"public_key": b64(self.app.public_key)}
        signed = self.app.sign("bind", self.challenge(), data)
        made = binding.begin(self.env, self.visitor, signed, self.app.public_key, agent=AGENT)
        self.flow = made.flow or self.flow
        return made

    def code(self) -> Verdict:
        assert isinstance(self.env.clock, FrozenClock)
        self.env.clock.move(self.env.firm.activation_code.resend_after)
        binding.ask_code(self.env, self.visitor, self.flow)
        return self.type_code(sms_code(self.env))

    def type_code(self, text: str) -> Verdict:
        return binding.try_code(self.env, self.visitor, self.flow, text).verdict

    def pin(self, typed: str = PIN) -> Stage:
        secret = self.app.secret(typed)
        data = {"flow": self.flow, "otp": b64(secret)}
        signed = self.app.sign("bind-pin", self.challenge(), data)
        return binding.put_pin(self.env, self.visitor, self.flow, signed, secret)

    def scan(self, text: str) -> str:
        data = {"flow": self.flow, "scanned": text}
        signed = self.app.sign("register", self.challenge(), data)
        return binding_finish.by_scan(self.env, self.visitor, self.flow, signed, text)

    def type(self, code: str, name: str) -> str:
        data = {"flow": self.flow, "identifier": name, "code": code}
        signed = self.app.sign("register", self.challenge(), data)
        return binding_finish.by_typing(self.env, self.visitor, self.flow, signed, (name, code))

    def up_to_the_mail(self) -> "Phone":
        """Go as far as the registration mail."""
        self.begin()
        assert self.code() is Verdict.ACCEPTED
        self.pin()
        return self

    def bound(self) -> "Phone":
        """Go all the way."""
        self.up_to_the_mail().scan(scanned(self.env))
        return self


AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


def sms_code(env: Env) -> str:
    """Look at the newest code that came by SMS."""
    newest = next(one for one in received(env) if one.channel == "sms" and _digits(one.text))
    found = _digits(newest.text)
    assert found
    return found.group()


def _digits(text: str) -> re.Match[str] | None:
    return re.search(r"(?<![\d*-])\d{6}(?![\d*-])", text)


def scanned(env: Env) -> str:
    """Read the QR picture of the newest registration mail, as it was posted."""
    return facts(env)[0]


def typed(env: Env) -> str:
    """Read the registration code that stands above it."""
    mail = next(one for one in received(env) if one.picture)
    found = _TYPED.search(mail.text)
    assert found, mail.text
    return found.group()


def facts(env: Env) -> tuple[str, str]:
    """Return both faces of the newest registration code: before it leaves, it rests sealed."""
    from cinnabar.messages.envelope import open_facts
    from cinnabar.messages.models import Outbox

    row = Outbox.objects.filter(kind=Kind.TOKEN_REGISTRATION).order_by("-created_at", "-id").first()
    assert row is not None
    assert row.facts_sealed is not None, "it has left: read it before the mail is delivered"
    scanned_, typed_ = open_facts(env, row.id, row.facts_sealed)["code"].split()
    return scanned_, typed_
