"""The pictures of the manual show the pages as they are; `make pictures` takes them anew."""

import os

import pytest

from cinnabar.faces.web.manual import PAGES
from cinnabar.words import catalogue
from tests.browser.mobile import AtThePhone
from tests.browser.person import EN, ZH, Person
from tests.browser.pictures import ALL, FOLDER, LARGEST, WIDTH, Album, listed, style
from tests.browser.scenes import Scenes
from tests.browser.scenes_app import AppScenes
from tests.browser.scenes_passwords import PasswordScenes

pytestmark = pytest.mark.browser

KEEP = os.environ.get("CINNABAR_TEST_PICTURES") == "keep"
STALE = "the pages no longer look like these pictures of the manual: run `make pictures`"


@pytest.fixture
def app_scenes(env, ming, visit, change_world):
    return lambda phone, take: AppScenes(env, ming, visit.base, phone, change_world, take).all()


@pytest.mark.usefixtures("ming", "hua")
@pytest.mark.parametrize("labels", [ZH, EN], ids=["zh", "en"])
def test_the_pictures_show_the_pages_as_they_are(env, visit, tmp_path, labels, app_scenes):
    language = labels.language.replace("-Hant", "")

    def computer():
        page = visit.page(WIDTH, language, reduced_motion="reduce", color_scheme="light")
        return Person(page, env, labels)

    album = Album(labels.language, keep=KEEP)
    at_home = computer()
    Scenes(at_home, computer(), tmp_path, album.take).all()
    PasswordScenes(at_home, computer(), album.take).all()

    def phone(env):
        return AtThePhone(computer().page, env, labels)

    app_scenes(phone, album.take)
    if KEEP:
        album.close()
    assert album.stale == [], STALE
    assert listed()["style"] == style(), STALE
    said = catalogue(labels.language)
    told = {
        f"{name}-{key[4:]}"
        for name in PAGES
        for key in (k.removeprefix(f"manual.{name}.") for k in said)
        if key.startswith("alt-")
    }
    assert set(album.taken) == told, "each picture that the words describe is taken"


def test_the_pictures_are_small():
    sizes = {path: path.stat().st_size for path in FOLDER.rglob("*.webp")}
    assert [path.name for path, size in sizes.items() if size > LARGEST] == []
    assert sum(sizes.values()) <= ALL
