"""A browser at the app that holds a token, as its scripts send what they send."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpResponse

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.login.opening import SignedIn
from cinnabar.login.soft import bound_device
from tests.support.app import DEVICE, SESSION, in_the_app
from tests.support.bound import bound_here, with_token
from tests.support.face import Browser
from tests.support.people import PASSWORD
from tests.support.second import asking
from tests.support.soft import PIN, App

VISIT = "__Host-visit"


def asking_token(env: Env) -> Env:
    """Return a world whose firm has a token and asks at every sign-in, but no robot check."""
    made = asking(with_token(env), methods=("sms", "soft-token"))
    login = replace(made.firm.login, captcha_pages=(), password_centre=("id", "password"))
    return replace(made, firm=replace(made.firm, login=login))


@dataclass
class Phone(Browser):
    """A browser that holds a token."""

    app: App = field(default_factory=App)

    def prove(
        self,
        path: str,
        purpose: str,
        data: dict[str, Any] | None = None,
        pin: str | None = PIN,
    ) -> HttpResponse:
        """Ask a challenge, sign it and send it."""
        challenge = json.loads(self.post("/app/device/challenge").content)["challenge"]
        body = self.app.body(purpose, challenge, data or {}, typed=pin)
        return self.post(path, body, Accept="application/json")

    def enter(self, pin: str | None = PIN) -> HttpResponse:
        """Sign in without the password."""
        return self.prove("/app/sign-in/device", bound_device.PURPOSE, pin=pin)

    def type_password(self, who: CustomerView) -> str:
        """Give a right password; return the page of the second stage."""
        self.get("/app/sign-in/")
        fields = {"identifier": who.identifier, "password": PASSWORD.reveal()}
        answer = self.form("/app/sign-in/", fields)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    def copied(self, address: str = "") -> "Phone":
        """Return another browser with what this one keeps but its session: the profile, stolen."""
        thief = Phone(app=self.app, headers={"X-Forwarded-For": address} if address else {})
        for name, cookie in self.client.cookies.items():
            if cookie.value and name != SESSION:
                thief.client.cookies[name] = cookie.value
        thief.get("/app/sign-in/")
        return thief

    def keep(self, tokens: SignedIn) -> None:
        """Take the cookies of a session."""
        self.client.cookies[SESSION] = tokens.session.reveal()
        self.client.cookies[DEVICE] = tokens.device.reveal()


def phone_of(env: Env, customer: CustomerView) -> Phone:
    """Return a browser on which the customer has bound a token, signed out, at the app's door."""
    phone, tokens = Phone(), in_the_app(env, customer)
    phone.keep(tokens)
    phone.app = bound_here(env, customer.id, tokens)
    phone.get("/app/account/sessions/")
    assert phone.form("/app/sign-out/", {}).status_code == 200
    phone.get("/app/sign-in/")
    return phone


def problem(answer: HttpResponse) -> str:
    """Return the name of what was refused."""
    return str(json.loads(answer.content)["type"].rsplit("/", 1)[1])
