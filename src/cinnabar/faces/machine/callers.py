"""The machines that may ask: a file of their keys and certificates, written by a command.

There is no secret in it; whoever can write it can let callers in, so it lies in the data
directory and is its owner's alone.
"""

import base64
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.faces.machine.signed import certificates
from cinnabar.faces.machine.signed.keys import KeyUnusableError, VerifyKey, read_key

FILE = "callers.json"

Proof: TypeAlias = Literal["key", "certificate"]

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


class CallersError(Exception):
    """The file, or what is to go into it, cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One key or certificate of a machine called `name`; a machine may have several.

    `id` is what a signed request calls its key (`keyid`), or the certificate's fingerprint.
    """

    name: str
    proof: Proof
    id: str
    der: bytes
    added_at: datetime


def caller(name: str, octets: bytes, now: datetime) -> Caller:
    """Return the caller `name` with the public key or certificate in `octets`, PEM or DER.

    Raises `CallersError` for a name or a key that cannot be used.
    """
    if not _NAME.fullmatch(name):
        msg = f"{name!r} is no name of a caller: small letters, digits and hyphens, up to 32"
        raise CallersError(msg)
    certificate = _certificate(octets)
    if certificate is not None:
        id_ = certificates.fingerprint(certificate)
        return Caller(name=name, proof="certificate", id=id_, der=certificate, added_at=now)
    try:
        key = read_key(octets)
    except KeyUnusableError as problem:
        raise CallersError(str(problem)) from problem
    return Caller(name=name, proof="key", id=_keyid(name, key), der=key.der, added_at=now)


def read(path: Path) -> tuple[Caller, ...]:
    """Return who may ask: nobody without a file; raise `CallersError` if it is damaged."""
    try:
        rows = json.loads(path.read_text())["callers"]
        return tuple(_from(row) for row in rows)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as problem:
        msg = f"{path} is no list of callers: {problem}"
        raise CallersError(msg) from problem


def write(path: Path, callers: Iterable[Caller]) -> None:
    """Put `callers` in the place of those in the file, all or nothing."""
    document = {"callers": [_as_row(one) for one in callers]}
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class Callers:
    """Who may ask, as the file says now: it is read anew when it has changed."""

    def __init__(self, path: Path) -> None:
        """Look at `path`, which need not be there yet."""
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._names: dict[tuple[Proof, str], str] = {}
        self._keys: dict[str, VerifyKey] = {}

    def key(self, keyid: str) -> VerifyKey | None:
        """Return the key a signed request names; raise `CallersError` if the file is damaged."""
        self._look()
        return self._keys.get(keyid)

    def name(self, proof: Proof, id_: str) -> str | None:
        """Return who has that key or certificate; raise `CallersError`."""
        self._look()
        return self._names.get((proof, id_))

    def _look(self) -> None:
        seen = self._state()
        if seen == self._seen:
            return
        found = read(self._path)
        self._names = {(one.proof, one.id): one.name for one in found}
        self._keys = {one.id: read_key(one.der) for one in found if one.proof == "key"}
        self._seen = seen

    def _state(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return (0, 0, 0)
        except OSError as problem:
            msg = f"{self._path} cannot be read: {problem.strerror}"
            raise CallersError(msg) from problem
        return (found.st_ino, found.st_mtime_ns, found.st_size)


def _keyid(name: str, key: VerifyKey) -> str:
    return f"{name}.{key.fingerprint}"


def _certificate(octets: bytes) -> bytes | None:
    """Return the DER of the certificate that `octets` are, None if they are something else."""
    pem = octets.lstrip().startswith(b"-----BEGIN")
    try:
        load = x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
        return load(octets).public_bytes(Encoding.DER)
    except ValueError:
        return None


def _from(row: dict[str, str]) -> Caller:
    proof: Proof = "key" if row["proof"] == "key" else "certificate"
    der = base64.b64decode(row["der"], validate=True)
    if proof == "key":
        read_key(der)
    return Caller(
        name=row["name"],
        proof=proof,
        id=row["id"],
        der=der,
        added_at=datetime.fromisoformat(row["added_at"]),
    )


def _as_row(one: Caller) -> dict[str, str]:
    return {
        "name": one.name,
        "proof": one.proof,
        "id": one.id,
        "der": base64.b64encode(one.der).decode(),
        "added_at": one.added_at.isoformat(),
    }
