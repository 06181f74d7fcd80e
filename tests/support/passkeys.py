"""A device that holds passkeys, written from the standard (WebAuthn L3, CTAP 2), and its lies."""

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from cinnabar.env import Env
from cinnabar.firm.login import Method
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.tokens.ceremony import Assertion, Creation

HERE = "https://login.broker.example"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def with_passkeys(env: Env, *, alone: bool = False, most: int = 5) -> Env:
    """Return a world at a domain whose firm offers passkeys, whichever firm it is."""
    policy = env.firm.login.second_factor
    methods: tuple[Method, ...] = tuple({*policy.methods, "passkey"})
    factor = replace(policy, methods=methods, passkey_alone=alone, passkeys_max=most)
    firm = replace(env.firm, login=replace(env.firm.login, second_factor=factor))
    return replace(env, firm=firm, base_url=HERE)


def stepped_up(env: Env, visitor: Visitor, *more: str) -> Visitor:
    """Return the visitor as a step-up leaves him: by SMS, or by `more`, this moment."""
    amr = visitor.amr | frozenset(more or ("sms",))
    return replace(visitor, amr=amr, proved_at=env.clock.now())


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Key:
    """One passkey in a device."""

    private: ec.EllipticCurvePrivateKey
    credential: bytes
    handle: bytes
    count: int = 0


@dataclass
class Device:
    """A device and the browser before it. What it says of itself may be changed before it says it.

    `counts`: it counts its signatures, by which synchronised passkeys do not.
    """

    origin: str = HERE
    rp_id: str = "login.broker.example"
    flags: int = UP | UV
    counts: bool = True
    client: dict[str, Any] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)

    def make(self, asked: dict[str, Any], *, alg: int = -7) -> Creation:
        """Make a passkey as `navigator.credentials.create` does."""
        private = ec.generate_private_key(ec.SECP256R1())
        number = len(self.keys).to_bytes(4, "big")
        credential = hashlib.sha256(octets(asked["challenge"]) + number).digest()
        handle = octets(asked["user"]["id"])
        self.keys.append(Key(private, credential, handle))
        made = (16 * b"\0") + len(credential).to_bytes(2, "big") + credential
        data = self._data(self.flags | AT, 0) + made + cose(private, alg)
        return Creation(
            credential=credential,
            client_data=self._client_data("webauthn.create", asked["challenge"]),
            attestation=cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}),
            transports=("internal", "hybrid"),
        )

    def use(self, asked: dict[str, Any], key: Key | None = None) -> Assertion:
        """Show a passkey as `navigator.credentials.get` does."""
        key = key or self.keys[-1]
        key.count += 1 if self.counts else 0
        data = self._data(self.flags, key.count)
        client = self._client_data("webauthn.get", asked["challenge"])
        signed = data + hashlib.sha256(client).digest()
        return Assertion(
            credential=key.credential,
            client_data=client,
            authenticator_data=data,
            signature=key.private.sign(signed, ec.ECDSA(hashes.SHA256())),
            handle=key.handle,
        )

    def _data(self, flags: int, count: int) -> bytes:
        return (
            hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **self.client}).encode()


def cose(private: ec.EllipticCurvePrivateKey, alg: int) -> bytes:
    """Return the public key as CTAP 2 writes it (RFC 9053, section 7.1.1)."""
    point = private.public_key().public_numbers()
    x, y = (n.to_bytes(32, "big") for n in (point.x, point.y))
    return cbor2.dumps({1: 2, 3: alg, -1: 1, -2: x, -3: y})


def recorded(event: Event) -> list[dict[str, Any]]:
    """Return what the journal says of `event`, the oldest first."""
    found = Entry.objects.filter(event=event).order_by("id")
    return [json.loads(payload) for payload in found.values_list("payload", flat=True)]
