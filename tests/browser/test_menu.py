"""The menu: a column where there is room, folded where there is none, alive without script."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Hands
from tests.browser.looking import check, look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
MOST = 14  # entries, what the firm lists and what the product adds


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["phone", "narrow"])
@pytest.mark.parametrize("tongue", [("zh-TW", ZH), ("en-GB", EN)], ids=["zh", "en"])
def test_on_a_small_screen_the_menu_is_one_line_until_it_is_opened(env, ming, visit, size, tongue):
    person = Person(visit.page(size, tongue[0]), env, tongue[1])
    page = person.page
    person.enter_the_centre()
    fold = page.locator(".folded summary")
    expect(fold).to_contain_text(person.say("menu.certificates"))
    assert fold.bounding_box()["height"] < 64
    expect(page.get_by_role("navigation")).to_have_count(0)

    fill_up(page)
    hands = Hands(page)
    hands.go_to(fold)
    hands.press("Enter")
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(MOST)
    look(page, f"menu-{size['width']}-{person.labels.language}", whole=False)
    hands.go_to(page.get_by_role("navigation").get_by_role("link", name=person.labels.revoke))
    hands.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("revoke.title"))
    current = page.locator(".folded [aria-current=page]")
    expect(current).to_have_count(1)
    expect(fold).to_contain_text(person.say("menu.revoke"))


def test_on_a_large_screen_the_whole_menu_stands_beside_the_page(env, ming, visit):
    person = Person(visit.page(DESKTOP), env)
    person.enter_the_centre()
    fill_up(person.page)
    expect(person.page.locator(".folded")).to_be_hidden()
    menu = person.page.get_by_role("navigation")
    expect(menu).to_have_count(1)
    expect(menu.locator("[aria-current=page]")).to_have_text(person.say("menu.certificates"))
    assert menu.bounding_box()["width"] < 200
    check(person.page)


def test_without_script_the_menu_leads_everywhere(env, ming, visit):
    page = visit.page(PHONE, java_script_enabled=False)
    person = Person(page, env)
    person.sign_in("A123456789")
    person.choose(ZH.revoke)
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("revoke.title"))


def fill_up(page):
    """Let the menu have as many entries as it will ever have."""
    page.evaluate(
        """most => document.querySelectorAll("nav ul").forEach((list) => {
          while (list.children.length < most) {
            const more = list.lastElementChild.cloneNode(true);
            more.firstElementChild.removeAttribute("aria-current");
            list.append(more);
          }
        })""",
        MOST,
    )
