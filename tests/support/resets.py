"""Somebody who gets the mail of a reset and sets a password from it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cinnabar.centre import reset, reset_code, reset_open
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.secrets import Password
from cinnabar.login.opening import Entrant, SignedIn, open_session
from cinnabar.messages.queries import Letter
from cinnabar.passwords import lock
from cinnabar.passwords.actions import check
from tests.support.claims import pass_code
from tests.support.mail import received
from tests.support.people import CALLED

HERE = "b" * 64
"""The browser in which the mail is opened."""

OWN = Password("pekoe2027x")
"""Fits every firm file."""

_OF_LINK = {"delivery", "reset"}


def unasked(env: Env) -> Env:
    """Return the world without the check against robots, which has tests of its own."""
    login = replace(env.firm.login, captcha_pages=(), password_centre=("id", "password"))
    return replace(env, firm=replace(env.firm, login=login))


def resetting(env: Env, **policy: Any) -> Env:
    """Return the world of a firm that resets passwords by mail, as Hong Kong's do unless said."""
    asked = {
        "starts": ("new-account", "forgotten-password"),
        "needs_second_factor": False,
        **{name: value for name, value in policy.items() if name not in _OF_LINK},
    }
    wanted = {
        "delivery": "hyperlink",
        "reset": timedelta(hours=8),
        **{name: value for name, value in policy.items() if name in _OF_LINK},
    }
    firm = replace(
        env.firm,
        reset=replace(env.firm.reset, **asked),
        link=replace(env.firm.link, **wanted),
    )
    return replace(env, firm=firm)


def at(visit: str = HERE, address: str = "198.51.100.7") -> Stranger:
    return Stranger(visit=visit, address=address)


def ask(env: Env, typed: str = CALLED["ming"]) -> None:
    """Press 忘記密碼 in any browser."""
    reset.request(env, at("a" * 64), typed)


def letters(env: Env) -> tuple[Letter, ...]:
    """Let the worker do its part and return all letters, newest first."""
    reset.send_waiting(env)
    return received(env)


def mails(env: Env) -> list[Letter]:
    return [letter for letter in letters(env) if letter.channel == "email"]


def secret(letter: Letter) -> str:
    """Return what the link of a mail carries, or the code it shows."""
    found = re.search(r"/reset/#(\S+)", letter.text)
    typed = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", letter.text)
    assert found or typed, letter.text
    return found[1] if found else typed[0]


def open_mail(env: Env, text: str, *, at: str = HERE) -> str:
    """Spend the secret in another browser; return the flow it goes on in."""
    stranger = Stranger(visit=at, address="198.51.100.7")
    return reset_open.open_link(env, stranger, text).id


def asked_by_mail(env: Env, typed: str = CALLED["ming"]) -> str:
    """Everything up to the opened mail."""
    ask(env, typed)
    return open_mail(env, secret(mails(env)[0]))


def ready_to_set(env: Env, flow: str) -> None:
    """Have the code sent and type it."""
    reset_code.ask(env, at(), flow)
    reset_code.try_code(env, at(), flow, pass_code(env))


def sign_in(env: Env, customer: CustomerView, password: Password) -> SignedIn:
    """Sign the customer in, with a second factor."""
    index = lock.name(env, env.firm.login.identifier(customer.identifier))
    checked = check(env, index, customer, password)
    assert checked.right
    entrant = Entrant(
        customer=customer,
        index=index,
        password=checked.rows[0].id,
        address="198.51.100.7",
        amr=frozenset({"pwd", "sms"}),
    )
    opened = open_session(env, entrant, None)
    assert opened is not None
    return opened


def fits(env: Env, customer: CustomerView, password: Password) -> bool:
    """Tell whether the customer gets past the password with it."""
    index = lock.name(env, env.firm.login.identifier(customer.identifier))
    return check(env, index, customer, password).right
