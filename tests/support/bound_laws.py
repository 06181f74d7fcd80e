"""What must be true of sessions that a bound device opened, recomputed from the rows alone.

What such a sign-in needs is written down here a second time, beside `sign_in_laws`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cinnabar.flows.models import Flow, Proof
from cinnabar.login.models import Device, KnownDevice, Session
from cinnabar.tokens.models import SoftToken
from tests.support import sign_in_laws
from tests.support.bound_walk import BOUND, BoundSigningIn, Opened

PIN, KEY, OWNER = {"pin", "pin_here"}, {"by_key", "key_here"}, {"owner_here"}
_FACTORS = {"token", "pop", "user", "mfa"}


def broken(scene: BoundSigningIn, before: tuple[set[str], set[str]], press: str) -> list[str]:
    """Return a sentence for everything that `press` must not have done."""
    sessions = sign_in_laws.now() - before[0]
    flows = sign_in_laws.done() - before[1]
    found = list(_tokens(scene))
    if press == "bind_anew":
        return found  # a whole sign-in of its own
    if press not in PIN | KEY | OWNER:
        return [*found, *sign_in_laws.broken(scene.env, before, press)]
    if len(sessions) != len(flows) or len(sessions) > 1:
        return [*found, f"{press} opened {len(sessions)} sessions, finished {len(flows)} flows"]
    if sessions:
        session = Session.objects.values().get(pk=sessions.pop())
        flow = Flow.objects.values().get(pk=flows.pop())
        found += _opened(scene, press, session, flow)
    return found


def _opened(
    scene: BoundSigningIn, press: str, session: Mapping[str, Any], flow: Mapping[str, Any]
) -> Iterator[str]:
    assert scene.last is not None
    token = SoftToken.objects.get(key_id=scene.apps[scene.last.app].key_id)
    whose = scene.people[BOUND[scene.last.app][0]].id
    if {session["customer_id"], flow["customer_id"], token.customer_id} != {whose}:
        yield "the session is another customer's than the token"
    if session["channel"] != "mobile":
        yield "a session of the app is called the web's"
    if token.state != SoftToken.ACTIVE or not token.factor:
        yield f"a token that is {token.state} opened a session"
    device = Device.objects.get(pk=session["device_id"])
    if token.device != (device.root or device.id):
        yield "a token opened a session on another device than its own"
    if not KnownDevice.objects.filter(customer_id=whose, device=device, ended_at=None).exists():
        yield "a session opened on a device that the customer does not know"
    yield from _proved(scene.last, press, session, flow, token.key_id)
    if press in OWNER and scene.last.app in scene.off:
        yield "biometrics that were suspended opened a session"


def _proved(
    last: Opened, press: str, session: Mapping[str, Any], flow: Mapping[str, Any], key: str
) -> Iterator[str]:
    visit = flow["session"]
    named, wanted = {"pwd", "token"}, {("password", visit), ("factor", visit)}
    if press in PIN:
        named, wanted = {"token", "pin"}, {("possession", key), ("pin", key)}
        if last.typed != "right":
            yield f"a PIN that was {last.typed} opened a session"
    if press in OWNER:
        named, wanted = _FACTORS, {("possession", key), ("passkey", visit)}
        if not last.verified:
            yield "a device that did not verify its owner opened a session"
    proofs = set(Proof.objects.filter(flow_id=flow["id"]).values_list("kind", "target"))
    if proofs != wanted:
        yield f"{press} opened a session with the proofs {proofs}"
    if set(session["amr"].split()) != named:
        yield f"{press} opened a session that says {session['amr']}"


def _tokens(scene: BoundSigningIn) -> Iterator[str]:
    most = scene.env.firm.token.pin_max_wrong
    for token in SoftToken.objects.all():
        if token.wrong > most:
            yield f"{token.wrong} wrong PINs at a token"
        if token.wrong == most and token.state != SoftToken.LOCKED:
            yield "the last wrong PIN did not lock"
        if token.state == SoftToken.LOCKED and token.sealed is not None:
            yield "a locked token keeps what its PIN is compared with"
