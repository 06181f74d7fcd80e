"""The scenes of the manual's pictures, gone through on the real pages.

Each scene is named `<page of the manual>-<step>`, as the words `manual.<page>.alt-<step>`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, expect

from cinnabar.kernel.clock import FrozenClock
from tests.browser.carrying import PASSPHRASE, choose, fill_in, save
from tests.browser.life import LAST_DAYS
from tests.browser.person import Person

Take = Callable[[str, Locator], None]


@dataclass
class Scenes:
    """王小明 goes through everything the manual tells; `take` is called where a picture is."""

    person: Person
    elsewhere: Person
    """The same customer at another computer."""
    folder: Path
    take: Take

    def all(self) -> None:
        self.sign_in()
        self.apply()
        self.check()
        self.carry()
        self.renew()
        self.repair()
        self.revoke()

    def main(self) -> Locator:
        return self.person.page.locator("main")

    def sign_in(self) -> None:
        page = self.person.page
        page.goto("/sign-in/")
        self.take("sign-in-2", page.locator("main .card").first)
        self.person.sign_in("A123456789")
        expect(page.locator("[data-local-none]")).to_be_visible()
        self.take("sign-in-3", self.main())

    def apply(self) -> None:
        person = self.person
        person.page.goto("/certificates/apply/")
        person.ask_code()
        self.take("apply-2", person.step("code"))
        person.enter(person.code())
        person.read_to_the_end()
        person.page.get_by_label(person.labels.agree).check()
        self.take("apply-3", person.step("consent"))
        person.button(person.labels.confirm).click()
        expect(person.step("done")).to_be_visible()
        self.take("apply-4", person.step("done"))

    def check(self) -> None:
        person, page = self.person, self.person.page
        page.goto("/certificates/check/")
        person.button(person.say("check.start")).click()
        expect(page.locator("[data-overall]")).not_to_be_empty()
        self.take("check-2", self.main())
        page.goto("/computer/")
        expect(page.locator("[data-lines] li")).to_have_count(12)
        self.take("computer-2", page.locator("section").filter(has=page.locator("[data-lines]")))

    def repair(self) -> None:
        """Find the certificate that was replaced by the renewal."""
        page = self.person.page
        page.goto("/certificates/repair/")
        expect(page.locator("[data-overall]")).not_to_be_empty()
        self.take("repair-2", self.main())

    def carry(self) -> None:
        person, other = self.person, self.elsewhere
        person.page.goto("/certificates/export/")
        expect(person.step("choose")).to_be_visible()
        fill_in(person)
        expect(person.button(person.say("export.make"))).to_be_enabled()
        self.take("export-2", person.step("choose"))
        person.button(person.say("export.make")).click()
        expect(person.step("done")).to_be_visible()
        self.take("export-3", person.step("done"))
        file = save(person, self.folder)
        other.enter_the_centre()
        other.page.goto("/certificates/import/")
        field = other.page.get_by_label(other.say("import.passphrase"), exact=True)
        field.fill(PASSPHRASE)
        self.take("import-2", other.step("file"))
        choose(other, file)
        expect(other.step("done")).to_be_visible()
        self.take("import-3", other.step("done"))

    def renew(self) -> None:
        person, page = self.person, self.person.page
        assert isinstance(person.env.clock, FrozenClock)
        person.env.clock.set(LAST_DAYS)
        person.later()
        person.sign_in("A123456789")
        expect(page.locator("[data-local]")).to_be_visible()
        self.take("renew-1", self.main())
        person.button(person.labels.renew).click()
        self.take("renew-2", person.dialog)
        person.button(person.labels.ok).click()
        expect(page.locator("[data-renewed]")).to_be_visible()
        self.take("renew-3", page.locator("[data-renewed]"))

    def revoke(self) -> None:
        person, page = self.person, self.person.page
        page.goto("/certificates/revoke/")
        expect(person.ask).to_be_enabled()
        self.take("revoke-1", self.main())
        lost = page.get_by_role("heading", name=person.say("revoke.lost"))
        self.take("lost-2", page.locator("section, form").filter(has=lost).last)
        person.prove_code()
        self.take("revoke-3", person.dialog)
