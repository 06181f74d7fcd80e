"""Who comes when too many sign in reads when to come back, and then gets in."""

import pytest
from playwright.sync_api import expect

from cinnabar.faces.web.request import WebOptions
from cinnabar.faces.web.turned_away import Threshold
from cinnabar.kernel.gate import Standing
from tests.browser.looking import Watched, look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE, serving
from tests.support.crowded import one_at_a_time, somebody_inside

pytestmark = pytest.mark.browser


@pytest.fixture
def crowded(env, change_world):
    made = one_at_a_time(env)
    change_world(made)
    return made


@pytest.fixture
def crowd(chromium, crowded, transactional_db):
    with serving(lambda pages: Threshold(pages, crowded, WebOptions())) as base:
        person = Watched(chromium, base, crowded)
        yield person
        person.close()


@pytest.mark.parametrize(
    "way", [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["phone-zh", "desktop-en"]
)
def test_ming_is_turned_away_and_comes_back(crowded, ming, crowd, way):
    size, language, labels = way
    person = Person(crowd.page(size, language), crowded, labels)
    page = person.page
    with somebody_inside(crowded, Standing.STRANGER):
        person.sign_in(ming.identifier)
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(person.say("refusals.busy.title"))
        look(page, f"turned-away-{labels.language}")
    crowd.forgive("503")
    page.get_by_role("link", name=person.say("refused.sign-in"), exact=True).click()
    expect(page).to_have_url("/sign-in/")
    person.sign_in(ming.identifier)
    expect(page).not_to_have_url("/sign-in/")
