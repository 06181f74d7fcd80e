"""What happens to a browser's data: all of it copied, put elsewhere, or a part of it gone."""

from typing import Any

from playwright.sync_api import Page

_DONE = """
  const done = (r) =>
    new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = no; });
  const db = await done(indexedDB.open("cinnabar", 1));
"""

_CHANGE = f"""
async ([change, share]) => {{{_DONE}
  const store = db.transaction("certificates", "readwrite").objectStore("certificates");
  for (const record of await done(store.getAll())) {{
    if (share && record.share !== share) continue;
    if (change === "delete") await done(store.delete(record.share));
    else if (change === "import") await done(store.put({{ ...record, kind: "import" }}));
    else if (change === "uncertify") await done(store.put({{ ...record, certificate: null }}));
    else await done(store.put({{ ...record, certificate: new Uint8Array([1, 2, 3]) }}));
  }}
  db.close();
}}
"""

_SHARES = f"""
async () => {{{_DONE}
  const found = await done(db.transaction("certificates").objectStore("certificates").getAll());
  db.close();
  return found.map(({{ share, certificate }}) => [share, certificate !== null]);
}}
"""

_LOSE_SECRET = f"""
async () => {{{_DONE}
  await done(db.transaction("device", "readwrite").objectStore("device").clear());
  db.close();
}}
"""


def held(page: Page) -> list[tuple[str, bool]]:
    """Return the shares of the keys in this browser, and whether each has its certificate."""
    found: list[list[Any]] = page.evaluate(_SHARES)
    return [(share, bool(whole)) for share, whole in found]


def lose_keys(page: Page) -> None:
    page.evaluate(_CHANGE, ["delete", None])


def lose_certificates(page: Page) -> None:
    """The answer with the certificate never came: only its key is there."""
    page.evaluate(_CHANGE, ["uncertify", None])


def spoil_certificates(page: Page) -> None:
    page.evaluate(_CHANGE, ["spoil", None])


def make_import(page: Page) -> None:
    """The pending keys here came from a file."""
    page.evaluate(_CHANGE, ["import", None])


def lose_secret(page: Page) -> None:
    """The browser's own half of every key is gone."""
    page.evaluate(_LOSE_SECRET)


def lose_device(page: Page) -> None:
    """Cookies were cleared: the host takes this for another computer."""
    page.context.clear_cookies()


_LEAVE = f"""
async () => {{{_DONE}
  const store = db.transaction("certificates", "readwrite").objectStore("certificates");
  const [record] = await done(store.getAll());
  const left = {{ ...record, share: "probe-left", subject: "probe", certificate: null }};
  await done(store.put({{ ...left, created: new Date() }}));
  db.close();
}}
"""


def leave_debris(page: Page) -> None:
    """A check of the browser was cut off before it had tidied up."""
    page.evaluate(_LEAVE)
