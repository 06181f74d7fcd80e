"""The addresses of the customer face; the tray is there in a demo only."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from cinnabar.config.health import healthz
from cinnabar.faces.machine.reports import sms_report

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("machine/sms-report/", sms_report),
    path("", include("cinnabar.faces.web.urls")),
]
if settings.OPTIONS.mode == "demo":
    urlpatterns.append(path("", include("cinnabar.faces.web.views.tray")))

handler400 = "cinnabar.faces.web.guards.bad_request"
handler404 = "cinnabar.faces.web.guards.not_found"
handler500 = "cinnabar.faces.web.guards.trouble"
