"""Every page, narrow, dark and still: nothing is cut off, too small, unnamed or in motion."""

import pytest
from playwright.sync_api import expect

from tests.browser.life import Life
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP
from tests.support.mail import received

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}  # 1280 CSS pixels at 400 % (WCAG 1.4.10)
DARK_AND_STILL = {"color_scheme": "dark", "reduced_motion": "reduce"}

MOVING = """
() => [...document.querySelectorAll("*")].flatMap((e) => ["", "::before", "::after"].map((part) => {
  const style = getComputedStyle(e, part);
  const still = style.animationName === "none" && parseFloat(style.transitionDuration) === 0;
  return still ? null : `${e.localName}${part}`;
})).filter((found) => found)
"""


@pytest.mark.parametrize(
    "way",
    [
        (NARROW, "zh-TW", ZH, "narrow", {}),
        (NARROW, "en-GB", EN, "dark-narrow-en", DARK_AND_STILL),
        (DESKTOP, "zh-TW", ZH, "dark", DARK_AND_STILL),
    ],
    ids=["narrow-zh", "dark-narrow-en", "dark-desktop-zh"],
)
def test_every_station_can_be_read(env, clock, ming, visit, way):
    size, language, labels, name, more = way
    page = visit.page(size, language, **more)
    titles: dict[str, set[str]] = {}

    def stop(where):
        look(page, f"{name}-{where}", whole=where != "14-tray")
        assert page.locator("html").get_attribute("lang") == labels.language
        assert page.locator("h1").count() == 1
        titles.setdefault(page.title(), set()).add(page.url)
        if more:
            moving = page.evaluate(MOVING)
            assert not moving, moving

    person = Person(page, env, labels)
    Life(person, stop).whole()
    received(env)
    page.goto("/tray/")
    expect(page.get_by_role("article").first).to_be_visible()
    stop("14-tray")
    page.goto("/nowhere/")
    stop("15-not-found")
    person.button(person.say("site.sign-out")).click()
    expect(page.get_by_role("heading", name=person.say("signed-out.title"))).to_be_visible()
    stop("16-signed-out")

    assert [title for title, urls in titles.items() if len(urls) > 1] == []
    firm = env.firm.identity.names[labels.language]
    assert [title for title in titles if not title.endswith(firm)] == []
    # Sign-in, both tables, applying, revoking, test signing, tray, not found, signed out.
    assert len(titles) == 8


def test_the_customer_changes_the_language_and_stays_on_the_page(env, ming, visit):
    person = Person(visit.page(), env)
    page = person.page
    person.enter_the_centre()
    page.goto("/certificates/revoke/")
    person.button("English").click()
    expect(page).to_have_url(f"{visit.base}/certificates/revoke/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Revoke your certificate")
    person.button("繁體中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("憑證註銷")
    assert page.url == f"{visit.base}/certificates/revoke/"


def test_what_the_policy_forbids_is_noticed(env, ming, visit):
    page = visit.page()
    page.goto("/sign-in/")
    with (
        page.expect_console_message(lambda message: message.text.startswith("policy: img-src")),
        page.expect_console_message(lambda message: "violates" in message.text),
    ):
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('img'),"
            " {src: 'http://127.0.0.1:1/elsewhere.png'}))"
        )
    visit.forgive("img-src")


def test_passwords_can_be_shown_and_filled_in_by_a_manager(env, ming, visit):
    person = Person(visit.page(), env)
    page = person.page
    page.goto("/sign-in/")
    password = page.get_by_label(ZH.password, exact=True)
    identifier = page.get_by_label(ZH.identifier)
    expect(identifier).to_have_attribute("autocomplete", "username")
    expect(password).to_have_attribute("autocomplete", "current-password")
    password.fill("demo1234")
    show = page.get_by_role("button", name="顯示密碼")
    show.click()
    expect(password).to_have_attribute("type", "text")
    page.get_by_role("button", name="隱藏密碼").click()
    expect(password).to_have_attribute("type", "password")
    page.get_by_role("button", name="帶入陳美華的資料").click()
    expect(identifier).to_have_value("B223456782")
