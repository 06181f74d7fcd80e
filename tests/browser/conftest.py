"""One Chromium a run, one server and one person a test."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from cinnabar.config import compose
from cinnabar.config.demo_people import demo_customers
from cinnabar.env import Env
from cinnabar.faces.web.request import WebOptions
from tests.browser.looking import Watched
from tests.support.chromium import FLAGS, serving

# A bound, not a wait: a machine that does much beside is slow, not wrong.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium: Browser, env: Env, transactional_db: None) -> Iterator[Watched]:
    with serving() as base:
        person = Watched(chromium, base, env)
        yield person
        person.close()


@pytest.fixture
def change_world(monkeypatch: pytest.MonkeyPatch) -> Callable[[Env], None]:
    """From now on the pages are answered in another world."""

    def change(env: Env) -> None:
        web = WebOptions(is_demo=True, demo=demo_customers(env.firm))
        here = compose.World(env=env, web=web)
        monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)

    return change
