"""What makes the app installable: manifest, icons, worker, and the page without a network."""

import json
from hashlib import sha256
from importlib.resources import files

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_safe

from cinnabar.faces.web import assets
from cinnabar.faces.web.app import bar, icons
from cinnabar.faces.web.frame import frame
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views.style import firm_sheet
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.words import Words

PAPER = "#f7f5f1"
"""The colour behind the app while it starts: --paper of frontend/style/tokens.css."""

_FOR_EVER = "public, max-age=31536000, immutable"
_NAME = 16


@require_safe
def manifest(request: WebRequest) -> HttpResponse:
    """Answer the web app manifest, in the language that the address names (W3C Appmanifest)."""
    _speak(request)
    firm = request.env.firm
    name = bar.app_name(firm, request.language)
    said = {
        "id": bar.HOME,
        "name": name,
        "short_name": name,
        "lang": request.language,
        "start_url": bar.HOME,
        "scope": bar.HOME,
        "display": "standalone",
        "theme_color": firm.identity.accent,
        "background_color": PAPER,
        "icons": [_icon(request, kind) for kind in ("192", "512", "maskable")],
    }
    text = json.dumps(said, ensure_ascii=False)
    return HttpResponse(text, content_type="application/manifest+json; charset=utf-8")


@require_safe
def icon(request: WebRequest, kind: str) -> HttpResponse:
    """Answer one of the icons, kept by whoever asks under the name of its content."""
    if kind not in icons.KINDS:
        raise Refused(Refusal.NOT_FOUND)
    firm = request.env.firm
    response = HttpResponse(icons.icon(firm, kind), content_type="image/png")
    if request.get_full_path() == icons.address(firm, kind):
        response["Cache-Control"] = _FOR_EVER
    return response


@require_safe
def worker(request: WebRequest) -> HttpResponse:
    """Answer the service worker, and before it what it keeps.

    Its text changes with every file it keeps and with the page itself, which is how a browser
    learns that there is a new one.
    """
    _speak(request)
    kept = [assets.find("style.css").address, assets.find("app.js").address]
    shell = {
        "name": sha256(_offline(request).encode()).hexdigest()[:_NAME],
        "page": f"/app/offline/?language={request.language}",
        "files": [*kept, firm_sheet(request.env)[1]],
        "home": bar.HOME,
        "wake": _wake(request),
    }
    built = files("cinnabar").joinpath("static", "app", _built("worker.js")).read_text("utf-8")
    text = f"self.SHELL={json.dumps(shell)};\n{built}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@require_safe
def offline(request: WebRequest) -> HttpResponse:
    """Answer the page that is shown without a network; it is the same for everybody."""
    _speak(request)
    return HttpResponse(_offline(request))


def _offline(request: WebRequest) -> str:
    request.visitor = None  # whoever asks: what is kept in a browser holds nobody's data
    return render_to_string("app/offline.html", {**frame(request), "bare": True}, request)


def _wake(request: WebRequest) -> dict[str, str]:
    """Return the notice that the worker shows when it is woken: in general words (MSG-07)."""
    firm = request.env.firm
    return {
        "title": bar.app_name(firm, request.language),
        "body": request.words.say("push.body"),
        "icon": icons.address(firm, "192"),
        "lang": request.language,
        "place": "/app/approvals/",
    }


def _speak(request: WebRequest) -> None:
    """Take the language from the address: what asks for these sends no cookies."""
    wanted = request.GET.get("language", "")
    if wanted in request.env.firm.identity.languages:
        request.language = wanted
        request.words = Words(request.env.firm, wanted)


def _icon(request: WebRequest, kind: str) -> dict[str, str]:
    side = icons.size(kind)
    return {
        "src": icons.address(request.env.firm, kind),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": "maskable" if kind == "maskable" else "any",
    }


def _built(name: str) -> str:
    return assets.find(name).address.removeprefix(assets.ADDRESS)


urlpatterns = [
    path("manifest.webmanifest", manifest),
    path("icons/<slug:kind>.png", icon),
    path("worker.js", worker),
    path("offline/", offline),
]
