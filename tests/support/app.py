"""Somebody in the app: signed in there as if it had been proved, in whatever cell."""

from playwright.sync_api import BrowserContext

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.faces.web.app import begun
from cinnabar.kernel.secrets import Secret
from cinnabar.login.opening import Entrant, SignedIn, open_session
from cinnabar.passwords import lock
from cinnabar.passwords.due import Due
from cinnabar.passwords.models import Lock, StoredPassword

SESSION, DEVICE, BEGUN = "__Host-app-session", "__Host-device", "__Host-app-begun"


def in_the_app(
    env: Env,
    customer: CustomerView,
    device: Secret | None = None,
    *,
    reason: Due | None = None,
) -> SignedIn:
    """Open a session of the app for `customer`, on the device of this token or on a new one.

    `reason`: why the password has to be changed first, if it has.
    """
    index = lock.name(env, env.firm.login.identifier(customer.identifier))
    Lock.objects.get_or_create(id=index, defaults={"reserved_at": env.clock.now()})
    entrant = Entrant(
        customer=customer,
        index=index,
        password=StoredPassword.objects.get(customer_id=customer.id, kind="login").id,
        address="127.0.0.1",
        amr=frozenset({"pwd", "sms"}),
        channel="mobile",
        reason=reason,
    )
    opened = open_session(env, entrant, device)
    assert opened
    return opened


def enter_the_app(context: BrowserContext, base: str, env: Env, customer: CustomerView) -> None:
    """Give a browser of Chromium a session of the app, and the first run behind it."""
    tokens = in_the_app(env, customer)
    kept = {
        SESSION: tokens.session.reveal(),
        DEVICE: tokens.device.reveal(),
        BEGUN: begun.name(env.firm),
    }
    # Chromium takes such cookies over loopback; only who sets them has to say https.
    base = base.replace("http://", "https://")
    context.add_cookies(
        [
            {"name": name, "value": value, "url": base, "secure": True, "httpOnly": True}
            for name, value in kept.items()
        ]
    )
