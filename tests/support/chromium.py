"""Real Chromium against the real application, in a world whose clock the test moves."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

import cinnabar
from cinnabar.config.assets import Assets
from cinnabar.env import Env

AXE = Path("frontend/node_modules/axe-core/axe.min.js")
SHOTS = Path("build/screenshots")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STILL = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
  .map((one) => one.finished))"""
"""Waits for what moves to an end: a button half way from disabled to live has no contrast yet."""
TO_THE_END = """() => {
  const at = scrollY;
  if (document.querySelector(".bar")) scrollTo(0, 1e6);
  return at;
}"""
DESKTOP: ViewportSize = {"width": 1366, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 844}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(around: Callable[[Any], Any] = lambda application: application) -> Iterator[str]:
    """Serve the pages on loopback; give the address. `around` may stand before the application."""
    pages, assets = WSGIHandler(), Assets(Path(cinnabar.__file__).parent / "static")

    def application(environ: dict[str, Any], start: Any) -> Any:
        if assets.owns(environ["PATH_INFO"]):
            return assets(environ, start)
        try:
            return [b"".join(pages(environ, start))]
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, around(application), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Visit:
    """A person at a browser. Everything the console complains about fails the test."""

    browser: Browser
    base: str
    env: Env
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, size: ViewportSize = DESKTOP, language: str = "zh-TW", **more: Any) -> Page:
        """Return a page of a fresh browser profile."""
        context = self.browser.new_context(
            viewport=size, locale=language, base_url=self.base, **more
        )
        # The browser's clock shows what the host's shows.
        context.clock.set_fixed_time(self.env.clock.now())
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        # A refusal is an HTTP error status, which the console lists; anything else is ours.
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def close(self) -> None:
        """Close the profiles and fail for any complaint."""
        for context in self.contexts:
            context.close()
        assert not self.complaints, self.complaints


def check_accessibility(page: Page) -> None:
    """Fail for anything axe-core finds (A11-06), once colours have stopped changing."""
    page.evaluate(STILL)
    page.evaluate(AXE.read_text())
    # At the end of the page nothing lies under the app's bar; elsewhere one scrolls it free.
    at = page.evaluate(TO_THE_END)
    found = page.evaluate(
        "rules => axe.run({runOnly: rules, resultTypes: ['violations']})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' ')))",
        RULES,
    )
    page.evaluate("y => scrollTo(0, y)", at)
    assert not found, found


def look(page: Page, name: str) -> None:
    """Take a picture for people to look at, and let axe look too."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    check_accessibility(page)
