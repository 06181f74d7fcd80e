"""The addresses below /app/; pages of the web that the app shares stand here once more."""

from django.urls import path

from cinnabar.faces.web.views import account
from cinnabar.faces.web.views.app import device, home, shell

urlpatterns = [
    *home.urlpatterns,
    *shell.urlpatterns,
    *device.urlpatterns,
    path("account/stay/", account.stay),
]
