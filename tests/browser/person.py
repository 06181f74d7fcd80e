"""What a person does on the pages, in the words that stand on them."""

import re
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from cinnabar.env import Env
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.refusal import Refused
from cinnabar.messages.queries import Letter
from cinnabar.words import Words
from tests.support.mail import received


@dataclass(frozen=True)
class Labels:
    """Names of buttons and links in one language."""

    language: str
    identifier: str
    password: str
    sign_in: str
    apply: str
    get_code: str
    code: str
    confirm: str
    cancel: str
    agree: str
    renew: str
    ok: str
    revoke: str
    remove: str
    try_sign: str
    sign: str


ZH = Labels(
    language="zh-Hant-TW",
    identifier="身分證字號/統編",
    password="登入密碼",
    sign_in="登入",
    apply="申請",
    get_code="取得認證碼",
    code="憑證認證碼",
    confirm="確認",
    cancel="取消",
    agree="我已讀完並同意以上內容",
    renew="更新",
    ok="確定",
    revoke="憑證註銷",
    remove="移除",
    try_sign="試簽",
    sign="簽署",
)

EN = Labels(
    language="en",
    identifier="National ID or company number",
    password="Password",
    sign_in="Sign in",
    apply="Apply",
    get_code="Get code",
    code="Certificate code",
    confirm="Confirm",
    cancel="Cancel",
    agree="I have read all of this and agree",
    renew="Renew",
    ok="OK",
    revoke="Revoke",
    remove="Remove",
    try_sign="Test signing",
    sign="Sign",
)


@dataclass
class Person:
    """Somebody at a page."""

    page: Page
    env: Env
    labels: Labels = ZH

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def say(self, key: str, **facts: object) -> str:
        """Return the sentence of `key` in this person's language."""
        return Words(self.env.firm, self.labels.language).say(key, **facts)

    @property
    def ask(self) -> Locator:
        return self.button(self.labels.get_code)

    @property
    def field(self) -> Locator:
        return self.page.get_by_label(self.labels.code, exact=True)

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def step(self, name: str) -> Locator:
        return self.page.locator(f"[data-step='{name}']")

    def choose(self, entry: str) -> None:
        """Go where the menu's `entry` leads, on a small screen after unfolding it."""
        fold = self.page.locator(".folded summary")
        if fold.is_visible():
            fold.click()
        self.page.get_by_role("navigation").get_by_role("link", name=entry, exact=True).click()

    def later(self, by: timedelta | None = None, *, seconds: float = 0) -> None:
        """Let time go by, for the host and for this browser."""
        assert isinstance(self.env.clock, FrozenClock)
        self.env.clock.move(by, seconds=seconds)
        self.page.context.clock.set_fixed_time(self.env.clock.now())

    def sign_in(self, identifier: str, password: str = "demo1234") -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label(self.labels.identifier).fill(identifier)
        self.page.get_by_label(self.labels.password, exact=True).fill(password)
        self.pass_for_a_person()
        self.button(self.labels.sign_in).click()

    def pass_for_a_person(self) -> None:
        """Tick 我不是機器人 where the page asks; the form waits for the rest."""
        tick = self.page.locator("[data-robot] input[type=checkbox]")
        if tick.count():
            tick.check()

    def enter_the_centre(self, identifier: str = "A123456789") -> None:
        """Sign in and see both tables."""
        self.sign_in(identifier)
        expect(self.page.locator("#local-heading")).to_be_visible()

    def go_to_the_code(self, identifier: str = "A123456789") -> None:
        """Sign in and go where the code for a certificate is asked for."""
        self.enter_the_centre(identifier)
        self.page.goto("/certificates/apply/")
        expect(self.ask).to_be_enabled()

    def codes(self) -> list[Letter]:
        """Return the codes that came to the phone, newest first."""
        return [m for m in received(self.env) if m.channel == "sms" and "認證碼" in m.text]

    def code(self) -> str:
        """Look at the phone."""
        newest = self.codes()[0]
        found = re.search(rf"(?<!\d)\d{{{self.env.firm.code.length}}}(?!\d)", newest.text)
        assert found, newest.text
        return found.group()

    def wrong_code(self) -> str:
        right = self.code()
        return f"{(int(right) + 1) % 10 ** len(right):0{len(right)}}"

    def ask_code(self) -> None:
        """Press 取得認證碼 and wait until it was sent."""
        expect(self.ask).to_be_enabled()
        with self.page.expect_response(re.compile("/code$")) as sent:
            self.ask.click()
        assert sent.value.ok, sent.value.text()
        expect(self.field).to_be_editable()
        expect(self.ask).not_to_have_attribute("aria-busy", "true")
        expect(self.ask).to_be_disabled()

    def enter(self, code: str) -> None:
        self.field.fill(code)
        self.button(self.labels.confirm).click()

    def prove_code(self) -> None:
        self.ask_code()
        self.enter(self.code())

    def read_to_the_end(self) -> None:
        box = self.page.get_by_label(self.labels.agree)
        expect(box).to_be_visible()
        expect(box).to_be_disabled()
        self.page.locator("[data-consent]").evaluate("e => e.scrollTo(0, e.scrollHeight)")
        expect(box).to_be_enabled()

    def agree(self) -> None:
        self.read_to_the_end()
        self.page.get_by_label(self.labels.agree).check()
        self.button(self.labels.confirm).click()

    def apply(self) -> None:
        """Go through a whole application."""
        self.page.goto("/certificates/apply/")
        self.prove_code()
        self.agree()
        expect(self.step("done")).to_be_visible()

    def expect_told(self, refused: Refused) -> Locator:
        """Expect the sentences of a refusal, announced, and the hotline on the page."""
        said = Words(self.env.firm, self.labels.language).refusal(refused)
        region = self.page.get_by_role("alert").filter(has_text=said.title)
        expect(region).to_be_visible()
        expect(region).to_contain_text(said.detail)
        expect(region).to_contain_text(said.next)
        expect(region).to_be_in_viewport()
        self.expect_hotline()
        return region

    def expect_told_here(self, name: str) -> Locator:
        """Expect the sentences of a refusal that arose in the browser itself."""
        region = self.page.get_by_role("alert").filter(has_text=self.say(f"js.common.{name}_title"))
        expect(region).to_contain_text(self.say(f"js.common.{name}_detail"))
        expect(region).to_contain_text(self.say(f"js.common.{name}_next"))
        expect(region).to_be_in_viewport()
        self.expect_hotline()
        return region

    def expect_hotline(self) -> None:
        foot = self.page.get_by_role("contentinfo")
        expect(foot.get_by_role("link", name=self.env.firm.identity.hotline)).to_be_visible()
