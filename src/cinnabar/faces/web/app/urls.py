"""The addresses below /app/; pages of the web that the app shares stand here once more."""

from django.urls import path

from cinnabar.faces.web.views import account
from cinnabar.faces.web.views import token as own_tokens
from cinnabar.faces.web.views.app import (
    approvals,
    biometrics,
    bound,
    certificates,
    device,
    doors,
    home,
    push,
    settings,
    shell,
    token,
)

urlpatterns = [
    *home.urlpatterns,
    *shell.urlpatterns,
    *certificates.urlpatterns,
    *approvals.urlpatterns,
    *push.urlpatterns,
    *settings.urlpatterns,
    *device.urlpatterns,
    *biometrics.urlpatterns,
    *doors.urlpatterns,
    *bound.urlpatterns,
    *token.urlpatterns,
    *own_tokens.app_urlpatterns,
    path("account/stay/", account.stay),
]
