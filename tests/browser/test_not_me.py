"""不是我本人: by the link of the mail and by the typed code, on a phone and at a desk."""

import dataclasses
import re

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refused
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.notices import secret
from tests.support.people import PASSWORD
from tests.support.people import visit as signed_in
from tests.support.signing import sign_in

pytestmark = pytest.mark.browser

PAGE = "/passwords/not-me/"
WAYS = {"desktop-zh": (DESKTOP, "zh-TW", ZH), "phone-en": (PHONE, "en-GB", EN)}


def world(env, change_world, delivery):
    link = dataclasses.replace(env.firm.link, delivery=delivery)
    made = dataclasses.replace(env, firm=dataclasses.replace(env.firm, link=link))
    change_world(made)
    return made


def is_locked(env, customer):
    with pytest.raises(Refused):
        sign_in(env, customer.identifier, PASSWORD, address="203.0.113.7")


@pytest.mark.parametrize("way", WAYS)
def test_a_customer_presses_the_link_of_the_mail(env, change_world, ming, visit, way):
    env = world(env, change_world, "hyperlink")
    size, language, labels = WAYS[way]
    person = Person(visit.page(size, language), env, labels)
    page, typed = person.page, secret(env, ming)
    page.goto(f"{PAGE}#{typed}")
    expect(page.get_by_text(person.say("not-me.arrived"))).to_be_visible()
    expect(page.get_by_label(person.say("not-me.label.hyperlink"))).to_be_hidden()
    expect(page).to_have_url(re.compile(rf"{PAGE}$"))
    look(page, f"not-me-{way}-1-arrived")
    signed_in(env, ming)
    person.button(person.say("not-me.submit")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("not-me.done-title"))
    look(page, f"not-me-{way}-2-done")
    is_locked(env, ming)


@pytest.mark.parametrize("way", WAYS)
def test_a_customer_mistypes_the_code_and_then_types_it(env, change_world, ming, visit, way):
    env = world(env, change_world, "code")
    size, language, labels = WAYS[way]
    person = Person(visit.page(size, language), env, labels)
    page, typed = person.page, secret(env, ming)
    page.goto(PAGE)
    field = page.get_by_label(person.say("not-me.label.code"))
    submit = person.button(person.say("not-me.submit"))
    expect(page.get_by_text(person.say("not-me.arrived"))).to_be_hidden()
    look(page, f"not-me-{way}-3-asked")
    field.fill("00000-00000")
    submit.click()
    expect(page.get_by_role("alert")).to_contain_text(person.say("refusals.not-me-dead.title"))
    look(page, f"not-me-{way}-4-refused")
    field.fill(typed.lower().replace("-", " "))
    submit.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("not-me.done-title"))
    is_locked(env, ming)
