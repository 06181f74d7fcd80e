"""One customer, two browsers: a key works where it was made, and only as long as it may."""

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import PHONE

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "tongue", [("zh-TW", ZH), ("en-GB", EN)], ids=["in-chinese", "in-english"]
)

# Everything a thief finds who copies the profile's files: both stores, octets and dates included.
COPY = """
async () => {
  const done = (r) =>
    new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = no; });
  const pack = (v) => v instanceof Uint8Array ? { octets: [...v] }
    : v instanceof Date ? { date: v.getTime() }
    : Array.isArray(v) ? v.map(pack)
    : v && typeof v === "object" ? { fields: Object.entries(v).map(([k, x]) => [k, pack(x)]) } : v;
  const db = await done(indexedDB.open("cinnabar", 1));
  const all = (name) => done(db.transaction(name).objectStore(name).getAll());
  return { certificates: pack(await all("certificates")), device: pack(await all("device")) };
}
"""
PASTE = """
async (found) => {
  const done = (r) =>
    new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = no; });
  const open = (v) => Array.isArray(v) ? v.map(open) : !v || typeof v !== "object" ? v
    : v.octets ? new Uint8Array(v.octets) : v.date ? new Date(v.date)
    : Object.fromEntries(v.fields.map(([k, x]) => [k, open(x)]));
  const opening = indexedDB.open("cinnabar", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("certificates", { keyPath: "share" });
    opening.result.createObjectStore("device");
  };
  const db = await done(opening);
  const into = (name) => db.transaction(name, "readwrite").objectStore(name);
  for (const record of open(found.certificates)) await done(into("certificates").put(record));
  await done(into("device").put(open(found.device)[0], "secret"));
}
"""
RELEASE = """
async (share) => (await fetch(`/certificates/shares/${share}/release`, {
  method: "POST", body: "{}",
  headers: {
    "Content-Type": "application/json",
    "X-CSRFToken": document.querySelector("meta[name=csrf]").content,
  },
})).json()
"""


@BOTH
def test_another_browser_sees_the_certificate_but_has_no_key(env, ming, visit, tongue):
    with_a_certificate(Person(visit.page(), env))
    other = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    other.enter_the_centre()
    serial = Certificate.objects.get().serial[-8:].upper()
    expect(other.page.get_by_role("table").filter(has_text=serial)).to_have_count(1)
    expect(other.page.get_by_text(other.say("certificates.local-none"))).to_be_visible()
    expect(other.page.get_by_text(other.say("certificates.elsewhere-detail"))).to_be_visible()
    look(other.page, f"elsewhere-{other.labels.language}")

    other.page.goto("/certificates/try-sign/")
    expect(other.page.get_by_text(other.say("try-sign.keyless-detail"))).to_be_visible()
    expect(other.button(other.labels.sign)).to_be_hidden()
    look(other.page, f"keyless-{other.labels.language}")


@BOTH
def test_a_copied_profile_signs_nothing_even_with_the_password(env, ming, visit, tongue):
    owner = with_a_certificate(Person(visit.page(), env))
    thief = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    copy_profile(owner, thief)
    thief.enter_the_centre()
    thief.page.goto("/certificates/try-sign/")
    thief.button(thief.labels.sign).click()
    thief.expect_told(Refused(Refusal.SHARE_GONE))
    expect(thief.page.locator("[data-verdict]")).to_be_hidden()
    look(thief.page, f"refused-share-{thief.labels.language}")


def test_a_copied_profile_without_the_password_gets_no_share(env, ming, visit):
    owner = with_a_certificate(Person(visit.page(), env))
    thief = Person(visit.page(), env)
    copied = copy_profile(owner, thief)
    [share] = [value for key, value in copied["certificates"][0]["fields"] if key == "share"]
    assert thief.page.evaluate(RELEASE, share)["type"].endswith("/signed-out")
    # The same call where the key was made succeeds: the share's name was right.
    assert owner.page.evaluate(RELEASE, share)["share"] == share


def test_a_copied_profile_renews_nothing(env, clock, ming, visit):
    owner = with_a_certificate(Person(visit.page(), env))
    thief = Person(visit.page(), env)
    copy_profile(owner, thief)
    clock.set(Certificate.objects.get().not_after)
    thief.later()
    thief.enter_the_centre()
    thief.button(ZH.renew).click()
    thief.dialog.get_by_role("button", name=ZH.ok, exact=True).click()
    thief.expect_told(Refused(Refusal.SHARE_GONE))
    assert Certificate.objects.get().state == State.LIVE


def test_a_spoilt_key_is_said_to_be_spoilt(env, ming, visit):
    person = with_a_certificate(Person(visit.page(), env))
    copied = person.page.evaluate(COPY)
    copied["device"] = [{"octets": [7] * 32}]
    person.page.evaluate(PASTE, copied)
    person.page.goto("/certificates/try-sign/")
    person.button(ZH.sign).click()
    person.expect_told_here("key")


@BOTH
def test_revoked_elsewhere_a_key_is_useless_at_once_and_can_be_removed(env, ming, visit, tongue):
    first = with_a_certificate(Person(visit.page(PHONE, tongue[0]), env, tongue[1]))
    page = first.page
    page.goto("/certificates/try-sign/")
    expect(first.button(first.labels.sign)).to_be_visible()

    second = Person(visit.page(), env)
    second.enter_the_centre()
    second.page.goto("/certificates/revoke/")
    second.later(seconds=61)
    second.prove_code()
    second.dialog.get_by_role("button", name=ZH.ok, exact=True).click()
    expect(second.page.locator("[data-revoked]")).to_be_visible()

    first.button(first.labels.sign).click()
    first.expect_told(Refused(Refusal.SHARE_GONE))
    page.goto("/certificates/try-sign/")
    expect(page.get_by_text(first.say("try-sign.keyless-detail"))).to_be_visible()
    page.goto("/certificates/")
    expect(page.locator("[data-local]")).to_contain_text(first.say("js.certificates.invalid"))
    expect(page.get_by_text(first.say("certificates.none"))).to_be_visible()
    look(page, f"invalid-{first.labels.language}")
    removes(first)


def removes(person):
    """Remove the only local certificate, after having thought better of it once."""
    page, serial = person.page, Certificate.objects.get().serial[-8:].upper()
    remove = person.button(person.labels.remove)
    remove.click()
    expect(person.dialog).to_contain_text(serial)
    expect(person.dialog.get_by_role("button", name=person.labels.cancel)).to_be_focused()
    look(page, f"remove-{person.labels.language}")
    page.keyboard.press("Escape")
    expect(person.dialog).to_have_count(0)
    expect(remove).to_be_focused()
    remove.click()
    person.dialog.get_by_role("button", name=person.labels.ok, exact=True).click()
    removed = person.say("js.certificates.removed", serial=serial)
    expect(page.get_by_role("status").filter(has_text=removed)).to_be_visible()
    expect(page.locator("#local-heading")).to_be_focused()
    expect(page.get_by_text(person.say("certificates.local-none"))).to_be_visible()
    assert page.evaluate(COPY)["certificates"] == []


def with_a_certificate(person):
    person.enter_the_centre()
    person.apply()
    return person


def copy_profile(owner, thief):
    """Put what the owner's browser keeps into the thief's; tell what it was."""
    copied = owner.page.evaluate(COPY)
    assert len(copied["certificates"]) == 1
    thief.page.goto("/sign-in/")
    thief.page.evaluate(PASTE, copied)
    return copied
