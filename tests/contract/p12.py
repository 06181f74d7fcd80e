"""Programs that open and make PKCS#12 files, each asked in its own way.

A reader answers with the public key of the private key that it found, and the certificate.
"""

import json
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_pem_private_key,
    pkcs12,
)

from tests.contract.support import run
from tests.support.p12 import public_of

Found = tuple[bytes, bytes]
Reader = Callable[[Path, str], Found]

SECOND = "another-passphrase"
"""Of files that a program writes again, so that its key can be seen."""

SERVE = """
const tls = require("tls"), fs = require("fs");
const [file, passphrase] = process.argv.slice(1);
const server = tls.createServer({ pfx: fs.readFileSync(file), passphrase }, (s) => s.end());
server.listen(0, "127.0.0.1", () => {
  const there = { host: "127.0.0.1", port: server.address().port, rejectUnauthorized: false };
  const socket = tls.connect(there, () => {
    const { publicKey, raw } = socket.getPeerX509Certificate();
    const key = publicKey.export({ type: "spki", format: "der" });
    console.log(JSON.stringify([key.toString("hex"), raw.toString("hex")]));
    socket.destroy();
    server.close();
  });
});
"""


def by_openssl(file: Path, passphrase: str) -> Found:
    return _openssl(file, passphrase)


def by_openssl_with_legacy(file: Path, passphrase: str) -> Found:
    return _openssl(file, passphrase, "-legacy")


def _openssl(file: Path, passphrase: str, *words: str) -> Found:
    common: tuple[str | Path, ...] = ("-in", file, "-passin", f"pass:{passphrase}", *words)
    key = run("openssl", "pkcs12", *common, "-nocerts", "-noenc")
    own = run("openssl", "pkcs12", *common, "-nokeys", "-clcerts")
    return _key_in(key), _certificate_in(own)


def by_nss(file: Path, passphrase: str) -> Found:
    place = file.parent / "nss"
    place.mkdir(exist_ok=True)
    store = f"sql:{place}"
    run("certutil", "-N", "-d", store, "--empty-password")
    run("pk12util", "-i", file, "-d", store, "-W", passphrase)
    listed = run("pk12util", "-l", file, "-d", store, "-W", passphrase)
    name = listed.split("Friendly Name: ")[1].splitlines()[0]
    again = place / "again.p12"
    run("pk12util", "-o", again, "-n", name, "-d", store, "-W", SECOND)
    return by_openssl(again, SECOND)


def by_gnutls(file: Path, passphrase: str) -> Found:
    said = run("certtool", "--p12-info", "--inder", "--infile", file, "--password", passphrase)
    return _key_in(said, passphrase), _certificate_in(said)


def by_keytool(file: Path, passphrase: str) -> Found:
    again = file.with_suffix(".again.p12")
    run(
        "keytool", "-importkeystore", "-noprompt", "-srcstoretype", "PKCS12", "-srckeystore", file,
        "-srcstorepass", passphrase, "-deststoretype", "PKCS12", "-destkeystore", again,
        "-deststorepass", SECOND,
    )  # fmt: skip
    return by_cryptography(again, SECOND)


def by_node(file: Path, passphrase: str) -> Found:
    """Return what a client of a server with this file sees: it has the key, or nobody connects."""
    key, certificate = json.loads(run("node", "-e", SERVE, file, passphrase))
    return bytes.fromhex(key), bytes.fromhex(certificate)


def by_cryptography(file: Path, passphrase: str) -> Found:
    key, certificate, _ = pkcs12.load_key_and_certificates(file.read_bytes(), passphrase.encode())
    assert certificate is not None
    return public_of(key), certificate.public_bytes(Encoding.DER)


READERS: dict[str, Reader] = {
    "openssl": by_openssl,
    "openssl -legacy": by_openssl_with_legacy,
    "NSS": by_nss,
    "GnuTLS": by_gnutls,
    "keytool": by_keytool,
    "Node": by_node,
    "cryptography": by_cryptography,
}


def _pem(said: str, kind: str) -> bytes:
    start = said.index(f"-----BEGIN {kind}-----")
    end = f"-----END {kind}-----"
    return said[start : said.index(end, start) + len(end)].encode() + b"\n"


def _key_in(said: str, passphrase: str = "") -> bytes:
    if "BEGIN ENCRYPTED PRIVATE KEY" in said:
        secret = passphrase.encode()
        return public_of(load_pem_private_key(_pem(said, "ENCRYPTED PRIVATE KEY"), secret))
    return public_of(load_pem_private_key(_pem(said, "PRIVATE KEY"), None))


def _certificate_in(said: str) -> bytes:
    found = x509.load_pem_x509_certificate(_pem(said, "CERTIFICATE"))
    return found.public_bytes(Encoding.DER)
