"""密碼中心: signing in to it, changing a password, one password for all."""

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.passwords.kinds import PasswordKind
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.passwords import NEW, NEWER, WRONG, account_of, kept, new_withdrawal, opens
from tests.support.people import PASSWORD, WITHDRAWAL, give_withdrawal

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["phone-zh", "desktop-en"]
)


@pytest.fixture
def person(env, visit, way):
    """Somebody on a phone or at a desk."""
    size, language, labels = way
    return Person(visit.page(size, language, reduced_motion="reduce"), env, labels)


def enter(person, customer):
    """Sign in at the password centre."""
    page = person.page
    page.goto("/passwords/")
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("passwords.sign-in"))
    look(page, f"passwords-0-{person.labels.language}")
    page.get_by_label(person.labels.identifier).fill(customer.identifier)
    page.get_by_label(person.labels.password, exact=True).fill(PASSWORD.reveal())
    tick = page.get_by_role("checkbox", name=person.say("robot.label"))
    if tick.count():
        tick.check()
        expect(page.locator("[data-robot] [role=status]")).to_have_text(person.say("js.robot.done"))
    person.button(person.labels.sign_in).click()
    expect(page).to_have_url("/passwords/change/")


def fill(person, prefix, old, new):
    page = person.page
    page.locator(f"[name={prefix}old]").fill(old.reveal())
    page.locator(f"[name={prefix}new]").fill(new.reveal())
    page.locator(f"[name={prefix}new_again]").fill(new.reveal())


def confirm(person):
    person.button(person.say("passwords.ok")).click()


def expect_changed(person):
    heading = person.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(person.say("passwords.changed.state"))
    expect(person.page).to_have_url("/passwords/changed/")


@BOTH
def test_ming_changes_both_passwords_after_a_slip(env, ming, person, way):
    give_withdrawal(env, ming.id)
    page, name = person.page, person.labels.language
    enter(person, ming)
    cash = page.locator("[name=withdrawal_old]")
    expect(cash).to_be_hidden()
    page.get_by_label(person.say("passwords.choose.withdrawal")).check()
    expect(cash).to_be_visible()
    look(page, f"passwords-1-{name}")

    fill(person, "login_", WRONG, NEW)
    fill(person, "withdrawal_", WITHDRAWAL, new_withdrawal(env))
    page.locator("[data-old] [data-show]").first.click()
    expect(page.locator("[name=login_old]")).to_have_attribute("type", "text")
    confirm(person)
    person.expect_told(Refused(Refusal.OLD_PASSWORD_WRONG))
    expect(page.locator("[name=login_old]")).to_have_value("")
    expect(cash).to_be_visible()
    look(page, f"passwords-2-{name}")

    fill(person, "login_", PASSWORD, NEW)
    fill(person, "withdrawal_", WITHDRAWAL, new_withdrawal(env))
    confirm(person)
    expect_changed(person)
    look(page, f"passwords-3-{name}")
    page.reload()
    expect_changed(person)
    assert opens(env, ming, NEW)


@BOTH
def test_hua_changes_one_account_and_then_has_one_password_for_all(env, hua, person, way):
    page, name = person.page, person.labels.language
    enter(person, hua)
    expect(page.get_by_role("table").first.get_by_role("row")).to_have_count(4)
    look(page, f"passwords-4-{name}")
    futures = account_of(hua, "futures")
    page.locator(f"a[href='/passwords/change/{futures}/']").click()
    person.expect_hotline()
    fill(person, "login_", PASSWORD, NEW)
    confirm(person)
    person.expect_told(Refused(Refusal.OLD_PASSWORD_WRONG))
    page.goto(f"/passwords/change/{account_of(hua, 'securities')}/")
    fill(person, "login_", PASSWORD, NEW)
    look(page, f"passwords-5-{name}")
    confirm(person)
    expect_changed(person)

    page.get_by_role("link", name=person.say("passwords.changed.back")).click()
    link = page.get_by_role("link", name=person.say("passwords.table.consolidate"))
    link.click()
    look(page, f"passwords-6-{name}")
    fill(person, "", NEW, NEWER)
    page.get_by_label(person.say("passwords.consolidate.understood")).check()
    confirm(person)
    expect_changed(person)
    assert list(kept(hua)) == [None]
    assert list(kept(hua, PasswordKind.WITHDRAWAL)) == [futures]
