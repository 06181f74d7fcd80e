"""The app without a network, its worker's one page, and what a browser needs to install it."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look
from tests.browser.person import ZH, Person
from tests.support.app import enter_the_app
from tests.support.chromium import FLAGS, PHONE, serving

pytestmark = pytest.mark.browser

KEPT = """async () => {
  const names = await caches.keys();
  const all = await Promise.all(names.map(async (name) => {
    const cache = await caches.open(name);
    return Promise.all((await cache.keys()).map(async (asked) => {
      const { pathname, search } = new URL(asked.url);
      return [pathname + search, await (await cache.match(asked)).text()];
    }));
  }));
  return all.flat();
}"""
"""Everything that the browser keeps for the worker: addresses and texts."""


_ACTIVATED = """(one) => one.state === "activated" ? null : new Promise((done) =>
  one.addEventListener("statechange", () => one.state === "activated" && done()))"""

WATCHED = f"""async () => {{
  const held = navigator.serviceWorker;
  await ({_ACTIVATED})((await held.ready).active);
  if (held.controller) return;
  await new Promise((done) => held.addEventListener("controllerchange", done, {{ once: true }}));
}}"""

NEXT = f"""async (asked) => {{
  const held = await navigator.serviceWorker.getRegistration();
  const those = () => [held.installing, held.waiting, held.active];
  const found = () => those().find((one) => one?.scriptURL.endsWith(asked));
  if (!found()) await new Promise((done) => {{ held.onupdatefound = done; }});
  await ({_ACTIVATED})(found());
}}"""
"""Waits until the worker of an address has taken over and forgotten its forerunners."""

UPDATED = f"""async () => {{
  const held = await navigator.serviceWorker.getRegistration();
  await held.update();
  await ({_ACTIVATED})(held.installing ?? held.waiting ?? held.active);
}}"""


def watched(page):
    """Wait until the worker answers for this page, and has forgotten its forerunners."""
    page.evaluate(WATCHED)
    assert len(page.evaluate("caches.keys()")) == 1


@pytest.fixture
def person(env, visit):
    return Person(visit.page(PHONE, "zh-TW"), env, ZH)


def test_without_a_network_the_app_says_so_and_goes_on_when_it_is_back(person, visit, env, ming):
    page = person.page
    enter_the_app(page.context, visit.base, env, ming)
    page.goto("/app/")
    watched(page)
    page.context.set_offline(True)
    page.goto("/app/settings/")
    offline = page.get_by_role("heading", level=1, name=person.say("app.offline.title"))
    expect(offline).to_be_visible()
    look(page, "app-without-network")
    page.context.set_offline(False)
    page.get_by_role("link", name=person.say("app.offline.again")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("app.home.title"))


def test_the_browser_keeps_one_page_and_its_files_and_nobodys_data(person, visit, env, ming):
    """WEB-04: nothing that came while somebody was signed in."""
    page = person.page
    enter_the_app(page.context, visit.base, env, ming)
    for path in ("/app/", "/app/settings/", "/app/settings/general/", "/app/help/"):
        page.goto(path)
    watched(page)
    kept = dict(page.evaluate(KEPT))
    pages = [address for address in kept if not address.startswith(("/static/app/", "/firm.css?"))]
    assert pages == [f"/app/offline/?language={env.firm.identity.locale}"]
    assert len(kept) == 4
    shown = "".join(kept.values())
    assert ming.masked_identifier not in shown
    assert ming.name not in shown
    assert 'name="csrf"' not in kept[pages[0]]


def test_another_language_brings_another_worker_and_the_old_one_is_forgotten(person):
    page = person.page
    page.goto("/app/help/")
    watched(page)
    person.button("English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.evaluate(NEXT, "language=en")
    page.context.set_offline(True)
    page.goto("/app/help/")
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection")


def test_a_new_version_takes_over_and_nobody_loses_what_he_typed(person, env, change_world):
    page = person.page
    page.goto("/app/help/")
    watched(page)
    old = page.evaluate("caches.keys()")
    page.goto("/app/sign-in/")
    field = page.locator("#identifier")
    field.fill("A123456789")
    other = replace(env.firm, identity=replace(env.firm.identity, accent="#5a2a6e"))
    change_world(replace(env, firm=other))
    page.evaluate(UPDATED)
    assert len(kept := page.evaluate("caches.keys()")) == 1
    assert kept != old
    expect(field).to_have_value("A123456789")


def test_a_page_outside_the_app_is_none_of_the_workers_business(person, visit):
    page = person.page
    page.goto("/app/help/")
    watched(page)
    page.goto("/sign-in/")
    assert page.evaluate("navigator.serviceWorker.controller") is None


@pytest.mark.usefixtures("transactional_db")
def test_nothing_keeps_a_browser_from_installing_the_app(env, chromium, tmp_path):
    with serving() as base:
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path="/usr/bin/chromium",
            args=FLAGS,
            viewport=PHONE,
            base_url=base,
        )
        page = context.pages[0]
        page.goto("/app/help/")
        page.wait_for_function("() => navigator.serviceWorker.controller")
        devtools = context.new_cdp_session(page)
        errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        found = devtools.send("Page.getAppManifest")
        context.close()
    assert errors == []
    assert found["errors"] == []
    assert found["url"].startswith(f"{base}/app/manifest.webmanifest")
