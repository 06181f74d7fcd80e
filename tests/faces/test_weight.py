"""What the pages weigh, compressed: style and script of each page, and all of them together."""

import gzip
import re
from pathlib import Path

import pytest

import cinnabar
from cinnabar.kernel.secrets import Secret
from tests.support.app import DEVICE, SESSION, in_the_app
from tests.support.face import ENTRANCES, Browser, pages

APP = Path(cinnabar.__file__).parent / "static" / "app"
ALL_TOGETHER = ONE_PAGE = 60_000
"""Octets that style and script may weigh."""

FIRST_FLIGHT = 14_600
"""Octets that a new connection may send before it hears from the other side (RFC 6928)."""

_LOADED = re.compile(r'(?:src|href)="/static/app/([^"]+)"')
_ELEMENT = re.compile(r"<(script|link)\b[^>]*>")
PAGES = pages()


@pytest.fixture
def mings(mings, env, ming):
    """The browser at which he has signed in to the app as well."""
    jar = mings.client.cookies
    tokens = in_the_app(env, ming, Secret(jar[DEVICE].value))
    jar[SESSION], jar[DEVICE] = tokens.session.reveal(), tokens.device.reveal()
    return mings


def packed(octets: bytes) -> int:
    return len(gzip.compress(octets, 9, mtime=0))


def sent(file: Path) -> int:
    """Return the octets of a file as a browser gets it."""
    return file.with_name(f"{file.name}.br").stat().st_size


def style_of(text: str) -> int:
    """Return what the style of a page weighs."""
    sheets = {name for name in _LOADED.findall(text) if name.endswith(".css")}
    return sum(sent(APP / name) for name in sheets)


def test_style_and_script_of_all_pages_together():
    files = [path for path in APP.iterdir() if path.suffix in {".js", ".css"}]
    assert sum(sent(path) for path in files) < ALL_TOGETHER


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_loads(mings, path):
    text = (Browser() if path in ENTRANCES else mings).get(path).content.decode()
    loaded = set(_LOADED.findall(text))
    assert any(name.endswith(".css") for name in loaded)
    assert packed(text.encode()) + style_of(text) < FIRST_FLIGHT
    assert sum(sent(APP / name) for name in loaded) < ONE_PAGE


@pytest.mark.parametrize("path", PAGES)
def test_nothing_a_page_loads_may_change_under_its_name_or_hold_it_up(mings, path):
    text = (Browser() if path in ENTRANCES else mings).get(path).content.decode()
    for found in _ELEMENT.finditer(text):
        element = found[0]
        if found[1] == "script" and "src=" in element:
            assert 'type="module"' in element  # runs after the page was read
            assert re.search(r'src="/static/app/[\w-]+-[A-Z0-9]{8}\.js"', element)
        if 'rel="stylesheet"' in element:
            assert re.search(
                r'href="(?:/static/app/style-[A-Z0-9]{8}\.css|/firm\.css\?v=[0-9a-f]{8})"', element
            )


def test_the_firms_sheet_is_kept_under_the_name_of_its_content(browser):
    address = re.search(r"/firm\.css\?v=\w+", browser.get("/sign-in/").content.decode())
    assert address
    assert "immutable" in browser.get(address[0])["Cache-Control"]
    assert "immutable" not in browser.get("/firm.css?v=00000000")["Cache-Control"]


def test_pages_leave_compressed_and_answers_to_scripts_do_not(mings):
    """BREACH: what holds a share or a code must not tell its content by its length."""
    encoded = {"Accept-Encoding": "gzip, br"}
    lengths = set()
    for _ in range(8):
        page = mings.client.get("/certificates/", headers=encoded)
        assert page["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in page["Vary"]
        assert b"<!doctype html>" in gzip.decompress(page.content)
        lengths.add(len(page.content))
    assert len(lengths) > 1
    for path in ("/certificates/host.json", "/firm.css"):
        assert "Content-Encoding" not in mings.client.get(path, headers=encoded)
    mings.get("/certificates/")
    made = mings.post("/certificates/shares/", **encoded)
    assert made.status_code == 200
    assert "Content-Encoding" not in made
