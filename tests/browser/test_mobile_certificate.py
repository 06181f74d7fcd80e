"""行動憑證中心 in a real browser: apply, sign, extend, delete; the vault; G11 whole."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.looking import look
from tests.browser.mobile import OTHER_PIN, AtThePhone
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

TAIPEI = ZoneInfo("Asia/Taipei")
SMALL = {"width": 320, "height": 640}


def live(channel: str) -> Certificate:
    return Certificate.objects.get(state=State.LIVE, channel=channel)


def shown(certificate: Certificate) -> str:
    return certificate.serial[-8:].upper()


@pytest.mark.parametrize(
    "way",
    [(PHONE, "zh-TW", ZH, "mobile"), (SMALL, "en-GB", EN, "mobile-en")],
    ids=["phone-zh", "small-en"],
)
def test_apply_sign_and_delete(env, ming, visit, way):
    size, language, labels, name = way
    page = visit.page(size, language)
    person = AtThePhone(page, env, labels)
    person.open_the_app(visit.base, ming)
    expect(page.get_by_text(person.say("mobile.none"))).to_be_visible()
    expect(page.get_by_text(person.say("mobile.store")).last).to_be_visible()
    look(page, f"{name}-1-none")
    person.go_to_apply()
    expect(page.locator("[data-pin-new]")).to_be_visible()
    look(page, f"{name}-2-pin")
    person.set_pin()
    person.ask_code()
    look(page, f"{name}-3-code-and-consent")
    person.enter(person.code())
    expect(page.get_by_text(person.say("js.mobile.unagreed"))).to_be_visible()
    person.read_and_tick()
    person.button(labels.confirm).first.click()
    expect(person.step("done")).to_be_visible()
    expect(page.get_by_text(person.say("mobile.done"))).to_be_visible()
    look(page, f"{name}-4-done")
    page.goto("/app/certificates/")
    expect(page.get_by_text(shown(live("mobile")))).to_be_visible()
    expect(page.locator("[data-with-key]")).to_be_visible()
    look(page, f"{name}-5-panel")
    sign_the_sample(person, f"{name}-6-signed")
    page.goto("/app/certificates/")
    person.button(person.say("mobile.delete")).click()
    look(page, f"{name}-7-delete-dialog")
    yes = env.firm.mobile.delete_ok[labels.language]
    person.dialog.get_by_role("button", name=yes, exact=True).click()
    expect(page.locator("[data-deleted]")).to_be_visible()
    look(page, f"{name}-8-deleted")
    assert Certificate.objects.get().state == State.REVOKED
    assert KeyShare.objects.get().sealed is None


def sign_the_sample(person: AtThePhone, name: str) -> None:
    page = person.page
    page.goto("/app/certificates/try-sign/")
    person.button(person.labels.sign).click()
    expect(person.pin_asked).to_be_visible()
    look(page, f"{name}-pin")
    person.type_pin()
    expect(page.locator("[data-verdict]")).to_be_visible()
    expect(page.get_by_text(person.say("js.try_sign.good"), exact=True)).to_be_visible()
    look(page, name)


def test_wrong_pins_are_told_and_the_fifth_makes_the_key_void(env, ming, visit):
    """Then the certificate is deleted without its key, and another one comes under a new PIN."""
    page = visit.page(PHONE)
    person = AtThePhone(page, env)
    person.open_the_app(visit.base, ming)
    person.apply_here()
    page.goto("/app/certificates/try-sign/")
    most = env.firm.token.pin_max_wrong
    for left in range(most - 1, 0, -1):
        person.button(person.labels.sign).click()
        person.type_pin(OTHER_PIN)
        person.expect_told_in_the_app(Refused(Refusal.TOKEN_PIN_WRONG, tries_left=left))
    person.button(person.labels.sign).click()
    person.type_pin(OTHER_PIN)
    person.expect_told_in_the_app(Refused(Refusal.VAULT_GONE))
    look(page, "mobile-void")
    page.goto("/app/certificates/")
    person.delete_here()
    expect(page.locator("[data-deleted]")).to_be_visible()
    person.later(seconds=61)
    page.goto("/app/certificates/")
    person.pin = OTHER_PIN
    person.apply_here()
    assert live("mobile").act == "apply"


def test_where_the_firm_asks_it_the_key_signs_its_own_deletion(env, ming, visit, change_world):
    """P47: without the key the page leads to the way by code."""
    env = replace(
        env, firm=replace(env.firm, code=replace(env.firm.code, mobile_delete="key-signature"))
    )
    change_world(env)
    page = visit.page(PHONE)
    person = AtThePhone(page, env)
    person.open_the_app(visit.base, ming)
    person.apply_here()
    page.goto("/app/certificates/")
    person.delete_here()
    person.type_pin()
    expect(page.locator("[data-deleted]")).to_be_visible()
    assert Certificate.objects.get().state == State.REVOKED
    person.later(seconds=61)
    elsewhere = AtThePhone(visit.page(PHONE), env)
    elsewhere.open_the_app(visit.base, ming)
    elsewhere.apply_here()
    page.goto("/app/certificates/")
    expect(page.get_by_text(person.say("mobile.no-key"))).to_be_visible()
    look(page, "mobile-no-key")
    person.button(person.say("mobile.delete")).click()
    expect(page).to_have_url(f"{visit.base}/app/certificates/revoke/")
    look(page, "mobile-revoke")


def test_g11_from_computer_to_phone(env, clock, ming, visit, change_world):
    """43B6, 48E0 by renewal, revoked, 4900, none on the host (G10), 4952 on the phone."""
    fortnight = replace(env.firm, certificate=replace(env.firm.certificate, validity_days=14))
    env = replace(env, firm=fortnight)
    change_world(env)
    clock.set(on("18 11:30:37"))
    computer = Person(visit.page(DESKTOP), env)
    computer.enter_the_centre()
    computer.apply()
    first = live("web")

    clock.set(on("19 11:08:53"))
    computer.later()
    computer.enter_the_centre()
    computer.button(ZH.renew).click()
    computer.dialog.get_by_role("button", name=ZH.ok, exact=True).click()
    expect(computer.page.locator("[data-renewed]")).to_be_visible()
    second = live("web")
    assert second.replaces_id == first.id

    clock.set(on("19 11:15:00"))
    revoke(computer)
    clock.set(on("19 11:22:05"))
    computer.later()
    computer.apply()
    third = live("web")
    clock.set(on("19 11:30:00"))
    revoke(computer)
    computer.page.goto("/certificates/")
    table = computer.page.get_by_role("table")
    expect(table.get_by_role("row").filter(has_text=shown(third))).to_contain_text("無效")

    clock.set(on("19 11:51:09"))
    phone = AtThePhone(visit.page(PHONE), env)
    phone.open_the_app(visit.base, ming)
    phone.apply_here()
    fourth = live("mobile")
    phone.page.goto("/app/certificates/")
    expect(phone.page.get_by_text(shown(fourth))).to_be_visible()
    expect(phone.page.get_by_text(phone.say("state.mobile.normal"), exact=True)).to_be_visible()
    phone.button(phone.say("mobile.renew")).click()
    phone.dialog.get_by_role("button", name=ZH.ok, exact=True).click()
    phone.type_pin()
    expect(phone.page.locator("[data-renewed]")).to_be_visible()
    look(phone.page, "mobile-extended")
    issued = Certificate.objects.order_by("id")
    assert [row.state for row in issued] == [
        *(State.SUPERSEDED, State.REVOKED, State.REVOKED, State.SUPERSEDED, State.LIVE),
    ]
    assert fourth.not_before == on("19 11:51:09")
    assert len({row.key_id for row in issued}) == len(issued)


def revoke(person: Person) -> None:
    person.later()
    person.page.goto("/certificates/revoke/")
    person.prove_code()
    person.dialog.get_by_role("button", name=ZH.ok, exact=True).click()
    expect(person.page.locator("[data-revoked]")).to_be_visible()


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-01-{text}").replace(tzinfo=TAIPEI)
