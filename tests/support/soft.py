"""An app on a device, written from docs/flows/soft-token-pin.md, and tokens that are bound."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.kernel.dice import LoadedDice, new_id
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import pin, proving
from cinnabar.tokens.soft.signed import Signed

PIN, WRONG = "834027", "502618"
DEVICE = "d" * 64
ROUNDS = 1
"""A real app stretches a PIN 600,000 times; the host never sees the difference."""


@dataclass
class App:
    """The app on one device: what it keeps, and what it makes of a PIN that is typed."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    seed: bytes = b"s" * 32
    salt: bytes = b"t" * 16
    rounds: int = ROUNDS

    @property
    def public_key(self) -> bytes:
        return self.private.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def key_id(self) -> str:
        return hashlib.sha256(self.public_key).hexdigest()

    def secret(self, typed: str = PIN) -> bytes:
        """Return K_otp of a PIN."""
        return self._mixed(typed, b"cinnabar otp v1")

    def vault_key(self, typed: str = PIN) -> bytes:
        return self._mixed(typed, b"cinnabar vault v1")

    def code(self, at: datetime, typed: str = PIN, *, digits: int = 6, period: int = 30) -> str:
        """Return the offline code (RFC 6238 with SHA-256), computed as the RFC writes it."""
        counter = (int(at.timestamp()) // period).to_bytes(8, "big")
        mac = hmac.digest(self.secret(typed), counter, "sha256")
        at_ = mac[-1] & 15
        number = int.from_bytes(mac[at_ : at_ + 4], "big") & 0x7FFFFFFF
        return str(number % 10**digits).rjust(digits, "0")

    def sign(
        self,
        purpose: str,
        challenge: str,
        data: dict[str, Any] | None = None,
        *,
        typed: str | None = None,
    ) -> Signed:
        """Sign a statement, with the proof of the PIN that is `typed`."""
        proof = "-" if typed is None else self.proof(purpose, challenge, data or {}, typed)
        said = self.statement(purpose, challenge, data or {}, proof)
        return Signed(
            token=self.key_id, challenge=challenge, pin=proof, signature=self.raw_signature(said)
        )

    def body(
        self,
        purpose: str,
        challenge: str,
        data: dict[str, Any] | None = None,
        *,
        typed: str | None = None,
    ) -> dict[str, Any]:
        """Return the same as it is posted."""
        made = self.sign(purpose, challenge, data, typed=typed)
        signature = base64.b64encode(made.signature).decode()
        said = {"token": made.token, "challenge": challenge, "pin": made.pin}
        return {**(data or {}), **said, "signature": signature}

    def statement(self, purpose: str, challenge: str, data: dict[str, Any], proof: str) -> bytes:
        return (
            f"cinnabar soft token v1\npurpose: {purpose}\ntoken: {self.key_id}\n"
            f"challenge: {challenge}\ndata: {digest(data)}\npin: {proof}\n"
        ).encode()

    def proof(self, purpose: str, challenge: str, data: dict[str, Any], typed: str) -> str:
        said = f"cinnabar pin v1\n{purpose}\n{challenge}\n{digest(data)}".encode()
        mac = hmac.digest(self.secret(typed), said, "sha256")
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")

    def raw_signature(self, message: bytes) -> bytes:
        """Return r and s, as WebCrypto writes them."""
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def _mixed(self, typed: str, info: bytes) -> bytes:
        stretched = hashlib.pbkdf2_hmac("sha256", typed.encode(), self.salt, self.rounds)
        return hmac.digest(self.seed, info + stretched, "sha256")


def digest(data: dict[str, Any]) -> str:
    """Return the SHA-256 of data as JSON, sorted and without blanks."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def bind(
    env: Env,
    customer: CustomerView | int,
    app: App | None = None,
    *,
    state: str = SoftToken.ACTIVE,
    factor: bool = True,
    device: str = DEVICE,
    typed: str = PIN,
) -> App:
    """Give the customer a token as the end of a binding leaves it; return its app."""
    app = app or App()
    token = new_id(LoadedDice(int(app.key_id[:8], 16)))
    SoftToken.objects.create(
        id=token,
        customer_id=customer if isinstance(customer, int) else customer.id,
        key_id=app.key_id,
        public_key=app.public_key,
        device=device,
        state=state,
        factor=factor,
        sealed=pin.seal(env, token, app.secret(typed)),
        made_at=env.clock.now(),
        bound_at=None if state == SoftToken.PENDING else env.clock.now(),
    )
    return app


def row(app: App) -> SoftToken:
    """Look at the token's row."""
    return SoftToken.objects.get(key_id=app.key_id)


HERE = proving.bearer("5" * 64)


def show(
    env: Env,
    app: App,
    purpose: str = "try",
    data: dict[str, Any] | None = None,
    *,
    typed: str | None = None,
    bearer: Bearer = HERE,
) -> tuple[Bearer, Signed, str, dict[str, Any]]:
    """Return what `by_device` and `by_pin` take after the world: asked for and signed just now."""
    said = data or {}
    signed = app.sign(purpose, proving.challenge(env, bearer), said, typed=typed)
    return bearer, signed, purpose, said
