"""The firm of strong.toml as it stands: its app, from the computer's picture to a finger.

Certificates and soft token at once; the registration code stands on the web page, and what asks
for more than a sign-in asks the app.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.config import compose
from cinnabar.config.demo_people import demo_customers
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm import load_firm
from cinnabar.login.models import Session
from cinnabar.tokens.models import SoftToken
from tests.browser.app_pages import NARROW, check_every_page
from tests.browser.authenticator import Authenticator
from tests.browser.bound import keep
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.browser.test_app_biometrics import agree, enter, start, succeeded
from tests.browser.test_binding import MODULES, PIN, Phone, film, phones
from tests.support import camera
from tests.support.app import enter_the_app
from tests.support.chromium import DESKTOP, PHONE
from tests.support.second import code
from tests.support.soft import App, bind
from tests.support.world import make_env, unhurried

__all__ = ["film", "phones"]

pytestmark = pytest.mark.browser

NEXT_DAY = timedelta(hours=13)
"""Later than a new token answers sign-ins only (TOK-06)."""


@pytest.fixture
def env(clock, monkeypatch):
    made = make_env(firm=unhurried(load_firm("strong")), clock=clock)
    web = WebOptions(is_demo=True, demo=demo_customers(made.firm))
    here = compose.World(env=made, web=web)
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@pytest.mark.parametrize(
    "way", [("zh-TW", ZH, {}), ("en-GB", EN, {"color_scheme": "dark"})], ids=["zh", "dark-en"]
)
def test_every_page_of_the_app_can_be_read(env, ming, visit, way):
    language, labels, more = way
    page = visit.page(NARROW, language, reduced_motion="reduce", **more)
    person = Person(page, env, labels)
    enter_the_app(page.context, visit.base, env, ming)
    app = bind(env, ming, App(), device=Session.objects.get(customer_id=ming.id).device_id)
    page.goto("/app/help/")
    keep(page, app, subject=ming.subject)
    found = check_every_page(person)
    assert {"/app/token/", "/app/certificates/", "/app/biometrics/", "/app/approvals/"} <= found
    Session.objects.update(ended_at=env.clock.now())
    page.goto("/app/sign-in/")
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("app-sign-in.bound-title"))
    look(page, f"strong-every-{labels.language}-bound")


@pytest.fixture
def here(env, visit, change_world, phones):
    """The firm at a domain: a finger belongs to one."""
    visit.base = phones.base = visit.base.replace("127.0.0.1", "localhost")
    made = replace(env, base_url=visit.base)
    change_world(made)
    return made


def test_a_phone_is_bound_by_the_computers_picture_and_a_finger_speaks_for_it(
    here, ming, visit, phones, film
):
    phone = Phone(phones.page(PHONE, reduced_motion="reduce"), here)
    Authenticator(phone.page)
    phone.come(visit.base, ming).up_to_the_code()
    desk = Person(visit.page(DESKTOP, reduced_motion="reduce"), here)
    desk.sign_in(ming.identifier)
    desk.button(desk.say("second.use.sms")).click()
    desk.page.get_by_label(desk.say("second.code-label"), exact=True).fill(code(here))
    desk.button(desk.say("second.code-submit")).click()
    expect(desk.page).to_have_url(f"{visit.base}/certificates/")
    bind_by_the_page(desk, phone, film)
    phone.page.goto("/app/biometrics/")
    start(phone)
    agree(phone)
    enter(phone, PIN)
    succeeded(phone)

    desk.later(NEXT_DAY)
    phone.later()
    phone.page.goto("/app/sign-in/")
    owner = phone.button(phone.say("app-sign-in.biometrics"))
    expect(owner).to_be_enabled()
    owner.click()
    expect(phone.page).to_have_url(f"{visit.base}/app/")
    desk.sign_in(ming.identifier)
    answer(desk, phone, by_finger=True)
    expect(desk.page).to_have_url(f"{visit.base}/certificates/")
    named = Session.objects.filter(customer_id=ming.id, channel="web").latest("started_at")
    assert named.amr == "mfa pop pwd token user"
    remove_it(desk, phone)
    assert SoftToken.objects.get().state == SoftToken.CLEARED


def bind_by_the_page(desk, phone, film):
    """Show the computer's picture to the phone's camera (TOK-04)."""
    desk.page.goto("/account/token/")
    desk.page.get_by_role("link", name=desk.say("token.show-code")).click()
    desk.button(desk.say("token.show-code")).click()
    picture = desk.page.locator("img.qr")
    expect(picture).to_be_visible()
    camera.film(film, desk.page.evaluate(MODULES, picture.get_attribute("src")), camera.HARD)
    phone.scan()
    expect(phone.step("done")).to_be_visible()


def answer(desk, phone, *, by_finger=False):
    """Ask the app at the page, and type its number into the phone."""
    named = desk.env.firm.token.web_name[desk.labels.language]
    desk.button(desk.say("second.use.soft-token", token=named)).click()
    shown = desk.page.locator(".number")
    expect(shown).to_be_visible()
    phone.page.goto("/app/approvals/")
    field = phone.page.get_by_label(phone.say("approvals.number"))
    field.fill(shown.inner_text())
    if by_finger:
        finger = phone.button(phone.say("approvals.biometrics"))
        expect(finger).to_be_enabled()
        look(phone.page, "strong-approval-by-finger")
        finger.click()
    else:
        phone.page.get_by_label(phone.say("approvals.pin"), exact=True).fill(PIN)
        phone.button(phone.say("approvals.approve")).click()
    expect(phone.page.get_by_text(phone.say("js.approvals.approved"))).to_be_visible()


def remove_it(desk, phone):
    """An act that asks for more than a sign-in of some time ago (SES-06, P222)."""
    desk.later(seconds=11 * 60)
    phone.later()
    desk.page.goto("/account/token/")
    desk.page.get_by_role("link", name=desk.say("token.remove")).click()
    desk.button(desk.say("step-up.go")).click()
    look(desk.page, "strong-step-up")
    answer(desk, phone)
    expect(desk.page).to_have_url(f"{desk.env.base_url}/account/token/")
    desk.page.get_by_role("link", name=desk.say("token.remove")).click()
    desk.button(desk.say("token.remove")).click()
    expect(desk.page.get_by_text(desk.say("token.none"))).to_be_visible()
    look(desk.page, "strong-removed")
