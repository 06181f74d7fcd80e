"""Binding a soft token in Chromium: a phone with a camera, a mail or a page with the code."""

import base64
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.authenticator import step_up
from tests.browser.looking import Watched, look
from tests.browser.person import EN, ZH, Person
from tests.support import camera
from tests.support.app import enter_the_app
from tests.support.binding import sms_code, typed, with_token
from tests.support.chromium import DESKTOP, FLAGS, PHONE
from tests.support.mail import received
from tests.support.people import PASSWORD, called
from tests.support.signing import sign_in

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
PIN = "834027"
# One module of our pictures is eight pixels wide, with four modules of white around.
MODULES = """
async (address) => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const context = document.createElement("canvas").getContext("2d");
  const edge = context.canvas.width = context.canvas.height = picture.naturalWidth;
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, edge, edge).data;
  const count = edge / 8 - 8;
  const at = (line) => (line + 4) * 8 + 4;
  const ink = (row, column) => Number(pixels[4 * (at(row) * edge + at(column))] < 128);
  const each = [...Array(count).keys()];
  return each.map((row) => each.map((column) => ink(row, column)));
}
"""


@pytest.fixture
def by_mail(env, change_world):
    """A world whose firm mails the registration code."""
    here = with_token(env)
    change_world(here)
    return here


@pytest.fixture
def by_page(env, change_world):
    """A world whose firm shows it on the web page."""
    here = with_token(env, code_in_mail=False, bind=timedelta(minutes=10))
    change_world(here)
    return here


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "camera.y4m"
    camera.empty(path)
    return path


@pytest.fixture
def phones(chromium, visit, env, film):
    """Browsers whose camera shows the film."""
    fake = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    with_camera = chromium.browser_type.launch(
        executable_path="/usr/bin/chromium", args=[*FLAGS, *fake]
    )
    watched = Watched(with_camera, visit.base, env)
    yield watched
    watched.close()
    with_camera.close()


class Phone(Person):
    """Somebody with the app open at its binding."""

    def come(self, base, customer):
        enter_the_app(self.page.context, base, self.env, customer)
        self.page.goto("/app/token/")
        return self

    def up_to_the_code(self):
        """Agree, type the code of the SMS, choose a PIN."""
        agree = self.button(self.say("token.agree"))
        expect(agree).to_be_enabled()
        agree.click()
        code = self.page.locator("#code-digits")
        expect(code).to_be_visible()
        code.fill(sms_code(self.env))
        self.button(self.say("token.activate")).click()
        expect(self.step("pin")).to_be_visible()
        self.page.locator("#new-pin").fill(PIN)
        self.page.locator("#new-pin-again").fill(PIN)
        self.button(self.say("token.pin-set")).click()
        expect(self.step("registration")).to_be_visible()

    def scan(self):
        button = self.button(self.say("token.scan"))
        expect(button).to_be_enabled()
        button.click()


def enter_the_web(desk, base, customer):
    """Sit down at a computer where the customer is signed in."""
    tokens = sign_in(desk.env, customer.identifier, PASSWORD, address="127.0.0.1")
    kept = {"__Host-session": tokens.session.reveal(), "__Host-device": tokens.device.reveal()}
    at = {"url": base.replace("http://", "https://"), "secure": True, "httpOnly": True}
    cookies = [{"name": name, "value": value, **at} for name, value in kept.items()]
    desk.page.context.add_cookies(cookies)


def shot(page, name):
    page.evaluate("scrollTo(0, 1e6)")
    look(page, name)


def test_the_mails_picture_is_scanned_by_a_trembling_hand(by_mail, ming, visit, phones, film):
    """Noise, rotation and blur together (issue 6); the phone is narrow."""
    here = by_mail
    phone = Phone(phones.page(NARROW), here).come(visit.base, ming)
    expect(phone.step("start")).to_be_visible()
    shot(phone.page, "token-start")
    phone.up_to_the_code()
    shot(phone.page, "token-registration")
    mail = next(one for one in received(here) if one.picture)
    picture = f"data:image/png;base64,{base64.b64encode(mail.picture).decode()}"
    camera.film(film, phone.page.evaluate(MODULES, picture), camera.HARD)
    phone.scan()
    expect(phone.step("done")).to_be_visible()
    shot(phone.page, "token-done")
    phone.page.reload()
    expect(phone.step("done")).to_be_visible()


def test_user_name_and_code_are_typed_after_the_app_was_closed(by_mail, ming, visit):
    """P219: a new session goes on with the same key and the earlier mail."""
    here = by_mail
    phone = Phone(visit.page(PHONE, "en-GB"), here, EN).come(visit.base, ming)
    phone.up_to_the_code()
    code = typed(here)
    phone.later(timedelta(minutes=2))
    phone.page.context.clear_cookies()
    phone.come(visit.base, ming)
    expect(phone.step("code")).to_be_visible()
    ask = phone.button(phone.say("code.get"))
    expect(ask).to_be_enabled()
    ask.click()
    expect(phone.page.locator("#code-digits")).to_be_visible()
    phone.page.locator("#code-digits").fill(sms_code(here))
    phone.button(phone.say("token.activate")).click()
    phone.page.locator("#new-pin").fill(PIN)
    phone.page.locator("#new-pin-again").fill(PIN)
    phone.button(phone.say("token.pin-set")).click()
    expect(phone.step("registration")).to_be_visible()
    form = phone.page.locator("[data-typed]")
    form.locator("[name=identifier]").fill(called(here, "mei"))
    form.locator("[name=code]").fill(code)
    register = phone.button(phone.say("token.register"))
    register.click()
    expect(phone.page.get_by_role("alert").filter(has_text="4")).to_be_visible()
    shot(phone.page, "token-typed-wrong")
    form.locator("[name=identifier]").fill(called(here, "ming"))
    register.click()
    expect(phone.step("done")).to_be_visible()


def test_a_computer_shows_the_picture_and_the_phone_scans_it(by_page, ming, visit, phones, film):
    """Two contexts: the picture of one is before the camera of the other."""
    here = by_page
    phone = Phone(phones.page(PHONE), here).come(visit.base, ming)
    phone.up_to_the_code()
    desk = Person(visit.page(DESKTOP), here, ZH)
    enter_the_web(desk, visit.base, ming)
    step_up(here)
    desk.page.goto("/account/token/")
    pair = desk.page.locator("main section b").first.inner_text()
    expect(phone.step("registration")).to_contain_text(pair)
    look(desk.page, "tokens-waiting")
    desk.page.get_by_role("link", name=desk.say("token.show-code")).click()
    desk.button(desk.say("token.show-code")).click()
    picture = desk.page.locator("img.qr")
    expect(picture).to_be_visible()
    look(desk.page, "token-code")
    camera.film(film, desk.page.evaluate(MODULES, picture.get_attribute("src")), camera.Look())
    phone.scan()
    expect(phone.step("done")).to_be_visible()
    desk.page.goto("/account/token/")
    look(desk.page, "tokens")
    desk.page.get_by_role("button", name=desk.say("token.suspend")).click()
    expect(desk.page.get_by_text(desk.say("token.done-suspended"))).to_be_visible()
    phone.page.goto("/app/account/token/")
    expect(phone.page.get_by_text(phone.say("token.suspended"), exact=True)).to_be_visible()
    shot(phone.page, "tokens-phone")
