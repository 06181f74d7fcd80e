"""A phone in Chromium on which a soft token is bound: its cookies, and what its browser keeps."""

import base64

from playwright.sync_api import BrowserContext, Page

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.faces.web.app import begun
from cinnabar.login.models import Session
from tests.support.app import BEGUN, DEVICE, in_the_app
from tests.support.bound import bound_here
from tests.support.soft import App

_REAL = 600_000
"""Rounds, as the script of the pages has them."""

_KEEP = """
async ({ key, subject, label, jwk, spki, seed, salt }) => {
  const octets = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const privateKey = await crypto.subtle.importKey("jwk", jwk, curve, false, ["sign"]);
  const opened = indexedDB.open("cinnabar-app", 1);
  opened.onupgradeneeded = () => opened.result.createObjectStore("tokens", { keyPath: "key" });
  await new Promise((done, failed) => { opened.onsuccess = done; opened.onerror = failed; });
  const writing = opened.result.transaction("tokens", "readwrite");
  writing.objectStore("tokens").put({
    key, subject, label, privateKey, bound: true, made: new Date(),
    publicKey: octets(spki), seed: octets(seed), salt: octets(salt),
  });
  await new Promise((done, failed) => { writing.oncomplete = done; writing.onerror = failed; });
  opened.result.close();
}
"""


def phone_of(env: Env, customer: CustomerView, context: BrowserContext, base: str) -> App:
    """Give a browser the cookies of a phone on which the customer has bound a token; signed out.

    What the browser itself keeps is put there by `keep`.
    """
    tokens = in_the_app(env, customer)
    app = bound_here(env, customer.id, tokens, App(rounds=_REAL))
    Session.objects.update(ended_at=env.clock.now())
    kept = {DEVICE: tokens.device.reveal(), BEGUN: begun.name(env.firm)}
    where = base.replace("http://", "https://")
    context.add_cookies(
        [
            {"name": name, "value": value, "url": where, "secure": True, "httpOnly": True}
            for name, value in kept.items()
        ]
    )
    return app


def keep(page: Page, app: App, *, subject: str = "subject", label: str = "9999-***1") -> None:
    """Put key, seed and salt into the browser, as the end of a binding leaves them."""
    page.evaluate(
        _KEEP,
        {
            "key": app.key_id,
            "subject": subject,
            "label": label,
            "jwk": _jwk(app),
            "spki": _text(app.public_key),
            "seed": _text(app.seed),
            "salt": _text(app.salt),
        },
    )


def _jwk(app: App) -> dict[str, str]:
    numbers = app.private.private_numbers()
    point = numbers.public_numbers

    def part(number: int) -> str:
        return base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")

    secret = part(numbers.private_value)
    return {"kty": "EC", "crv": "P-256", "x": part(point.x), "y": part(point.y), "d": secret}


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
