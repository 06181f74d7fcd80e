"""The signer's own record of what it signed: append-only, durable before a signature leaves.

One line each: `kind number digest at chain`. `number` is a certificate's serial or a CRL's
number in hex (each series of lists has a kind of its own: `crl`, `crl-2`), `digest` the SHA-256
of the signed octets, `chain` half of a SHA-256 over the chain before and this line, so that a
line changed or taken out later is found. The file lies outside the database: after a restore it
says which serials the database has forgotten (CAK-03).

A key that signs the same octets differently each time (an HSM's) has its signatures recorded
too, as `signature`: `number` is then the digest of what was signed and `digest` the signature.
"""

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

Kind = Literal["certificate", "crl", "signature"]
_KINDS: dict[str, Kind] = {"certificate": "certificate", "crl": "crl", "signature": "signature"}
_REPEATED_WITHIN = timedelta(days=8)
"""Longer than the guard lets an intention wait (`guard.RESUME_WITHIN`)."""
_START = "0" * 32


class LedgerDamaged(Exception):  # noqa: N818 - a state
    """The record was altered, is in use by another signer, or cannot be written."""


class LedgerConflict(Exception):  # noqa: N818 - an answer
    """Other octets were signed under this number before, or a CRL number does not rise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One thing that was signed; `digest` is 64 hex digits, `series` which CRLs it is one of."""

    kind: Kind
    series: str
    number: int
    digest: str
    at: datetime


def read_ledger(path: Path) -> Iterator[LedgerEntry]:
    """Yield what is recorded in `path`, oldest first; a line torn by a crash is no record.

    Raises `LedgerDamaged` at the first line that does not follow from the one before.
    """
    for entry, _, _ in _read(path):
        yield entry


def _read(path: Path) -> Iterator[tuple[LedgerEntry, str, int]]:
    chain, offset = _START, 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            body, _, claimed = line.decode("ascii", "replace").strip().rpartition(" ")
            chain = _link(chain, body)
            if chain != claimed:
                msg = f"{path}, line {number}: altered, or a line before it was taken out"
                raise LedgerDamaged(msg)
            offset += len(line)
            yield _parse(body), chain, offset


def _link(chain: str, body: str) -> str:
    return hashlib.sha256(f"{chain} {body}".encode()).hexdigest()[:32]


def _parse(body: str) -> LedgerEntry:
    word, number, digest, at = body.split(" ")
    kind, _, series = word.partition("-")
    return LedgerEntry(
        kind=_KINDS[kind],
        series=series,
        number=int(number, 16),
        digest=digest,
        at=datetime.fromisoformat(at),
    )


class Ledger:
    """The record, open for appending by one process. Safe to use from many threads.

    Holds every serial in memory (about 250 octets each). Threads that write at the same time
    share one fsync.
    """

    def __init__(self, path: Path) -> None:
        """Open `path`, made if missing; cut off a torn last line. Raises `LedgerDamaged`."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._load(path)
        except OSError as problem:
            os.close(self._file)
            msg = f"{path} is in use by another signer"
            raise LedgerDamaged(msg) from problem
        except BaseException:
            os.close(self._file)
            raise
        self._memory = threading.Lock()
        self._disk = threading.Lock()
        self._pending: list[str] = []
        self._queued = self._durable = 0
        self._usable = True

    def _load(self, path: Path) -> None:
        self._certificates: dict[int, bytes] = {}
        self._last_crl: dict[str, tuple[int, bytes]] = {}
        self._signatures: dict[bytes, tuple[datetime, bytes]] = {}
        self._chain, end = _START, 0
        for entry, self._chain, end in _read(path):  # noqa: B007 - the last values stay
            digest = bytes.fromhex(entry.digest)
            if entry.kind == "certificate":
                self._certificates[entry.number] = digest
            elif entry.kind == "signature":
                self._remember(entry.number.to_bytes(32, "big"), digest, entry.at)
            else:
                self._last_crl[entry.series] = (entry.number, digest)
        os.ftruncate(self._file, end)

    def signed_serials(self) -> frozenset[int]:
        """Return the serials of all certificates ever signed."""
        with self._memory:
            return frozenset(self._certificates)

    def knows(self, serial: int) -> bool:
        """Tell whether a certificate with `serial` was ever signed."""
        return serial in self._certificates

    def holds(self, serial: int, tbs: bytes) -> bool:
        """Tell whether exactly `tbs` was recorded under `serial`."""
        return self._certificates.get(serial) == hashlib.sha256(tbs).digest()

    def record_certificate(self, serial: int, tbs: bytes, at: datetime) -> None:
        """Return once it is on disk that `tbs` is signed under `serial`.

        The same octets again are no second entry; raises `LedgerConflict` for others, and
        `LedgerDamaged` if the record cannot be written (nothing must be signed then).
        """
        digest = hashlib.sha256(tbs).digest()
        with self._memory:
            known = self._certificates.get(serial)
            if known is None:
                self._certificates[serial] = digest
                self._queue("certificate", serial, digest, at)
            elif known != digest:
                msg = f"serial {serial:x} was signed with other contents"
                raise LedgerConflict(msg)
            upto = self._queued
        self._wait_until_durable(upto)

    def record_crl(self, number: int, tbs: bytes, at: datetime, *, series: str = "") -> None:
        """Return once it is on disk that `tbs` is CRL `number`; numbers rise in each series."""
        digest = hashlib.sha256(tbs).digest()
        with self._memory:
            last = self._last_crl.get(series, (0, b""))
            if (number, digest) != last:
                if number <= last[0]:
                    msg = f"CRL number {number} does not follow {last[0]}"
                    raise LedgerConflict(msg)
                self._last_crl[series] = (number, digest)
                self._queue(f"crl-{series}" if series else "crl", number, digest, at)
            upto = self._queued
        self._wait_until_durable(upto)

    def keep_signature(self, tbs: bytes, make: Callable[[], bytes], at: datetime) -> bytes:
        """Return the signature recorded for `tbs`, made and recorded now if there is none.

        Raises `LedgerDamaged` and what `make` raises.
        """
        digest = hashlib.sha256(tbs).digest()
        made = None if digest in self._signatures else make()
        with self._memory:
            if digest not in self._signatures:
                made = made or make()
                self._remember(digest, made, at)
                self._queue("signature", int.from_bytes(digest, "big"), made, at)
            kept, upto = self._signatures[digest][1], self._queued
        self._wait_until_durable(upto)
        return kept

    def _remember(self, digest: bytes, signature: bytes, at: datetime) -> None:
        """Keep a signature for repeats, and no longer those that nobody may repeat."""
        while self._signatures:
            oldest = next(iter(self._signatures))
            if at - self._signatures[oldest][0] <= _REPEATED_WITHIN:
                break
            del self._signatures[oldest]
        self._signatures[digest] = (at, signature)

    def _queue(self, kind: str, number: int, digest: bytes, at: datetime) -> None:
        body = f"{kind} {number:x} {digest.hex()} {at.isoformat(timespec='seconds')}"
        self._chain = _link(self._chain, body)
        self._pending.append(f"{body} {self._chain}\n")
        self._queued += 1

    def _wait_until_durable(self, upto: int) -> None:
        with self._disk:  # whoever gets here first writes for all who wait behind
            if self._durable >= upto:
                return
            if not self._usable:
                msg = "the ledger could not be written earlier; look at the disk and restart"
                raise LedgerDamaged(msg)
            with self._memory:
                lines, self._pending, reached = self._pending, [], self._queued
            try:
                _write_all(self._file, "".join(lines).encode())
                os.fdatasync(self._file)
            except OSError as problem:
                self._usable = False
                msg = f"the ledger cannot be written: {problem.strerror}"
                raise LedgerDamaged(msg) from problem
            self._durable = reached

    def close(self) -> None:
        """Give the file up; nothing can be recorded afterwards."""
        with self._disk:
            if self._usable:
                self._usable = False
                os.close(self._file)


def _write_all(descriptor: int, octets: bytes) -> None:
    while octets:
        octets = octets[os.write(descriptor, octets) :]
