"""The check against robots at the pages: who is asked, and what he hands in (P21, P22)."""

from typing import cast, get_args

from cinnabar.codes.rules import ADDRESS_WRONG as CODE_WRONG
from cinnabar.faces.web import visit
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import address
from cinnabar.firm.login import CaptchaPage
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import guard
from cinnabar.robots import actions as robots
from cinnabar.robots import rules

FIELD, HEADER = "robot", "Robot-Check"
"""Where an answer comes: in a form its field, with JSON a header."""


def wanted(request: WebRequest, page: CaptchaPage) -> bool:
    """Tell whether `page` shows the check to this visitor now."""
    firm = request.env.firm
    if not rules.asked(firm, page, risky=True):
        return False
    return not rules.on_risk(firm) or _risky(request)


def require(request: WebRequest, page: CaptchaPage) -> None:
    """Use up the answer that came with the request, if the page asks for one.

    Call it before any work that the check is to spare. Raises `Refused`: ROBOT_CHECK_NEEDED,
    ROBOT_CHECK_VOID.
    """
    if not wanted(request, page):
        return
    robots.spend(request.env, page, _subject(request), _answer(request))


def make(request: WebRequest, name: str) -> dict[str, JsonValue]:
    """Return a sum for the page called `name`; raise `Refused(NOT_FOUND)` if there is none."""
    if name not in get_args(CaptchaPage):
        raise Refused(Refusal.NOT_FOUND)
    page = cast("CaptchaPage", name)
    return robots.make(request.env, page, _subject(request), risky=_risky(request))


def _answer(request: WebRequest) -> str:
    if request.content_type == "application/json":
        return request.headers.get(HEADER, "")[: robots.LONGEST + 1]
    return form_text(request, FIELD, most=robots.LONGEST) if request.POST.get(FIELD) else ""


def _risky(request: WebRequest) -> bool:
    return guard.risky(request.env, address(request), also=(CODE_WRONG,))


def _subject(request: WebRequest) -> str:
    """Return whom the answer belongs to: the session, before sign-in the visit."""
    if request.visitor is not None:
        return request.visitor.session
    return visit.stranger(request).visit
