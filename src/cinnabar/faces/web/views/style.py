"""The firm's colour, as the one style rule that is not in the common sheet."""

from hashlib import sha256

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cinnabar.env import Env
from cinnabar.faces.web.request import WebRequest

_SHORT, _FOR_EVER = "public, max-age=3600", "public, max-age=31536000, immutable"
_NAME = 8


def firm_sheet(env: Env) -> tuple[str, str]:
    """Return the sheet and the address it is linked by, which changes with it."""
    sheet = f":root{{--accent:{env.firm.identity.accent}}}"
    return sheet, f"/firm.css?v={sha256(sheet.encode()).hexdigest()[:_NAME]}"


@require_safe
def firm_style(request: WebRequest) -> HttpResponse:
    """Answer the firm's accent as a custom property; the firm file was checked for contrast."""
    sheet, address = firm_sheet(request.env)
    response = HttpResponse(sheet, content_type="text/css")
    # Under the name of its content it is kept, so that no page waits for it before it paints.
    response["Cache-Control"] = _FOR_EVER if request.get_full_path() == address else _SHORT
    return response
