"""The field for a new password: ticked as it is typed where the firm wants it, pasted, shown."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cinnabar.firm import load_firm
from cinnabar.passwords import rules
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Rule
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.people import PASSWORD

pytestmark = pytest.mark.browser

LONG = "four words and a horse " * 5
PASTE = "e => e.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true}))"


@pytest.fixture
def strong(env, change_world):
    """The pages ask of passwords what the strong firm asks."""
    world = replace(env, firm=replace(env.firm, password=load_firm("strong").password))
    change_world(world)
    return world


@pytest.mark.parametrize(
    ("size", "tongue"),
    [(DESKTOP, ("zh-TW", ZH)), (PHONE, ("en-GB", EN))],
    ids=["in-chinese", "in-english-on-a-phone"],
)
def test_each_rule_is_ticked_and_the_host_has_the_last_word(strong, ming, visit, size, tongue):
    """P91, PWD-02, PWD-05, PWD-07, PWD-08."""
    person = Person(visit.page(size, tongue[0]), strong, tongue[1])
    person.sign_in("A123456789")
    page = person.page
    page.goto("/passwords/change/")
    first, again = page.locator("[data-first]"), page.locator("[data-again]")
    kept, missed = (person.say(f"js.new_password.{word}") for word in ("kept", "not_kept"))

    def ticks():
        return page.locator("[data-kept]").all_text_contents()

    assert ticks() == ["", "", ""]
    assert first.evaluate(PASTE), "nothing stands in the way of pasting"
    first.fill("horse")
    assert ticks() == [missed, kept, ""]
    first.fill(LONG)
    expect(first).to_have_value(LONG)  # nothing cuts it
    assert ticks() == [missed, kept, ""]
    first.fill("password1")
    again.fill("password2")
    assert ticks() == [kept, kept, missed]
    person.button(person.say("new-password.show-name")).click()
    expect(first).to_have_attribute("type", "text")
    expect(again).to_have_attribute("type", "text")
    look(page, f"new-password-{tongue[1].language}")
    page.locator("[name$=old]").fill(PASSWORD.reveal())
    person.button(person.say("passwords.ok")).click()
    differs = person.say("js.new_password.differs")
    assert again.evaluate("e => e.validationMessage") == differs
    again.fill("password1")
    assert ticks() == [kept, kept, kept]
    person.button(person.say("passwords.ok")).click()
    asked = rules.standard(strong.firm.password, PasswordKind.LOGIN)
    person.expect_told(rules.refused(asked, (Rule.COMMON,)))
    expect(first).to_have_value("")
    expect(first).to_have_attribute("type", "password")


def test_where_the_firm_lists_its_rules_plainly_nothing_is_ticked(env, ming, visit, change_world):
    taiwan = replace(env, firm=replace(env.firm, password=load_firm("taiwan").password))
    change_world(taiwan)
    person = Person(visit.page(DESKTOP, "zh-TW"), taiwan, ZH)
    person.sign_in("A123456789")
    person.page.goto("/passwords/change/")
    person.page.locator("[data-first]").fill("a b")
    expect(person.page.locator(".checks li.bad, .checks li.ok")).to_have_count(0)
    expect(
        person.page.get_by_text(person.say("new-password.length", min=7, max=10))
    ).to_be_visible()
