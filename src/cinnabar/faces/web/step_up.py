"""The way to a step-up and back: only places of our own lists, whatever a request says."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token

from cinnabar.faces.web import account
from cinnabar.faces.web.answers import answer
from cinnabar.faces.web.face import APP, WEB, Face
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import remember
from cinnabar.login.opening import SignedIn
from cinnabar.login.stages.step_up import SteppedUp

BEGIN = "/step-up/"

RETURNS: Mapping[Face, tuple[tuple[str, str], ...]] = {
    WEB: (
        ("/account/passkeys/*", "/account/passkeys/"),
        ("/account/devices/*", "/account/devices/"),
        ("/account/history/*", "/account/history/"),
        ("/account/sessions/*", "/account/sessions/"),
        ("/account/token/*", "/account/token/"),
        ("/certificates/export/*", "/certificates/export/"),
    ),
    APP: (
        ("/token/*", "/token/"),
        ("/account/token/*", "/account/token/"),
        ("/account/sessions/*", "/account/sessions/"),
        ("/biometrics/*", "/biometrics/"),
        ("/device/clear/*", "/device/clear/"),
        ("/certificates/*", "/certificates/"),
    ),
}
"""Where an act was refused, and the page to come back to, by face and without its prefix: pages,
written here, never asked for. A star stands for all below."""

_HOME: Mapping[Face, str] = {WEB: account.HOME, APP: "/settings/"}


def back_from(face: Face, path: str) -> str:
    """Return the page of our own to come back to, for whoever was refused at `path` of `face`."""
    own = path.removeprefix(face.prefix)
    found = (page for where, page in RETURNS[face] if fnmatchcase(own, where))
    return face.at(next(found, _HOME[face]))


def at(request: WebRequest, flow: str) -> str:
    """Return the address of a step-up, at the face where it began."""
    return request.face.at(f"{BEGIN}{flow}/")


def stepped(request: WebRequest, done: SteppedUp, *, as_json: bool = False) -> HttpResponse:
    """Give the browser its session's new token and lead it back."""
    rotate_token(request)
    response = (
        answer({"valid": True, "next": done.back}) if as_json else HttpResponseRedirect(done.back)
    )
    if request.device_token is not None:
        tokens = SignedIn(session=done.session, device=request.device_token, device_stays=True)
        remember(request.face, response, tokens)
    return response
