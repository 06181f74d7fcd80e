"""The sum of the check against robots, and where programs find the page that changes a password."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_safe

from cinnabar.faces.web import robot, visit
from cinnabar.faces.web.answers import answer
from cinnabar.faces.web.request import WebRequest

CHANGE = "/passwords/change/"


@require_safe
def challenge(request: WebRequest, page: str) -> HttpResponse:
    """Give out a fresh sum for a page. Nothing is kept of it."""
    response = answer(robot.make(request, page))
    visit.remember(response, request)
    return response


@require_safe
def change_password(request: WebRequest) -> HttpResponse:
    """Lead password managers to 密碼修改 (WEB-05; W3C, A Well-Known URL for Changing Passwords)."""
    del request
    return HttpResponseRedirect(CHANGE)


urlpatterns = [
    path("robot-check/<slug:page>", challenge),
    path(".well-known/change-password", change_password),
]
