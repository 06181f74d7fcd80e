"""What stands round every page: the firm, the visitor, the menu, the language."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from cinnabar.customers import queries as customers
from cinnabar.faces.web import account, centre, dates
from cinnabar.faces.web.app import bar
from cinnabar.faces.web.face import APP
from cinnabar.faces.web.offered import home, is_offered
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views.style import firm_sheet
from cinnabar.login import queries as login
from cinnabar.passwords.due import ends_soon

_MENU = (
    ("menu.certificates", "/certificates/", "/certificates/apply/"),
    ("menu.import", "/certificates/import/"),
    ("menu.export", "/certificates/export/"),
    ("menu.check", "/certificates/check/"),
    ("menu.revoke", "/certificates/revoke/"),
    ("menu.passwords", centre.HOME, "/passwords/*"),
    ("menu.account", account.HOME, "/account/*"),
    ("menu.repair", "/certificates/repair/"),
    ("menu.history", "/certificates/history/", "/certificates/history/*"),
    ("menu.try-sign", "/certificates/try-sign/"),
    ("menu.computer", "/computer/"),
    ("menu.guide", "/manual/", "/manual/*"),
    ("menu.notices", "/announcements/"),
    ("menu.questions", "/questions/", "/questions/*"),
)
"""Entries: the word, where it leads, and the pages beyond that where one is still in it; a star
stands for all below."""


_FOR_STRANGERS = {"menu.computer", "menu.guide", "menu.questions", "menu.notices"}
"""What somebody who is not signed in may read; it stands in the footer then."""


def frame(request: WebRequest) -> dict[str, Any]:
    """Return the context of the base template."""
    firm, language = request.env.firm.identity, request.language
    in_centre = request.path.startswith(centre.ENTRANCE)
    return {
        "firm": {
            "name": firm.names[language],
            "entry": (firm.entries.password_centre if in_centre else firm.entries.web)[language],
            "legal_names": firm.legal_names[language],
            "seal": firm.seal,
            "style": firm_sheet(request.env)[1],
            "hotlines": firm.hotlines,
            "hours": firm.hotline_hours[language],
            "address": firm.address[language],
        },
        "lang": language,
        "languages": firm.languages,
        "words": request.words,
        "who": _who(request),
        "password_ends": _ends(request),
        "nav": _menu(request),
        "entrance": centre.ENTRANCE if in_centre else request.face.entrance,
        "tabs": _tabs(request),
        "help": [{"key": k, "href": p[0]} for k, *p in _entries(request) if k in _FOR_STRANGERS],
        "home": home(request.env.firm, request.face),
        "frame": request.face.frame,
        "base": request.face.prefix,
        "is_demo": request.options.is_demo,
        "path": request.path,
        "app_name": bar.app_name(request.env.firm, language),
        "app": bar.around(request) if request.face is APP else None,
    }


def _tabs(request: WebRequest) -> list[dict[str, object]]:
    """Return the tabs of the group of pages that this one belongs to, if it does."""
    if request.path.startswith(centre.ENTRANCE):
        return centre.tabs(request)
    return account.tabs(request) if request.path.startswith(account.HOME) else []


def _menu(request: WebRequest) -> list[dict[str, Any]]:
    return [{"key": k, "href": p[0], "on": _is_in(request.path, p)} for k, *p in _entries(request)]


def _entries(request: WebRequest) -> list[tuple[str, ...]]:
    """Return the entries of the menu that this firm has."""
    return [entry for entry in _MENU if is_offered(request.env.firm, entry[1])]


def _is_in(path: str, pages: Sequence[str]) -> bool:
    return any(fnmatchcase(path, page) for page in pages)


def _ends(request: WebRequest) -> str:
    """Return until when the visitor's password is good where that is soon, "" otherwise.

    Whoever has to change it anyway reads why on that page.
    """
    if request.visitor is None or request.visitor.must_change:
        return ""
    until = ends_soon(request.env, request.visitor.customer_id)
    return dates.day(request.env, until) if until else ""


def _who(request: WebRequest) -> dict[str, str | int] | None:
    if request.visitor is None:
        return None
    customer = customers.view(request.env, request.visitor.customer_id)
    stands = login.standing(request.env, request.visitor.session)
    left = stands.ends_at - request.env.clock.now()
    return {
        "masked_id": customer.masked_identifier,
        "name": customer.name,
        "last_sign_in": dates.instant(request.env, stands.before_at) if stands.before_at else "",
        "left": int(left.total_seconds()),
    }
