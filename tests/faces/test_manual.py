"""The manual's pages, and the files of its pictures."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import cinnabar
from cinnabar.config import compose
from cinnabar.config.assets import Assets
from cinnabar.faces.web.manual import PAGES, offered
from cinnabar.faces.web.request import WebOptions
from tests.support.binding import with_token


@pytest.fixture
def env(env, monkeypatch):
    """The world under a firm that has a soft token as well, so that every page is there."""
    here = with_token(env)
    world = compose.World(env=here, web=WebOptions(is_demo=True))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: world)
    return here


@pytest.fixture
def assets():
    return Assets(Path(cinnabar.__file__).parent / "static")


def fetch(assets, path):
    """Return status, headers and octets of a file as the product serves it."""
    said: dict[str, str] = {}
    environ = {"PATH_INFO": path.partition("?")[0], "REQUEST_METHOD": "GET"}
    body = assets(environ, lambda status, headers: said.update(status=status, **dict(headers)))
    return said, b"".join(body)


@pytest.mark.parametrize("language", ["zh-Hant-TW", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_its_steps_and_pictures_in_each_language(browser, assets, name, language):
    said = browser.get(f"/manual/{name}/", **{"Accept-Language": language}).content.decode()
    pictures = re.findall(r'<img src="([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)"', said)
    assert len(pictures) >= 1
    assert said.count('loading="lazy"') == said.count("<img ") == len(pictures)
    for address, width, height, _ in pictures:
        assert f"/{language}/" in address
        found, octets = fetch(assets, address)
        assert (found["status"], found["Content-Type"]) == ("200 OK", "image/webp")
        assert "immutable" in found["Cache-Control"]
        assert octets[8:12] == b"WEBP"
        assert int(width) <= 480
        assert int(height) <= 640


def test_the_contents_name_every_page(browser):
    said = browser.get("/manual/").content.decode()
    assert re.findall(r'<h2><a href="/manual/([\w-]+)/">', said) == list(PAGES)


def test_what_the_firm_does_not_offer_is_not_explained(env):
    firm = env.firm
    certificate = replace(firm.certificate, export="off")
    without = replace(firm, certificate=certificate, lock=replace(firm.lock, unlock_online=False))
    assert set(PAGES) - set(offered(without)) == {"export", "unlock"}


def test_a_firm_reads_of_the_app_what_its_customers_find_there(env):
    about = {name for name in PAGES if name.partition("-")[0] == "app"}
    firm = env.firm
    password_alone = replace(firm.login.second_factor, methods=("sms",))
    login = replace(firm.login, second_factor=password_alone)
    for_certificates = set(offered(replace(firm, login=login)))
    assert about & for_certificates == {"app", "app-certificate"}
    certificate = replace(firm.certificate, channels=("web",))
    assert about & set(offered(replace(firm, certificate=certificate))) == about - {
        "app-certificate"
    }


@pytest.mark.parametrize("name", ["nothing", "SIGN-IN", "x" * 300])
def test_a_page_that_is_not_there_is_refused(browser, name):
    assert browser.get(f"/manual/{name}/").status_code == 404


def test_what_tests_compare_with_is_not_served(assets):
    found, _ = fetch(assets, "/static/manual/en/sign-in-2.aria")
    assert found["status"].startswith("404")
