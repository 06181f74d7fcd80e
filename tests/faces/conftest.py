"""People at their browsers."""

from importlib import import_module

import pytest

from tests.support.face import Browser


@pytest.fixture(autouse=True)
def healthy(env, monkeypatch):
    """The page /healthz looks at the same world as the others."""
    here = import_module("cinnabar.config.middleware").world
    monkeypatch.setattr("cinnabar.config.health.world", here)


@pytest.fixture
def browser(env, db):
    """A browser that nobody has signed in at."""
    return Browser()


@pytest.fixture
def mings(env, ming):
    """A browser at which 王小明 has signed in."""
    browser = Browser()
    assert browser.sign_in(ming.identifier).status_code == 302
    return browser
