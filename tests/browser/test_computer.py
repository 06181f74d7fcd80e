"""電腦檢測: a computer measured for real, and its troubles played."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)], ids=["phone-zh", "desktop-en"]
)

MEASURED = ("safe-ok", "keys-ok", "store-ok", "cookie-ok", "language-ok")
NO_STORE = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('blocked'); } })"
NO_KEYS = "delete Object.getPrototypeOf(crypto.subtle).generateKey"
LASTING = "navigator.storage.persisted = async () => true"
LOST_ASKED = """
  let kept = false;
  navigator.storage.persisted = async () => kept;
  navigator.storage.persist = async () => (kept = true);
"""


@pytest.fixture
def someone(env, visit):
    """Return who sits at a computer as it is told; nobody has signed in."""

    def sit(way, script="", **more):
        size, language, labels = way
        person = Person(visit.page(size, language, reduced_motion="reduce", **more), env, labels)
        if script:
            person.page.add_init_script(script)
        return person

    return sit


def measure(person):
    person.page.goto("/computer/")
    expect(person.page.locator("[data-lines] li")).to_have_count(12)
    return person.page.locator("[data-lines]")


def text(person, key, **facts):
    return person.say(f"js.computer.{key}", **facts)


def expect_verdict(person, tone):
    region = person.page.locator("[data-overall]")
    expect(region).to_contain_text(text(person, f"all-{tone}"))
    expect(region).to_contain_text(text(person, f"all-{tone}-next"))


@BOTH
def test_anybody_can_have_a_computer_measured_from_the_sign_in_page(db, someone, way):
    person = someone(way)
    person.page.goto("/sign-in/")
    main = person.page.get_by_role("main")
    main.get_by_role("link", name=person.say("computer.title")).click()
    lines = person.page.locator("[data-lines]")
    for key in MEASURED:
        expect(lines).to_contain_text(text(person, key))
    expect(lines).to_contain_text(text(person, "clock-ok", time=text(person, "seconds", n=0)))
    expect_verdict(person, "warn")  # this browser promises nothing
    expect(lines).to_contain_text(text(person, "lasting-warn-next"))
    expect(lines).to_contain_text(text(person, "private-none"))
    look(person.page, f"computer-{person.labels.language}")
    assert person.page.evaluate("indexedDB.databases().then(all => all.length)") <= 1
    assert person.page.evaluate(LEFT) == []


LEFT = """
async () => {
  const done = (r) =>
    new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = no; });
  const db = await done(indexedDB.open("cinnabar", 1));
  return done(db.transaction("certificates").objectStore("certificates").getAllKeys());
}
"""


@BOTH
def test_a_computer_without_trouble_is_said_to_have_none(db, someone, way):
    person = someone(way, LASTING)
    lines = measure(person)
    expect_verdict(person, "ok")
    expect(lines).to_contain_text(text(person, "private-ok"))
    expect(person.button(person.say("computer.last"))).to_be_hidden()
    look(person.page, f"computer-ok-{person.labels.language}")


@BOTH
def test_the_browser_is_asked_to_keep_the_data_by_a_press(db, someone, way):
    person = someone(way, LOST_ASKED)
    lines = measure(person)
    expect(lines).to_contain_text(text(person, "lasting-warn"))
    person.button(person.say("computer.last")).click()
    expect(lines).to_contain_text(text(person, "lasting-ok"))
    expect_verdict(person, "ok")


@BOTH
def test_a_browser_that_stores_nothing_will_not_do(db, someone, way):
    person = someone(way, NO_STORE)
    lines = measure(person)
    expect_verdict(person, "bad")
    for key in ("store-bad", "store-bad-next", "private-warn", "private-warn-next"):
        expect(lines).to_contain_text(text(person, key))
    look(person.page, f"computer-bad-{person.labels.language}")


def test_a_browser_that_makes_no_keys_will_not_do(db, someone):
    person = someone((PHONE, "zh-TW", ZH), NO_KEYS)
    lines = measure(person)
    expect_verdict(person, "bad")
    expect(lines).to_contain_text(text(person, "keys-bad-next"))
    expect(lines).to_contain_text(text(person, "store-none"))


@BOTH
@pytest.mark.parametrize("fast", [True, False], ids=["fast", "slow"])
def test_a_wrong_clock_is_told_with_how_far_it_is_off(env, db, someone, way, fast):
    clock = env.clock
    person = someone(way, LASTING)
    tolerated = env.firm.certificate.backdate
    person.page.context.clock.set_fixed_time(clock.now() + tolerated)
    lines = measure(person)
    expect(lines).to_contain_text(
        text(person, "clock-ok", time=text(person, "seconds", n=int(tolerated.total_seconds())))
    )
    off = timedelta(minutes=20) if fast else -timedelta(minutes=20)
    person.page.context.clock.set_fixed_time(clock.now() + off)
    person.button(person.say("computer.run")).click()
    key = "clock-fast" if fast else "clock-slow"
    expect(lines).to_contain_text(text(person, key, time=text(person, "minutes", n=20)))
    expect(lines).to_contain_text(text(person, f"{key}-next"))
    expect_verdict(person, "warn")


def test_cookies_that_do_not_come_back_are_noticed(db, someone):
    person = someone((DESKTOP, "en-GB", EN), LASTING)

    def drop(route):
        answer = route.fetch()
        headers = {k: v for k, v in answer.headers.items() if k != "set-cookie"}
        person.page.context.clear_cookies()  # before the page can ask again
        route.fulfill(response=answer, headers=headers)

    person.page.route("**/probe.json*", drop)
    lines = measure(person)
    expect(lines).to_contain_text(text(person, "cookie-bad-next"))
    expect_verdict(person, "bad")


def test_without_the_host_what_needs_it_is_unknown(db, visit, someone):
    person = someone((PHONE, "zh-TW", ZH), LASTING)
    person.page.route("**/probe.json*", lambda route: route.abort())
    lines = measure(person)
    for key in ("clock-none", "cookie-none"):
        expect(lines).to_contain_text(text(person, key))
    expect_verdict(person, "ok")
    visit.forgive("ERR_FAILED")


@BOTH
def test_windows_and_downloads_are_checked_by_a_press(db, someone, way):
    person = someone(way, LASTING)
    lines = measure(person)
    expect(lines).to_contain_text(text(person, "popup-none"))
    person.button(person.say("computer.popup")).click()
    expect(lines).to_contain_text(text(person, "popup-ok"))
    with person.page.expect_download() as saved:
        person.button(person.say("computer.download")).click()
    assert saved.value.suggested_filename == text(person, "file")
    report = person.page.locator("[data-report]").inner_text()
    assert saved.value.path().read_text("utf-8") == report
    expect(person.page.get_by_text(person.say("computer.came"))).to_be_visible()
    look(person.page, f"computer-came-{person.labels.language}")
    person.button(person.say("computer.no")).click()
    expect(lines).to_contain_text(text(person, "download-warn-next"))
    expect(person.button(person.say("computer.download"))).to_be_focused()
    person.button(person.say("computer.download")).click()
    person.button(person.say("computer.yes")).click()
    expect(lines).to_contain_text(text(person, "download-ok"))
    expect_verdict(person, "ok")


def test_blocked_windows_are_noticed(db, someone):
    person = someone((PHONE, "zh-TW", ZH), LASTING + "; window.open = () => null")
    lines = measure(person)
    person.button(person.say("computer.popup")).click()
    expect(lines).to_contain_text(text(person, "popup-warn-next"))


def test_an_old_browser_and_one_inside_an_app_are_told(db, someone):
    old = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/99.0.0.0 Safari/537.36"
    )
    person = someone((PHONE, "zh-TW", ZH), LASTING, user_agent=old)
    expect(measure(person)).to_contain_text(
        text(person, "browser-bad", name="Chrome", version="99")
    )
    expect_verdict(person, "bad")
    person = someone((PHONE, "zh-TW", ZH), LASTING, user_agent=f"{old} Line/14.1.0")
    expect(measure(person)).to_contain_text(text(person, "browser-app-next"))
    expect_verdict(person, "warn")


def test_a_language_that_the_pages_have_not_is_told(db, someone):
    person = someone((DESKTOP, "fr-FR", ZH), LASTING)
    expect(measure(person)).to_contain_text(text(person, "language-warn-next"))


@BOTH
def test_the_report_can_be_copied_and_names_nobody(env, ming, someone, way):
    person = someone(way, permissions=["clipboard-read", "clipboard-write"])
    person.enter_the_centre()
    measure(person)
    person.button(person.say("computer.copy")).click()
    expect(person.page.get_by_text(text(person, "copied"))).to_be_visible()
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert "2026-11-20 10:00:00" in copied
    assert text(person, "mark-ok") in copied
    assert text(person, "lasting-warn") in copied
    for personal in ("A123456789", "A12345", "王小明", "0958", "fredric"):
        assert personal not in copied


def test_where_copying_is_forbidden_the_report_is_selected(db, someone):
    refused = "; navigator.clipboard.writeText = () => Promise.reject(new Error('no'))"
    person = someone((PHONE, "zh-TW", ZH), LASTING + refused)
    measure(person)
    person.button(person.say("computer.copy")).click()
    expect(person.page.get_by_text(text(person, "selected"))).to_be_visible()
    selected = person.page.evaluate("getSelection().toString()")
    assert text(person, "all-ok") in selected
