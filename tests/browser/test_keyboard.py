"""The whole life of a certificate by one who has a keyboard and nothing else."""

import re

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from tests.browser.hands import Hands
from tests.browser.life import Life
from tests.browser.person import ZH, Person
from tests.support.chromium import PHONE

pytestmark = pytest.mark.browser


def test_everything_can_be_done_with_the_keyboard(env, clock, ming, visit):
    person = Person(visit.page(), env)
    hands = Hands(person.page)
    signs_in(person, hands)
    applies(person, hands)
    signs_an_order(person, hands)
    Life(person, lambda _: None).nearly_a_year_later()
    renews(person, hands)
    revokes(person, hands)
    states = Certificate.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [State.SUPERSEDED, State.REVOKED]


def signs_in(person, hands):
    page = person.page
    page.goto("/sign-in/")
    hands.press("Tab")
    expect(page.get_by_role("link", name=person.say("site.skip"))).to_be_focused()
    hands.focused()
    hands.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    hands.press("Tab")
    expect(page.get_by_label(ZH.identifier)).to_be_focused()
    hands.type("A123456789")
    hands.press("Tab")
    expect(page.get_by_label(ZH.password, exact=True)).to_be_focused()
    hands.type("demo1234")
    hands.press("Enter")
    expect(page.locator("[data-local-none]")).to_be_visible()


def applies(person, hands):
    page = person.page
    hands.go_to(person.button(ZH.apply))
    hands.press("Enter")
    expect(person.step("code").get_by_role("heading")).to_be_visible()
    hands.go_to(person.ask)
    hands.press("Space")
    expect(person.field).to_be_focused()
    hands.focused()
    hands.type(person.code())
    hands.press("Enter")
    expect(person.step("consent").get_by_role("heading")).to_be_focused()
    text = page.locator("[data-consent]")
    hands.go_to(text)
    hands.press("End")
    tick = page.get_by_label(ZH.agree)
    expect(tick).to_be_enabled()
    hands.go_to(tick)
    hands.press("Space")
    expect(tick).to_be_checked()
    hands.go_to(person.step("consent").get_by_role("button", name=ZH.confirm, exact=True))
    hands.press("Enter")
    expect(person.step("done").get_by_role("heading")).to_be_focused()


def signs_an_order(person, hands):
    hands.go_to(person.step("done").get_by_role("link", name=person.say("applied.try")))
    hands.press("Enter")
    hands.go_to(person.button(ZH.sign))
    hands.press("Enter")
    expect(person.page.locator("[data-verdict]").get_by_role("heading")).to_be_focused()


def renews(person, hands):
    renew = person.button(ZH.renew)
    expect(person.page.locator("[data-local]")).to_be_visible()
    hands.go_to(renew)
    hands.press("Enter")
    stays_inside(person, hands)
    hands.press("Escape")
    expect(person.dialog).to_have_count(0)
    expect(renew).to_be_focused()
    hands.press("Enter")
    expect(person.dialog).to_be_visible()
    expect(person.dialog.get_by_role("button", name=ZH.ok, exact=True)).to_be_focused()
    hands.press("Enter")
    renewed = person.page.locator("[data-renewed]")
    expect(renewed.get_by_role("heading").first).to_be_focused()


def revokes(person, hands):
    hands.go_to(person.page.get_by_role("navigation").get_by_role("link", name=ZH.revoke))
    hands.press("Enter")
    expect(person.page).to_have_url(re.compile("/revoke/$"))
    hands.go_to(person.ask)
    hands.press("Enter")
    expect(person.field).to_be_focused()
    hands.type(person.code())
    hands.press("Enter")
    no = person.dialog.get_by_role("button", name=ZH.cancel, exact=True)
    expect(no).to_be_focused()
    stays_inside(person, hands)
    hands.go_to(person.dialog.get_by_role("button", name=ZH.ok, exact=True))
    hands.press("Space")
    expect(person.page.locator("[data-revoked]").get_by_role("heading")).to_be_focused()


def stays_inside(person, hands):
    """Tab goes round within the dialog; what lies behind it cannot be reached."""
    expect(person.dialog).to_be_visible()
    inside = 0
    for key in ["Tab"] * 6 + ["Shift+Tab"] * 6:
        hands.press(key)
        # Between the last button and the first, the focus is on the browser's own bar.
        if person.page.evaluate("document.activeElement !== document.body"):
            assert hands.focused()["inDialog"]
            inside += 1
    assert inside >= 6


def test_after_the_third_wrong_code_the_focus_is_somewhere(env, ming, visit):
    person = Person(visit.page(PHONE), env)
    person.go_to_the_code()
    person.ask_code()
    wrong = person.wrong_code()
    for _ in range(env.firm.code.max_wrong):
        expect(person.field).to_have_value("")
        person.enter(wrong)  # by the button, which is shut after the last one
        expect(person.page.locator("[data-wrong]")).not_to_be_empty()
        expect(person.button(ZH.confirm)).not_to_have_attribute("aria-busy", "true")
    expect(person.page.locator("[data-wrong]")).to_contain_text("認證碼已失效")
    assert person.page.evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("pasted", ["{}", " {} ", "wide", "spaced"])
def test_a_code_can_be_pasted(env, ming, visit, pasted):
    page = visit.page(permissions=["clipboard-read", "clipboard-write"])
    person = Person(page, env)
    person.go_to_the_code()
    person.ask_code()
    expect(person.field).to_be_focused()
    expect(person.field).to_have_attribute("autocomplete", "one-time-code")
    expect(person.field).to_have_attribute("inputmode", "numeric")
    code = person.code()
    text = {
        "wide": "".join(chr(ord(digit) + 0xFEE0) for digit in code),
        "spaced": " ".join(code),
    }.get(pasted, pasted.format(code))
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")
    expect(person.field).to_have_value(code)
    page.keyboard.press("Enter")
    expect(person.step("consent")).to_be_visible()
