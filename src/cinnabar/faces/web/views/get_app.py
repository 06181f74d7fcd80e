"""The way from a computer to the phone: the app's address as a picture to scan (P249, P250)."""

import base64

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cinnabar.faces.web.answers import page
from cinnabar.faces.web.app.bar import HOME
from cinnabar.faces.web.request import WebRequest
from cinnabar.kernel import qr


@require_safe
def get_app(request: WebRequest) -> HttpResponse:
    """Show the address, which is the configured one whatever the request calls itself (law 10)."""
    address = f"{request.env.base_url}{HOME}"
    picture = base64.b64encode(qr.png(address)).decode()
    return page(request, "get_app.html", {"address": address, "picture": picture})
