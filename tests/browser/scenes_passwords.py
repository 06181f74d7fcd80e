"""The scenes of the manual's pictures in the password centre, named as in `scenes`."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from cinnabar.kernel.refusal import Refused
from tests.browser.person import Person
from tests.browser.scenes import Take
from tests.support.claims import BORN
from tests.support.passwords import NEW, WRONG
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

MING, HUA = "A123456789", "D223456784"


@dataclass
class PasswordScenes:
    """What each of the two sees; nobody's password is another one afterwards."""

    ming: Person
    """Signed in where his certificate is; one password for all accounts."""
    hua: Person
    """At a computer that has none; a password for each account."""
    take: Take

    def all(self) -> None:
        self.change()
        self.consolidate()
        self.forgotten()
        self.locked()

    def change(self) -> None:
        person, page = self.ming, self.ming.page
        page.goto("/passwords/change/")
        fill(person, "login_")
        page.get_by_label(person.say("passwords.change.voice"), exact=True).check()
        self.take("change-password-2", card(person, "login"))

    def consolidate(self) -> None:
        person, page = self.hua, self.hua.page
        person.enter_the_centre(HUA)
        page.goto("/passwords/change/")
        page.get_by_role("link", name=person.say("passwords.table.consolidate")).click()
        fill(person, "")
        page.get_by_label(person.say("passwords.consolidate.understood")).check()
        self.take("change-password-4", page.locator("form[data-change]"))

    def forgotten(self) -> None:
        ming, hua = self.ming, self.hua
        ming.page.goto("/passwords/reissue/")
        identify(ming, MING)
        ming.button(ming.say("reissue.enter")).click()
        expect(heading(ming)).to_have_text(ming.say("reissue.with-title"))
        self.take("forgotten-password-2", card(ming, "account"))
        hua.page.goto("/passwords/reissue/")
        identify(hua, HUA)
        hua.button(hua.say("reissue.enter")).click()
        expect(heading(hua)).to_have_text(hua.say("reissue.without-title"))
        hua.page.get_by_label(hua.say("reissue.number"), exact=True).select_option(index=1)
        hua.button(hua.say("reissue.confirm")).click()
        self.take("forgotten-password-3", card(hua, "sent"))

    def locked(self) -> None:
        person = self.ming
        for _ in range(person.env.firm.login.max_wrong):
            with pytest.raises(Refused):
                sign_in(person.env, MING, WRONG, address="203.0.113.7")
        person.page.goto("/passwords/unlock/")
        identify(person, MING)
        expect(person.button(person.say("unlock.act"))).to_be_enabled()
        self.take("unlock-2", person.page.locator("[data-who]"))
        person.button(person.say("unlock.act")).click()
        self.take("unlock-3", card(person, "unlocked"))


def identify(person: Person, identifier: str) -> None:
    person.page.get_by_label(person.labels.identifier).fill(identifier)
    birth = person.page.get_by_label(person.say("reissue.birth"), exact=True)
    birth.fill(BORN)
    birth.blur()


def fill(person: Person, prefix: str) -> None:
    """Fill in a change, without asking for it."""
    page = person.page
    page.locator(f"[name={prefix}old]").fill(PASSWORD.reveal())
    page.locator(f"[name={prefix}new]").fill(NEW.reveal())
    page.locator(f"[name={prefix}new_again]").fill(NEW.reveal())


def heading(person: Person) -> Locator:
    return person.page.get_by_role("heading", level=1)


def card(person: Person, name: str) -> Locator:
    """Return the part of the page under that heading."""
    return person.page.locator(f"main section[aria-labelledby='{name}-heading']")
