"""The addresses of the app; pages of the web that the app shares stand here once more."""

from cinnabar.faces.web.views.app import device

urlpatterns = [
    *device.urlpatterns,
]
