"""A certificate's key rests under the PIN: it opens with another one once that was put."""

import pytest
from playwright.sync_api import expect

from cinnabar.tokens.models import SoftToken
from tests.browser.mobile import OTHER_PIN, AtThePhone
from tests.support.chromium import PHONE

pytestmark = pytest.mark.browser


def fill(person, old, new):
    for key, text in (("old", old), ("new", new), ("again", new)):
        person.page.get_by_label(person.say(f"pin.{key}"), exact=True).fill(text)
    person.button(person.say("pin.submit")).click()


def sign(person):
    person.page.goto("/app/certificates/try-sign/")
    person.button(person.labels.sign).click()
    person.type_pin()
    good = person.page.get_by_text(person.say("js.try_sign.good"), exact=True)
    expect(good).to_be_visible()


def test_another_pin_opens_the_certificates_key(env, ming, visit):
    person = AtThePhone(visit.page(PHONE), env)
    page = person.page
    person.open_the_app(visit.base, ming)
    person.apply_here()
    page.goto("/app/device/pin/")
    fill(person, person.pin, OTHER_PIN)
    expect(page.get_by_role("heading", name=person.say("pin.done-title"))).to_be_focused()
    person.pin = OTHER_PIN
    sign(person)
    assert SoftToken.objects.get().wrong == 0
    page.goto("/app/device/clear/")
    expect(page.locator("[data-certificate]")).to_be_visible()
