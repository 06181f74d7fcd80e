"""The password centre's place among the pages: its entrance, its tabs."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cinnabar.faces.web.offered import is_offered
from cinnabar.faces.web.request import WebRequest

ENTRANCE, HOME = "/passwords/", "/passwords/change/"
"""Where a stranger comes in, and where somebody signed in begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of the things the centre is for. `pages` are those where one is in it."""

    key: str
    href: str
    pages: Sequence[str]


TABS = (
    Tab(
        key="passwords.tab.change",
        href=ENTRANCE,
        pages=(ENTRANCE, "/passwords/change*/*", "/passwords/consolidate/", "/passwords/voice/*"),
    ),
    Tab(
        key="passwords.tab.reissue",
        href="/passwords/reissue/",
        pages=("/passwords/reissue/*", "/passwords/mailed/", "/passwords/link/"),
    ),
    Tab(
        key="passwords.tab.unlock",
        href="/passwords/unlock/",
        pages=("/passwords/unlock/",),
    ),
)
"""In the order of the firm's own menu (密碼修改, 密碼補發, 密碼解鎖)."""


def tabs(request: WebRequest) -> list[dict[str, object]]:
    """Return the tabs as the pages show them."""
    return [
        {
            "key": tab.key,
            "href": tab.href,
            "on": any(fnmatchcase(request.path, page) for page in tab.pages),
        }
        for tab in TABS
        if is_offered(request.env.firm, tab.href)
    ]
