"""The pages' PKCS#12 modules, run by Node; and the keys and certificates that go through them."""

import json
import subprocess
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID

from tests.support.tree import TOP

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Holder:
    """A key with its certificate and the CA above it."""

    key: Private
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    @property
    def pkcs8(self) -> bytes:
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def chain(self) -> list[bytes]:
        return [one.public_bytes(Encoding.DER) for one in self.above]

    def save(self, place: Path) -> tuple[Path, Path, Path]:
        """Write key, certificate and chain as PEM files; return their paths."""
        key, own, above = (place / name for name in ("key.pem", "own.pem", "above.pem"))
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        own.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        above.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in self.above))
        return key, own, above


def public_of(key: Any) -> bytes:
    """Return the SubjectPublicKeyInfo of a private key or a certificate, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _certificate(
    key: Private, subject: str, issuer: str, by: Private, *, ca: bool
) -> x509.Certificate:
    now = datetime.now(UTC)

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(by, hashes.SHA256())
    )


def holder(key: Private | None = None) -> Holder:
    """Return a customer under an issuing CA under a root; the key is of P-256 if none is given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    root, issuing = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    return Holder(
        key,
        _certificate(key, "SUBJECT-00-CN01", "Issuing", issuing, ca=False),
        (
            _certificate(issuing, "Issuing", "Root", root, ca=True),
            _certificate(root, "Root", "Root", root, ca=True),
        ),
    )


@dataclass(frozen=True)
class Entry:
    """What our reader hands to a page for one key."""

    name: str
    key: bytes
    certificate: bytes
    chain: list[bytes]

    def is_of(self, holder: Holder) -> bool:
        """Tell whether key, certificate and chain are the holder's."""
        same_key = public_of(load_der_private_key(self.key, None)) == public_of(holder.key)
        return same_key and (self.certificate, self.chain) == (holder.der, holder.chain)


class Pages:
    """Our writer and reader; bundled into `place` at first use."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def write(self, holder: Holder, *, name: str, passphrase: str, form: str) -> bytes:
        """Return the file of a holder in one of the two forms."""
        told = self._ask(
            write={
                "key": _text(holder.pkcs8),
                "certificate": _text(holder.der),
                "chain": [_text(one) for one in holder.chain],
                "name": name,
                "passphrase": passphrase,
                "form": form,
            }
        )
        return b64decode(told["file"])

    def read(self, file: bytes, passphrase: str, *, without_mac: bool = False) -> dict[str, Any]:
        """Return `entries`, `weak` and `mac`; or `refused` with the kind."""
        words = {"file": _text(file), "passphrase": passphrase, "allowNoMac": without_mac}
        told = self._ask(read=words)
        if "entries" in told:
            told["entries"] = [_entry(one) for one in told["entries"]]
        return told

    def _ask(self, **asked: Any) -> dict[str, Any]:
        done = subprocess.run(
            ["node", self._script],
            input=json.dumps(asked).encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    @cached_property
    def _script(self) -> Path:
        script = self._place / "p12-desk.mjs"
        source = TOP / "frontend" / "tests" / "support" / "p12-desk.ts"
        words = ("--bundle", "--platform=node", "--format=esm", "--target=node20")
        esbuild = TOP / "frontend" / "node_modules" / ".bin" / "esbuild"
        made = subprocess.run(
            [esbuild, source, *words, f"--outfile={script}", "--log-level=warning"],
            capture_output=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr.decode()
        return script


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()


def _entry(told: dict[str, Any]) -> Entry:
    chain = [b64decode(one) for one in told["chain"]]
    return Entry(told["name"], b64decode(told["key"]), b64decode(told["certificate"]), chain)
