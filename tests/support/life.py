"""The flows of the certificate centre as the scripts of the pages go through them."""

import base64
import json
from dataclasses import dataclass, field

from cinnabar.env import Env
from cinnabar.kernel.dice import LoadedDice
from tests.support.device import Device, new_key
from tests.support.face import Browser


@dataclass
class Life:
    """A customer at a browser in which he is signed in, with a key of his own."""

    env: Env
    browser: Browser
    device: Device = field(default_factory=Device)
    serial: str = ""

    def say(self, path: str, body: object = None):
        """Post and return what is answered; fail if it is a refusal."""
        answer = self.browser.post(path, body)
        assert answer.status_code == 200, answer.content.decode()
        assert answer["Content-Type"].startswith("application/json")
        return json.loads(answer.content)

    def open(self, kind: str, **more: str) -> str:
        opened = self.say("/certificates/flows/", {"kind": kind, **more})
        assert isinstance(opened["code_required"], bool)
        return f"/certificates/flows/{opened['flow']}"

    def present(self, flow: str, *, old: Device | None = None) -> None:
        share = self.say("/certificates/shares/")["share"]
        request = self.device.request()
        body = {"csr": b64(request), "share": share}
        if old:
            body["signature"] = b64(old.sign(request))
        assert self.say(f"{flow}/request", body) == {"accepted": True}

    def code(self, text: str = "5523") -> str:
        """Let the next code be this; return it at the firm's length."""
        typed = text.rjust(self.env.firm.code.length, "0")
        assert isinstance(self.env.dice, LoadedDice)
        self.env.dice.load(typed)
        return typed

    def prove_code(self, flow: str) -> None:
        typed = self.code()
        self.say(f"{flow}/code")
        assert self.say(f"{flow}/code/try", {"code": typed}) == {"verdict": "accepted"}

    def finish(self, flow: str, *, consent: bool = False):
        body: dict[str, object] = {"confirm": True}
        if consent:
            body["consent_version"] = self.env.firm.consent.version
        return self.say(f"{flow}/finish", body)

    def apply(self):
        flow = self.open("apply")
        self.present(flow)
        self.prove_code(flow)
        issued = self.finish(flow, consent=True)
        self.serial = issued["serial_full"]
        return issued

    def renew(self):
        flow = self.open("renew")
        old, self.device = self.device, Device(new_key())
        self.present(flow, old=old)
        issued = self.finish(flow)
        self.serial = issued["serial_full"]
        return issued

    def revoke(self, **more: str):
        flow = self.open("revoke", **more)
        if not more:
            self.prove_code(flow)
        return self.finish(flow)


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
