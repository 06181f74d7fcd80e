"""Every page of the app that stands at an address of its own, found in the product itself."""

from collections.abc import Iterator
from http import HTTPStatus

from django.urls import URLPattern
from playwright.sync_api import expect

from cinnabar.faces.web.app.urls import urlpatterns
from tests.browser.looking import check
from tests.browser.person import Person

NARROW = {"width": 320, "height": 640}  # 1280 CSS pixels at 400 % (WCAG 1.4.10)

_NONE = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
"""What the firm does not offer, and acts whose address looks like a page's."""


def pages() -> Iterator[str]:
    """Yield the addresses of pages that need nothing in their address."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern)
        if "<" not in route and (not route or route.endswith("/")):
            yield f"/app/{route}"


def check_every_page(person: Person) -> set[str]:
    """Stop at each page that the firm offers and check it; return their addresses."""
    found: set[str] = set()
    for path in pages():
        answer = person.page.goto(path)
        assert answer is not None
        if answer.status in _NONE:
            continue
        assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, path
        found.add(path)
        try:
            _check(person)
        except AssertionError as wrong:
            wrong.add_note(f"on {path}")
            raise
    return found


def _check(person: Person) -> None:
    expect(person.page.locator("h1")).to_have_count(1)
    expect(person.page.locator("html")).to_have_attribute("lang", person.labels.language)
    check(person.page)
