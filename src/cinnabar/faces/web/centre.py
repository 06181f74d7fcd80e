"""The password centre's place among the pages: its entrance, its tabs."""

from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.tabs import Tab, shown

ENTRANCE, HOME = "/passwords/", "/passwords/change/"
"""Where a stranger comes in, and where somebody signed in begins."""


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
    return shown(request, TABS)
