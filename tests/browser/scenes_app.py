"""The scenes of the manual's pictures in the app, named as in `scenes`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import expect

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.tokens.models import SoftToken
from tests.browser.bound import keep, phone_of
from tests.browser.mobile import AtThePhone
from tests.browser.scenes import Take
from tests.support import binding, bound
from tests.support.app import enter_the_app
from tests.support.approvals import AGENT
from tests.support.binding import sms_code
from tests.support.people import PASSWORD
from tests.support.second import asking
from tests.support.signing import sign_in
from tests.support.soft import PIN, App, bind

KEY = ec.derive_private_key(0xC1, ec.SECP256R1())
"""One key for ever, for its two words stand in a picture."""


@dataclass
class AppScenes:
    """王小明 and his phone; `page` gives a fresh browser, `change_world` what his firm has."""

    env: Env
    who: CustomerView
    base: str
    fresh: Callable[[Env], AtThePhone]
    change_world: Callable[[Env], None]
    take: Take

    def all(self) -> None:
        self.welcome()
        self.certificate()
        self.token()
        self.approve()
        self.lost()

    def welcome(self) -> None:
        phone = self.fresh(self.env)
        phone.page.goto("/app/welcome/tour/")
        self.take("app-2", phone.page.locator("main"))

    def certificate(self) -> None:
        phone = self.fresh(self.env)
        phone.open_the_app(self.base, self.who)
        phone.go_to_apply()
        expect(phone.page.locator("[data-pin-new]")).to_be_visible()
        self.take("app-certificate-2", phone.step("pin"))

    def token(self) -> None:
        env = binding.with_token(self.env)
        self.change_world(env)
        phone = self.fresh(env)
        enter_the_app(phone.page.context, self.base, env, self.who)
        phone.page.goto("/app/token/")
        agree = phone.button(phone.say("token.agree"))
        expect(agree).to_be_enabled()
        agree.click()
        code = phone.page.locator("#code-digits")
        expect(code).to_be_visible()
        code.fill(sms_code(env))
        phone.button(phone.say("token.activate")).click()
        expect(phone.step("pin")).to_be_visible()
        self.take("app-token-2", phone.step("pin"))
        phone.page.locator("#new-pin").fill(PIN)
        phone.page.locator("#new-pin-again").fill(PIN)
        phone.button(phone.say("token.pin-set")).click()
        expect(phone.step("registration")).to_be_visible()
        self.take("app-token-3", phone.step("registration"))

    def approve(self) -> None:
        env = asking(bound.with_token(self.env), methods=("sms", "soft-token"))
        self.change_world(env)
        phone, desk = self.fresh(env), self.fresh(env)
        app = phone_of(env, self.who, phone.page.context, self.base)
        phone.page.goto("/app/help/")
        keep(phone.page, app)
        desk.sign_in(self.who.identifier)
        name = env.firm.token.web_name[desk.labels.language]
        desk.button(desk.say("second.use.soft-token", token=name)).click()
        expect(desk.page.locator(".number")).to_be_visible()
        self.take("app-approve-1", desk.page.locator("main .card").first)
        phone.page.goto("/app/approvals/")
        expect(phone.page.locator(".approval")).to_be_visible()
        self.take("app-approve-2", phone.page.locator(".approval"))

    def lost(self) -> None:
        env = binding.with_token(self.env)
        self.change_world(env)
        cleared = {"state": SoftToken.CLEARED, "sealed": None, "ended_at": env.clock.now()}
        SoftToken.objects.filter(customer_id=self.who.id).update(**cleared)
        phone = bind(env, self.who, App(private=KEY))
        SoftToken.objects.filter(key_id=phone.key_id).update(agent=AGENT)
        desk = self.fresh(env)
        tokens = sign_in(env, self.who.identifier, PASSWORD, address="127.0.0.1")
        kept = {"__Host-session": tokens.session, "__Host-device": tokens.device}
        at = {"url": self.base.replace("http://", "https://"), "secure": True, "httpOnly": True}
        cookies: list[Any] = [{"name": n, "value": v.reveal(), **at} for n, v in kept.items()]
        desk.page.context.add_cookies(cookies)
        desk.page.goto("/account/token/")
        self.take("app-lost-2", desk.page.locator("section[aria-labelledby='held-heading']"))
