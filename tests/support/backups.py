"""Backup files as other programs make them."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSPHRASE = "Herbst Kiefer 42 Laterne"
WEAK = ("-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-RC2-40")


def written(
    folder: Path, name: str, key: ec.EllipticCurvePrivateKey, der: bytes, *more: str
) -> Path:
    """Let openssl put key and certificate into a PKCS#12 file."""
    certificate = x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    source, file = folder / f"{name}.pem", folder / f"{name}.p12"
    source.write_bytes(pem + certificate)
    run("openssl", "pkcs12", "-export", "-in", source, "-out", file, *secret(), *more)
    return file


def secret(how: str = "-passout") -> tuple[str, str]:
    """Return the option that tells openssl the passphrase."""
    return how, f"pass:{PASSPHRASE}"


def foreign(key: ec.EllipticCurvePrivateKey, issuer: str = "Another CA") -> bytes:
    """Return a certificate that somebody else issued, DER."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def run(*command: object) -> bytes:
    """Run an outside program; return what it printed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, check=True)
    return done.stdout
