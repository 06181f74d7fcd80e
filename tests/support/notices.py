"""Notices as their readers have them in hand."""

import re

from django.db import transaction

from cinnabar.centre.notice import NOTHING_USED, tell
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.messages.queries import Letter
from tests.support.mail import received

_SECRET = re.compile(r"/passwords/not-me/#(\w+)|\b(\w{5}-\w{5})\b")


def told(
    env: Env,
    customer: CustomerView,
    event: str = "login",
    *,
    key: str = "1",
    used: frozenset[str] = NOTHING_USED,
) -> list[Letter]:
    """Tell the customer of `event` and return what came of it, by channel."""
    before = len(received(env))
    with transaction.atomic():
        tell(env, customer.id, event, key=key, used=used)
    letters = received(env)
    return sorted(letters[: len(letters) - before], key=lambda letter: letter.channel)


def secret_in(letter: Letter) -> str:
    """Return the answer that the notice offers, by link or to be typed; "" if it offers none."""
    found = _SECRET.search(letter.text)
    return (found[1] or found[2]) if found else ""


def secret(env: Env, customer: CustomerView, event: str = "login", *, key: str = "1") -> str:
    """Tell the customer of `event` and return the answer in one of its notices."""
    return next(filter(None, map(secret_in, told(env, customer, event, key=key))))
