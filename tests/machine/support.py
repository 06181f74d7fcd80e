"""Relying parties, and records that a test writes by hand."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cinnabar.env import Env
from cinnabar.faces.machine.app import MachineApp, MachineState, machine_app
from cinnabar.faces.machine.board import StatusBoard
from cinnabar.faces.machine.source import Changes, Known, SourceUnavailable
from cinnabar.pki.crl import Reason
from cinnabar.pki.der import sequence
from cinnabar.pki.ocsp_answer import State, Status, cert_id
from tests.pki.support import NOW, Facts, issue

SERIAL = Facts().serial
GOOD = Status(state=State.GOOD)
UNKNOWN = Status(state=State.UNKNOWN)
REVOKED = Status(state=State.REVOKED, revoked_at=NOW, reason=Reason.SUPERSEDED)


class Records:
    """A `StatusSource` in memory; it counts its look-ups and can be away."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}
        self.changed: list[int] = []
        self.lookups = 0
        self.away = False
        self.published: dict[str, tuple[int, bytes]] = {}

    def say(self, serial: int, status: Status, presigned: bytes | None = None) -> None:
        """Commit a status; the board hears of it at its next refresh."""
        self.known[serial] = Known(status=status, presigned=presigned)
        self.changed.append(serial)

    def _reachable(self) -> None:
        if self.away:
            raise SourceUnavailable

    def lookup(self, serial: int) -> Known:
        self._reachable()
        self.lookups += 1
        return self.known.get(serial, Known(status=UNKNOWN))

    def changes_since(self, mark: str | None) -> Changes:
        self._reachable()
        told: Sequence[int] = self.changed[int(mark) :] if mark is not None else ()
        return Changes(mark=str(len(self.changed)), serials=tuple(told))

    def publish(self, name: str, number: int, der: bytes) -> None:
        """Put a list in the place of the one before."""
        self.published[name] = (number, der)

    def lists(self) -> dict[str, int]:
        self._reachable()
        return {name: number for name, (number, _) in self.published.items()}

    def list(self, name: str) -> bytes | None:
        self._reachable()
        found = self.published.get(name)
        return found[1] if found else None


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Face:
    """The machine face of one process, over hand-written records; refreshed by the test."""

    env: Env
    records: Records = field(default_factory=Records)
    most: int = 20_000

    def __post_init__(self) -> None:
        state = MachineState(
            source=self.records,
            signer=self.env.signer,
            clock=self.env.clock,
            validity=self.env.firm.status.ocsp_validity,
        )
        self.board = StatusBoard(self.records, self.env.clock, most=self.most)
        self.app: MachineApp = machine_app(state, self.board)
        self.tick()

    def tick(self) -> None:
        """Let a second's work of the board be done."""
        self.board.refresh()
        self.board.sweep()

    def issue(self, serial: int = SERIAL) -> None:
        """Issue a certificate and say so in the records."""
        issue(self.env, Facts(serial=serial))
        self.records.say(serial, GOOD)

    def question(self, serial: int = SERIAL) -> bytes:
        """Return an OCSP request for `serial`."""
        raw = cert_id(self.env.signer.authority(), serial).raw
        return sequence(sequence(sequence(sequence(raw))))

    def post(self, body: bytes, *, kind: str = "application/ocsp-request") -> Reply:
        return self.ask("POST", "/ocsp", body, CONTENT_TYPE=kind)

    def get(self, path: str, **changes: str) -> Reply:
        return self.ask("GET", path, b"", **changes)

    def ask(self, method: str, path: str, body: bytes = b"", **changes: str) -> Reply:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **changes,
        }
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            seen.append((status, headers))

        parts = b"".join(self.app(environ, start))
        ((status, headers),) = seen
        assert len(headers) == len({name.lower() for name, _ in headers})
        return Reply(status=int(status.split(" ")[0]), headers=dict(headers), body=parts)
