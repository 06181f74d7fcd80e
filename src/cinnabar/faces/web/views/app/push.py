"""Where the app is woken: the key that its browser subscribes with, and what it says then."""

from collections.abc import Mapping
from typing import cast

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.faces.web.answers import answer
from cinnabar.faces.web.app import statements
from cinnabar.faces.web.inputs import Body, Json
from cinnabar.faces.web.request import WebRequest
from cinnabar.messages.push import keys
from cinnabar.messages.push.sealed_body import AUTH, POINT
from cinnabar.messages.push.subscriptions import Place
from cinnabar.messages.push.wire import LONGEST
from cinnabar.tokens.soft import waking
from cinnabar.tokens.soft.waking import Wish

_KEY = 88


@require_safe
def key(request: WebRequest) -> HttpResponse:
    """Say with which key to subscribe; "" where nothing is sent."""
    return answer({"key": keys.newest(request.env)})


@require_POST
def subscribe(request: WebRequest) -> HttpResponse:
    """Take where the app of this device is woken; it proves itself, and needs no session."""
    signed, data = statements.signed(request, "endpoint", "p256dh", "auth", "key")
    body = Body(cast("Mapping[str, Json]", data))
    place = Place(
        endpoint=body.text("endpoint", most=LONGEST),
        point=body.octets("p256dh", most=POINT),
        auth=body.octets("auth", most=AUTH),
        key=body.text("key", most=_KEY),
    )
    wish = Wish(place=place, data=data)
    waking.subscribe(request.env, statements.bearer(request), signed, wish)
    return answer({"done": True})


urlpatterns = [
    path("push/key.json", key),
    path("push/subscribe", subscribe),
]
