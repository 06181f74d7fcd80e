"""A page paints after one answer: whatever else the browser asks for, it does not wait for it.

No times are measured. The server answers what the test lets it answer and holds the rest; a page
that paints meanwhile has not needed it.
"""

import threading
from dataclasses import dataclass, field

import pytest

from tests.support.app import enter_the_app
from tests.support.chromium import serving
from tests.support.face import ENTRANCES, THERE, pages

pytestmark = pytest.mark.browser

PAGES = [path for path in pages() if path not in ENTRANCES]
OBSERVE = """
new PerformanceObserver((list) => {
  if (list.getEntriesByName("first-contentful-paint").length) window.hasPainted = true;
}).observe({ type: "paint", buffered: true });
"""


@dataclass
class Gate:
    """Stands before the application: answers the first `open` requests, and all once let go."""

    answered: list[str] = field(default_factory=list)
    free: threading.Event = field(default_factory=threading.Event)
    holds: tuple[str, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, application):
        def guarded(environ, start):
            path = environ["PATH_INFO"]
            if not self.free.is_set() and any(path.endswith(end) for end in self.holds):
                assert self.free.wait(60)
            else:
                with self.lock:
                    self.answered.append(path)
            return application(environ, start)

        return guarded

    def hold(self, *ends: str) -> None:
        """Begin to hold requests for addresses that end like this."""
        self.holds = ends
        self.answered.clear()
        self.free.clear()


@pytest.fixture
def gate(env, transactional_db, ming, chromium):
    gate = Gate()
    gate.free.set()
    with serving(gate) as base:
        context = chromium.new_context(base_url=base, locale="zh-TW")
        context.add_init_script(OBSERVE)
        page = context.new_page()
        page.set_default_timeout(20_000)
        try:
            yield gate, page
        finally:
            gate.free.set()
            context.close()


def sign_in(page):
    page.goto("/sign-in/")
    page.locator("#identifier").fill("A123456789")
    page.locator("#password").fill("demo1234")
    page.locator("[type=submit]").click()
    page.wait_for_url("**/certificates/")


def painted(page):
    page.wait_for_function("() => window.hasPainted === true")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_centre_paints_after_one_answer(gate, path, env, ming):
    at, page = gate
    sign_in(page)
    if path.startswith("/app/") and THERE[path[1:]].private:
        enter_the_app(page.context, page.evaluate("origin"), env, ming)
    at.hold(".js", ".css", ".json", ".webmanifest")
    page.goto(path, wait_until="commit")
    painted(page)
    assert at.answered == [path]
    at.free.set()
    page.wait_for_load_state("load")


def test_sign_in_paints_on_its_own_and_the_style_alone_for_who_was_never_here(gate):
    at, page = gate
    at.hold(".js")
    page.goto("/sign-in/", wait_until="commit")
    painted(page)
    first, *styles = at.answered
    assert first == "/sign-in/"
    assert len(styles) == 2
    assert all(style.endswith(".css") for style in styles)
    at.free.set()
    page.wait_for_load_state("load")


def test_style_and_script_are_asked_for_once(gate):
    at, page = gate
    sign_in(page)
    page.goto("/certificates/apply/", wait_until="load")
    at.hold()
    for path in ("/certificates/", "/certificates/apply/"):
        page.goto(path, wait_until="load")
    assert at.answered == ["/certificates/", "/certificates/apply/"]
