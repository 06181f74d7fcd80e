"""The stations of a certificate's life on the pages, each one stopped at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.kernel.clock import FrozenClock
from tests.browser.person import Person

LAST_DAYS = datetime(2027, 11, 10, 9, tzinfo=ZoneInfo("Asia/Taipei"))


@dataclass
class Life:
    """Somebody who goes through everything once; `stop` is called at each station."""

    person: Person
    stop: Callable[[str], None]

    def begin(self) -> None:
        page = self.person.page
        page.goto("/sign-in/")
        self.stop("1-sign-in")
        self.person.sign_in("A123456789")
        expect(page.locator("[data-local-none]")).to_be_visible()
        self.stop("2-none")

    def apply(self) -> None:
        person, page = self.person, self.person.page
        person.button(person.labels.apply).click()
        person.ask_code()
        expect(page.get_by_text("0958****74")).to_be_visible()
        self.stop("3-code")
        person.enter(person.code())
        expect(page.get_by_label(person.labels.agree)).to_be_visible()
        self.stop("4-consent")
        person.agree()
        expect(person.step("done")).to_be_visible()
        serial = Certificate.objects.latest("id")
        expect(page.get_by_text(serial.serial[-8:].upper())).to_be_visible()
        self.stop("5-applied")
        page.goto("/certificates/")
        expect(page.get_by_role("table")).to_have_count(2)
        self.stop("6-both-tables")

    def sign_order(self) -> None:
        person, page = self.person, self.person.page
        person.choose(person.labels.try_sign)
        person.button(person.labels.sign).click()
        expect(page.locator("[data-verdict]")).to_be_visible()
        expect(page.get_by_text("王小明").last).to_be_visible()
        self.stop("7-test-signed")

    def nearly_a_year_later(self) -> None:
        assert isinstance(self.person.env.clock, FrozenClock)
        self.person.env.clock.set(LAST_DAYS)
        self.person.later()
        self.person.sign_in("A123456789")
        expect(self.person.button(self.person.labels.renew)).to_be_visible()

    def renew(self) -> None:
        person, page = self.person, self.person.page
        expect(page.locator("[data-local]")).to_be_visible()
        self.stop("8-renewable")
        person.button(person.labels.renew).click()
        expect(person.dialog).to_be_visible()
        self.stop("9-renew-dialog")
        person.button(person.labels.ok).click()
        expect(page.locator("[data-renewed]")).to_be_visible()
        live = Certificate.objects.get(state=State.LIVE)
        expect(page.locator("[data-renewed] [data-serial]")).to_have_text(live.serial[-8:].upper())
        self.stop("10-renewed")

    def revoke(self) -> None:
        person, page = self.person, self.person.page
        page.goto("/certificates/revoke/")
        self.stop("11-revoke")
        person.prove_code()
        expect(person.dialog).to_be_visible()
        self.stop("12-revoke-dialog")
        person.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
        expect(page.locator("[data-revoked]")).to_be_visible()
        self.stop("13-revoked")

    def whole(self) -> None:
        self.begin()
        self.apply()
        self.sign_order()
        self.nearly_a_year_later()
        self.renew()
        self.revoke()
