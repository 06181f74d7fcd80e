"""The firm's colour, as the one style rule that is not in the common sheet."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cinnabar.faces.web.request import WebRequest


@require_safe
def firm_style(request: WebRequest) -> HttpResponse:
    """Answer the firm's accent as a custom property; the firm file was checked for contrast."""
    response = HttpResponse(
        f":root{{--accent:{request.env.firm.identity.accent}}}", content_type="text/css"
    )
    response["Cache-Control"] = "public, max-age=3600"
    return response
