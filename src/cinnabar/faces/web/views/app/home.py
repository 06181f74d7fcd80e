"""The app's home, its help, and the disclaimer and tutorial before the first use."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinnabar.faces.web import reader
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.app import bar, begun, notices
from cinnabar.faces.web.app.cards import cards
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel.refusal import Refusal, Refused

WELCOME = "/app/welcome/"
DISCLAIMER, TOUR = f"{WELCOME}disclaimer/", f"{WELCOME}tour/"


@require_safe
def home(request: WebRequest) -> HttpResponse:
    """Tell what waits; lead a browser that is new through the first run, a stranger to sign-in."""
    if not begun.has_begun(request):
        return HttpResponseRedirect(WELCOME)
    if request.visitor is None:
        return HttpResponseRedirect(bar.SIGN_IN)
    if request.visitor.must_change:
        raise Refused(Refusal.MUST_CHANGE)
    context = {
        "cards": cards(request, request.visitor),
        "important": reader.important(request),
        "install_later": begun.LATER in request.COOKIES,
    }
    return page(request, "app/home.html", context)


@require_safe
def welcome(request: WebRequest) -> HttpResponse:
    """Begin the first run (P229): say why notifications help, and let the customer decide."""
    if not notices.asks(request):
        return HttpResponseRedirect(DISCLAIMER)
    return page(request, "app/welcome.html", {"wakes": bool(request.env.push_hosts)})


@require_http_methods(["GET", "HEAD", "POST"])
def disclaimer(request: WebRequest) -> HttpResponse:
    """Show the disclaimer; the press at its end is kept in this browser."""
    if request.method != "POST":
        paragraphs = begun.disclaimer(request.words)
        context = {"version": begun.name(request.env.firm), "paragraphs": paragraphs}
        return page(request, "app/disclaimer.html", context)
    if form_text(request, "read", most=64) != begun.name(request.env.firm):
        # Another than the one that was read holds now: that one is shown.
        return HttpResponseRedirect(DISCLAIMER)
    response = HttpResponseRedirect(TOUR)
    begun.remember(response, request)
    return response


@require_safe
def tour(request: WebRequest) -> HttpResponse:
    """Show three cards: what the app does, why to keep it, what nobody will ask for."""
    first = "token" if request.env.firm.offers_token else "certificates"
    return page(request, "app/tour.html", {"tour": (first, "keep", "care")})


@require_POST
def install_later(request: WebRequest) -> HttpResponse:
    """Offer the installation no more for some days."""
    del request
    response = HttpResponseRedirect(bar.HOME)
    begun.rest(response)
    return response


@require_safe
def help_page(request: WebRequest) -> HttpResponse:
    """Say how to reach the firm, how to install the app and what to do when something is lost."""
    return page(request, "app/help.html", {})


urlpatterns = [
    path("", home),
    path("welcome/", welcome),
    path("welcome/disclaimer/", disclaimer),
    path("welcome/tour/", tour),
    path("install/later", install_later),
    path("help/", help_page),
]
