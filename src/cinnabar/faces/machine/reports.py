"""Delivery reports of the SMS gateway (COD-18). No cookies; the token in the address proves it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cinnabar.env import Env
from cinnabar.messages.reports import receive_report

_ID, _STATUS, _TOKEN = 64, 4, 128


class ReportRequest(HttpRequest):
    """A request with the world it is answered in."""

    env: Env


@require_GET
def sms_report(request: ReportRequest) -> HttpResponse:
    """Take a report. The answer is 204 whatever it says: a stranger learns nothing."""
    name, status, token = (request.GET.get(key, "") for key in ("id", "status", "token"))
    if len(name) <= _ID and len(status) <= _STATUS and len(token) <= _TOKEN and "\0" not in name:
        receive_report(request.env, name, status, token)
    return HttpResponse(status=204)
