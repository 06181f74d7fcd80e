"""The order line's telephone computer: a twin that signs as docs/integration/voice-line.md says.

It knows the RFCs and nothing of the product, so that both are held to the same text.
"""

import base64
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from cinnabar.kernel.clock import Clock

COVERED = ("@method", "@target-uri", "content-digest")

Wsgi = Callable[[dict[str, Any], Callable[[str, list[tuple[str, str]]], object]], Iterable[bytes]]
Key = Ed25519PrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True)
class Said:
    """What the machine face answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ed25519() -> Ed25519PrivateKey:
    """Return the same key in every test."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a voice line").digest())


def p256() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def public_pem(key: Key) -> bytes:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki)


def keyid(name: str, key: Key) -> str:
    """Return what the command that registers a key prints."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    der = key.public_key().public_bytes(serialization.Encoding.DER, spki)
    return f"{name}.{hashlib.sha256(der).hexdigest()[:32]}"


def digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign(key: Key, base: bytes) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(base)
    r, s = decode_dss_signature(key.sign(base, ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def certificate(key: Key, *, since: datetime, days: int = 365) -> x509.Certificate:
    """Return a certificate that the line's owner made for itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "voice-line")])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 1, since, since + timedelta(days=days)
    )
    return builder.sign(key, None if isinstance(key, Ed25519PrivateKey) else SHA256())


@dataclass
class VoiceLine:
    """A line that asks the WSGI function `app`, by the clock of its own machine."""

    app: Wsgi
    clock: Clock
    key: Key = field(default_factory=ed25519)
    name: str = "voice-line"
    base_url: str = "http://127.0.0.1:8000"
    covered: tuple[str, ...] = COVERED
    parameters: dict[str, int | str] = field(default_factory=dict)

    def verify(self, call: str, digits: str, **who: str) -> Said:
        return self.ask("/machine/ivr/verify", {"call": call, **who, "digits": digits})

    def change(self, call: str, digits: str) -> Said:
        return self.ask("/machine/ivr/change", {"call": call, "digits": digits})

    def ask(self, path: str, fields: object) -> Said:
        body = json.dumps(fields).encode()
        return self.send(path, body, self.signed(path, body))

    def signed(self, path: str, body: bytes, *, method: str = "POST") -> dict[str, str]:
        """Return the headers that sign a request."""
        values = {
            "@method": method,
            "@target-uri": self.base_url + path,
            "@authority": self.base_url.partition("://")[2],
            "@path": path,
            "content-digest": digest(body),
            "content-type": "application/json",
        }
        now = int(self.clock.now().astimezone(UTC).timestamp())
        settings = {"created": now, "keyid": keyid(self.name, self.key), **self.parameters}
        told = ";".join(
            f'{k}="{v}"' if isinstance(v, str) else f"{k}={v}" for k, v in settings.items()
        )
        shape = "(" + " ".join(f'"{name}"' for name in self.covered) + f");{told}"
        lines = [f'"{name}": {values[name]}' for name in self.covered]
        base = "\n".join([*lines, f'"@signature-params": {shape}']).encode()
        made = base64.b64encode(sign(self.key, base)).decode()
        return {
            "Content-Digest": values["content-digest"],
            "Signature-Input": f"line={shape}",
            "Signature": f"line=:{made}:",
        }

    def send(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        method: str = "POST",
        peer: str = "203.0.113.50",
        kind: str = "application/json",
        query: str = "",
    ) -> Said:
        """Send exactly this, whatever it proves."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": peer,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": kind,
            "wsgi.input": io.BytesIO(body),
            **{f"HTTP_{k.upper().replace('-', '_')}": v for k, v in headers.items()},
        }
        seen: list[tuple[str, list[tuple[str, str]]]] = []
        parts = b"".join(self.app(environ, lambda *answer: seen.append(answer)))
        ((status, sent),) = seen
        return Said(int(status.split(" ")[0]), dict(sent), parts)
