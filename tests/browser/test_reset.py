"""忘記密碼 at a browser: the page, the mail, the new password, and when it happened."""

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.resets import OWN, ask, fits, mails, resetting, secret, unasked

pytestmark = pytest.mark.browser


@pytest.fixture
def env(env, change_world):
    """The world of a firm that resets passwords by mail, on its pages as well."""
    found = unasked(resetting(env))
    change_world(found)
    return found


def follow(person, text):
    # From elsewhere: following a link within the page would load nothing.
    person.page.goto("about:blank")
    person.page.goto(f"/reset/#{text}")


@pytest.mark.parametrize(
    ("size", "tongue"),
    [(DESKTOP, ("zh-TW", ZH)), (PHONE, ("en-GB", EN))],
    ids=["in-chinese", "in-english-on-a-phone"],
)
def test_a_forgotten_password_is_set_from_a_mail(env, ming, visit, size, tongue):
    person = Person(visit.page(size, tongue[0]), env, tongue[1])
    name, page = tongue[1].language, person.page
    page.goto("/sign-in/")
    page.get_by_role("link", name=person.say("reset.by-mail"), exact=True).click()
    page.get_by_label(person.labels.identifier).fill("A123456789")
    look(page, f"reset-1-{name}")
    person.button(person.say("reset.ask")).click()
    expect(page.get_by_role("heading", level=2)).to_have_text(person.say("reset.sent-title"))
    look(page, f"reset-2-{name}")

    text = secret(mails(env)[0])
    for _ in range(2):  # opening it changes nothing
        follow(person, text)
        expect(page.get_by_text(person.say("reset.arrived"))).to_be_visible()
    assert text not in page.url
    look(page, f"reset-3-{name}")
    person.button(person.say("reset.go-on")).click()
    page.locator("[name=new]").fill(OWN.reveal())
    page.locator("[name=new_again]").fill(OWN.reveal())
    look(page, f"reset-4-{name}")
    person.button(person.say("reset.submit")).click()
    when = person.env.firm.local(env.clock.now()).strftime(env.firm.formats.change_time)
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("reset.done", time=when))
    look(page, f"reset-5-{name}")
    page.get_by_role("link", name=person.say("reset.sign-in"), exact=True).click()
    expect(page.get_by_label(person.labels.identifier)).to_be_visible()
    assert fits(env, ming, OWN)


def test_a_mail_that_was_used_says_so_and_how_to_go_on(env, ming, visit):
    person = Person(visit.page(PHONE, "zh-TW"), env, ZH)
    ask(env)
    text = secret(mails(env)[0])
    follow(person, text)
    person.button(person.say("reset.go-on")).click()
    expect(person.page.locator("[name=new]")).to_be_visible()
    follow(person, text)
    person.button(person.say("reset.go-on")).click()
    person.expect_told(Refused(Refusal.LINK_DEAD))
    look(person.page, "reset-dead")
