"""A device with passkeys inside Chromium (CDP, domain WebAuthn), and the site at a domain."""

from dataclasses import replace

from cinnabar.login.models import Session
from tests.support.passkeys import with_passkeys

INSIDE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def at_a_domain(env, visit, change_world, *, alone=False):
    """Serve the pages as `http://localhost`, for passkeys belong to a domain; give the world."""
    visit.base = visit.base.replace("127.0.0.1", "localhost")
    here = replace(with_passkeys(env, alone=alone), base_url=visit.base)
    change_world(here)
    return here


class Authenticator:
    """The device of a page's browser."""

    def __init__(self, page, **more):
        self._session = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        added = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": INSIDE | more})
        self.id = added["authenticatorId"]

    def credentials(self):
        found = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return found["credentials"]

    def forget_who_holds_it(self):
        """From now on the device does not recognise its owner."""
        asked = {"authenticatorId": self.id, "isUserVerified": False}
        self._session.send("WebAuthn.setUserVerified", asked)


def step_up(env):
    """Let every open session be one that has just shown a code sent by SMS."""
    Session.objects.filter(ended_at=None).update(amr="pwd sms", proved_at=env.clock.now())
