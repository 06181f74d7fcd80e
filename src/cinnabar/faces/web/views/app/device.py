"""The app as a device: what it is to sign."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from cinnabar.faces.web import app_signed, visit
from cinnabar.faces.web.answers import answer
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.tokens.soft import proving


@require_POST
def challenge(request: WebRequest) -> HttpResponse:
    """Give the device something to sign, for this session or before anybody signed in."""
    read_body(request)
    response = answer({"challenge": proving.challenge(request.env, app_signed.bearer(request))})
    if request.visitor is None:
        visit.remember(response, request)
    return response


urlpatterns = [
    path("device/challenge", challenge),
]
