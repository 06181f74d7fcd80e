"""What stands round every page of the app: its name, its bar, what a browser installs it by."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from cinnabar.faces.web.app import icons
from cinnabar.faces.web.offered import is_offered
from cinnabar.faces.web.request import WebRequest
from cinnabar.firm.model import Firm

HOME, SETTINGS, TOKEN = "/app/", "/app/settings/", "/app/token/"
SIGN_IN = "/app/sign-in/"

BAR: Mapping[str, Sequence[str]] = {
    "home": (HOME,),
    "approvals": ("/app/approvals/", "/app/approvals/*"),
    "code": ("/app/code/",),
    "certificates": ("/app/certificates/", "/app/certificates/*"),
    "settings": (
        *(SETTINGS, "/app/settings/*", "/app/token/*", "/app/biometrics/*"),
        *("/app/device/*", "/app/passwords/*", "/app/account/*"),
    ),
}
"""Five at most: the word, where it leads, and the pages where one is still in it."""


def app_name(firm: Firm, language: str) -> str:
    """Return what the app is called: by its own name or, without one, as the mobile pages are."""
    return firm.app.name[language] or firm.identity.entries.mobile[language]


def around(request: WebRequest) -> dict[str, Any]:
    """Return what `app.html` needs beyond what every page has."""
    firm, language = request.env.firm, request.language
    return {
        "name": app_name(firm, language),
        "bar": [
            {"name": name, "href": pages[0], "on": any(fnmatchcase(request.path, p) for p in pages)}
            for name, pages in BAR.items()
            if is_offered(firm, pages[0])
        ],
        "key": _key(request),
        "worker": f"/app/worker.js?language={language}",
        "manifest": f"/app/manifest.webmanifest?language={language}",
        "touch_icon": icons.address(firm, "180"),
    }


def _key(request: WebRequest) -> str:
    """Return where the key at the top right leads (P211): to the sign-in, then to the token."""
    if request.visitor is None:
        return SIGN_IN
    return TOKEN if is_offered(request.env.firm, TOKEN) else ""
