"""Signing in, whole, whatever the firm asks: for tests that are about what comes after."""

import re
from http.cookies import SimpleCookie

from django.db import transaction
from django.http import HttpResponse

from cinnabar.env import Env
from cinnabar.faces.web import visitor as cookies
from cinnabar.faces.web.face import WEB
from cinnabar.flows.assurance import SMS
from cinnabar.flows.visitor import Stranger
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login import actions
from cinnabar.login.opening import SignedIn
from cinnabar.login.stages import second

VISIT = "5" * 64


def sign_in(
    env: Env,
    typed: str,
    password: Password,
    *,
    address: str,
    device: Secret | None = None,
    agent: str = "",
    visit: str = VISIT,
) -> SignedIn:
    """Sign in; where a second factor is asked, as if a code by SMS had been right."""
    stranger = Stranger(visit=visit, address=address)
    come = actions.sign_in(env, stranger, typed, password, device=device, agent=agent)
    return come if isinstance(come, SignedIn) else proved(env, stranger, come.flow, device)


def proved(env: Env, stranger: Stranger, flow: str, device: Secret | None) -> SignedIn:
    """Go on from a right password, without a code that anybody would have to be sent."""
    with transaction.atomic():
        return second.accept(env, stranger, flow, frozenset({SMS}), device)


def flow_of(place: str) -> str | None:
    """Return the flow whose page `place` is; None for any other page."""
    found = re.fullmatch(r"/sign-in/second/(\w+)/(?:code/)?", place)
    return found[1] if found else None


def cookies_of(tokens: SignedIn) -> SimpleCookie:
    """Return the cookies that a browser gets with a new session."""
    response = HttpResponse()
    cookies.remember(WEB, response, tokens)
    return response.cookies
