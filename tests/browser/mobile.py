"""What a person does at 行動憑證中心, in the words that stand there."""

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from cinnabar.customers.queries import CustomerView
from cinnabar.kernel.refusal import Refused
from tests.browser.person import Person
from tests.support.app import enter_the_app

PIN, OTHER_PIN = "834027", "590273"


@dataclass
class AtThePhone(Person):
    """Somebody at the app, with a PIN in his head."""

    pin: str = PIN

    def enter(self, code: str) -> None:
        self.field.fill(code)
        self.button(self.labels.confirm).first.click()

    def open_the_app(self, base: str, customer: CustomerView) -> None:
        """Sign in there and go to the certificate."""
        enter_the_app(self.page.context, base, self.env, customer)
        self.page.goto("/app/certificates/")

    @property
    def pin_asked(self) -> Locator:
        return self.dialog.get_by_label(self.say("js.vault.pin"), exact=True)

    def type_pin(self, pin: str = "") -> None:
        """Type the PIN into the dialog that asks it."""
        self.pin_asked.fill(pin or self.pin)
        self.pin_asked.press("Enter")

    def set_pin(self) -> None:
        """Choose a PIN while applying."""
        form = self.page.locator("[data-pin-new]")
        expect(form).to_be_visible()
        fields = form.locator("input")
        for at in range(fields.count()):
            fields.nth(at).fill(self.pin)
        form.get_by_role("button", name=self.say("mobile.next"), exact=True).click()
        expect(self.ask).to_be_enabled()

    def give_pin(self, pin: str = "") -> None:
        """Give the PIN that this browser has, while applying."""
        form = self.page.locator("[data-pin-known]")
        expect(form).to_be_visible()
        form.locator("input").fill(pin or self.pin)
        form.get_by_role("button", name=self.say("mobile.next"), exact=True).click()

    def go_to_apply(self) -> None:
        self.page.get_by_role("link", name=self.say("mobile.apply"), exact=True).click()

    def read_and_tick(self) -> None:
        self.read_to_the_end()
        self.page.get_by_label(self.labels.agree).check()

    def apply_here(self) -> None:
        """Go through a whole application, from 申請憑證 to the result."""
        self.go_to_apply()
        self.set_pin()
        self.ask_code()
        self.read_and_tick()
        self.enter(self.code())
        expect(self.step("done")).to_be_visible()

    def expect_told_in_the_app(self, refused: Refused) -> None:
        """Expect the sentences of a refusal, announced, and the firm's number below."""
        self.expect_told(refused)

    def delete_here(self) -> None:
        """Press 憑證刪除 and 好."""
        self.button(self.say("mobile.delete")).click()
        yes = self.env.firm.mobile.delete_ok[self.labels.language]
        self.dialog.get_by_role("button", name=yes, exact=True).click()
