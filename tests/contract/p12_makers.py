"""Programs that make PKCS#12 files, of all generations."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    KeySerializationEncryption,
    PrivateFormat,
    pkcs12,
)

from tests.contract.support import run
from tests.support.p12 import Holder

DES3 = "PBE-SHA1-3DES"
SHA1 = hashes.SHA1()  # noqa: S303  # what old files are made with


def openssl(*words: str, customer: Holder, place: Path, passphrase: str, name: str) -> bytes:
    key, own, above = customer.save(place)
    out = place / "openssl.p12"
    run(
        "openssl", "pkcs12", "-export", "-inkey", key, "-in", own, "-certfile", above,
        "-out", out, "-passout", f"pass:{passphrase}", "-name", name, *words,
    )  # fmt: skip
    return out.read_bytes()


def nss(*words: str, customer: Holder, place: Path, passphrase: str, name: str) -> bytes:
    given = place / "given.p12"
    given.write_bytes(openssl(customer=customer, place=place, passphrase=passphrase, name=name))
    store, out = f"sql:{place}", place / "nss.p12"
    run("certutil", "-N", "-d", store, "--empty-password")
    run("pk12util", "-i", given, "-d", store, "-W", passphrase)
    run("pk12util", "-o", out, "-n", name, "-d", store, "-W", passphrase, *words)
    return out.read_bytes()


def gnutls(*words: str, customer: Holder, place: Path, passphrase: str, name: str) -> bytes:
    key, own, above = customer.save(place)
    own.write_bytes(own.read_bytes() + above.read_bytes())
    out = place / "gnutls.p12"
    run(
        "certtool", "--to-p12", "--load-privkey", key, "--load-certificate", own,
        "--p12-name", name, "--password", passphrase, "--outder", "--outfile", out, *words,
    )  # fmt: skip
    return out.read_bytes()


def keytool(*words: str, customer: Holder, place: Path, passphrase: str, name: str) -> bytes:
    given, out = place / "given.p12", place / "java.p12"
    given.write_bytes(openssl(customer=customer, place=place, passphrase=passphrase, name=name))
    run(
        "keytool", *words, "-importkeystore", "-noprompt",
        "-srcstoretype", "PKCS12", "-srckeystore", given, "-srcstorepass", passphrase,
        "-deststoretype", "PKCS12", "-destkeystore", out, "-deststorepass", passphrase,
    )  # fmt: skip
    return out.read_bytes()


def cryptography(
    pbe: pkcs12.PBES, digest: hashes.HashAlgorithm, *, customer: Holder, place: Path,
    passphrase: str, name: str,
) -> bytes:  # fmt: skip
    how: KeySerializationEncryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(20_000)
        .key_cert_algorithm(pbe)
        .hmac_hash(digest)
        .build(passphrase.encode())
    )
    return pkcs12.serialize_key_and_certificates(
        name.encode(), customer.key, customer.certificate, customer.above, how
    )


OPENSSL = {
    "as it is": (),
    "legacy, RC2 of 40 bits": ("-legacy",),
    "3DES": ("-keypbe", DES3, "-certpbe", DES3, "-macalg", "sha1"),
    "3DES of two keys": ("-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-2DES"),
    "RC2 of 128 bits": ("-legacy", "-keypbe", "PBE-SHA1-RC2-128", "-certpbe", "PBE-SHA1-RC2-128"),
    "AES-128, MAC SHA-512": (
        "-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha512",
    ),
    "AES-192, MAC SHA-384": (
        "-keypbe", "AES-192-CBC", "-certpbe", "AES-192-CBC", "-macalg", "sha384",
    ),
    "PBES2 with 3DES": ("-keypbe", "DES-EDE3-CBC", "-certpbe", "DES-EDE3-CBC"),
    "certificates in clear": ("-certpbe", "NONE"),
    "one round each": ("-iter", "1", "-nomaciter"),
    "600,000 rounds": ("-iter", "600000"),
}  # fmt: skip
MAKERS: dict[str, Callable[..., bytes]] = {
    **{f"openssl: {name}": partial(openssl, *words) for name, words in OPENSSL.items()},
    "NSS: as it is": nss,
    "NSS: 3DES": partial(
        nss, "-c", "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC",
        "-C", "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC",
    ),
    "NSS: RC2 of 40 bits": partial(nss, "-C", "PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC"),
    "GnuTLS: as it is": gnutls,
    "GnuTLS: AES-256": partial(gnutls, "--pkcs-cipher", "aes-256"),
    "GnuTLS: 3DES": partial(gnutls, "--pkcs-cipher", "3des-pkcs12"),
    "GnuTLS: RC2 of 40 bits": partial(gnutls, "--pkcs-cipher", "rc2-40"),
    "keytool: as it is": keytool,
    "keytool: legacy": partial(keytool, "-J-Dkeystore.pkcs12.legacy"),
    "cryptography: AES-256": partial(
        cryptography, pkcs12.PBES.PBESv2SHA256AndAES256CBC, hashes.SHA256()
    ),
    "cryptography: 3DES": partial(
        cryptography, pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC, SHA1
    ),
}  # fmt: skip
