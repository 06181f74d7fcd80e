"""帳戶安全: the tabs of the pages on which a customer looks after his own access."""

from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.tabs import Tab, shown

HOME = "/account/"

TABS = (
    Tab(key="account.tab.overview", href=HOME, pages=(HOME, "/account/stay/")),
    Tab(
        key="account.tab.sessions",
        href="/account/sessions/",
        pages=("/account/sessions/", "/account/sessions/*"),
    ),
    Tab(key="account.tab.token", href="/account/token/", pages=("/account/token/*",)),
    Tab(key="account.tab.passkeys", href="/account/passkeys/", pages=("/account/passkeys/*",)),
    Tab(
        key="account.tab.devices",
        href="/account/devices/",
        pages=("/account/devices/", "/account/devices/*"),
    ),
    Tab(key="account.tab.past", href="/account/history/", pages=("/account/history/",)),
)
"""The overview first; for each of the others it has a sentence, `account.about.<tab>`."""


def tabs(request: WebRequest) -> list[dict[str, object]]:
    """Return the tabs as the pages show them."""
    return shown(request, TABS)


def topics(request: WebRequest) -> list[dict[str, object]]:
    """Return what the overview leads to: every tab but its own, with its sentence."""
    return [
        {**tab, "about": str(tab["key"]).replace(".tab.", ".about.")} for tab in tabs(request)[1:]
    ]
