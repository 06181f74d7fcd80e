"""Tabs over pages that belong together."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cinnabar.faces.web.offered import is_offered
from cinnabar.faces.web.request import WebRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of the things that a group of pages is for. `pages` are those where one is in it."""

    key: str
    href: str
    pages: Sequence[str]


def shown(request: WebRequest, tabs: Sequence[Tab]) -> list[dict[str, object]]:
    """Return those of `tabs` that the firm offers, as the pages show them."""
    return [
        {
            "key": tab.key,
            "href": tab.href,
            "on": any(fnmatchcase(request.path, page) for page in tab.pages),
        }
        for tab in tabs
        if is_offered(request.env.firm, tab.href)
    ]
