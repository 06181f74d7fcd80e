"""Outside programs and the files they look at, made by the product for the present day."""

import subprocess
import sys
import threading
from base64 import encodebytes
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from shutil import which
from wsgiref.simple_server import WSGIRequestHandler, make_server

from cinnabar.faces.machine.app import Environ, MachineApp, MachineState, StartResponse, machine_app
from cinnabar.faces.machine.board import StatusBoard
from cinnabar.firm import Firm
from cinnabar.kernel.clock import SystemClock
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.assemble import assemble_certificate, assemble_crl
from cinnabar.pki.authority import addresses, list_name
from cinnabar.pki.crl import Reason, RevokedEntry, crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.pki.keys import spki_of
from cinnabar.pki.ocsp_answer import State, Status
from cinnabar.pki.profile import customer_profile
from cinnabar.pki.tbs import customer_tbs
from cinnabar.signer.ceremony import init_authority
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.files import Places
from cinnabar.signer.guard import Rules
from tests.machine.support import Records
from tests.pki.support import SUBJECT, Private, shard_of_now


def run(program: str, *words: str | Path, cwd: Path | None = None, given: bytes = b"") -> str:
    """Run an outside program; return all it said. Fails the test if it is not satisfied."""
    status, said = look(program, *words, cwd=cwd, given=given)
    assert status == 0, said
    return said


def look(
    program: str, *words: str | Path, cwd: Path | None = None, given: bytes = b""
) -> tuple[int, str]:
    """Run an outside program; return its exit code and all it said."""
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else which(program)
    assert found, f"{program} is not there; tools/system names the package"
    done = subprocess.run(
        [found, *map(str, words)], cwd=cwd, input=given, capture_output=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


@dataclass
class Office:
    """A CA of today, with its records, in a directory; `base_url` is where its face answers."""

    firm: Firm
    place: Path
    base_url: str = "http://127.0.0.1:8000"
    clock: SystemClock = field(default_factory=SystemClock)
    records: Records = field(default_factory=Records)

    def __post_init__(self) -> None:
        self.now = self.clock.now().replace(microsecond=0)
        made = init_authority(
            self.place,
            self.firm,
            SystemDice(),
            root_passphrase=Secret("correct horse battery"),
            base_url=self.base_url,
            now=self.now,
            rounds=1,
        )
        self.places = made.places
        self.signer = self._open()
        self.shard = shard_of_now(self.firm, self.now)
        self.profile = customer_profile(
            self.firm.certificate, self.signer.authority(), self.base_url, self.shard
        )

    def _open(self) -> LocalSigner:
        rules = Rules(
            certificate=self.firm.certificate, status=self.firm.status, base_url=self.base_url
        )
        return open_signer(Places(self.place), rules, self.clock)

    def file(self, name: str) -> Path:
        """Return a file of the CA: root.crt, issuing.crt, chain.pem, root.crl …"""
        return self.places.public / name

    def certificate(self, name: str, key: Private, serial: int | None = None) -> Path:
        """Issue a certificate into a PEM file; its status is good."""
        serial = serial or SystemDice().serial()
        tbs = customer_tbs(
            self.profile,
            serial=serial,
            subject=SUBJECT,
            spki_der=spki_of(key.public_key()),
            not_before=self.now,
            not_after=self.now + timedelta(days=self.firm.certificate.validity_days),
        )
        der = assemble_certificate(tbs, self.signer.sign_certificate(tbs))
        self.records.say(serial, Status(state=State.GOOD))
        return self.pem(f"{name}.crt", "CERTIFICATE", der)

    def crl(
        self,
        number: int,
        entries: Iterable[RevokedEntry],
        *,
        base: int | None = None,
        shard: str | None = None,
    ) -> Path:
        """Sign and publish a list into a PEM file: the one certificates point to, or another."""
        authority = self.signer.authority()
        shard = self.shard if shard is None else shard
        where = addresses(self.base_url, authority.issuing_key_id, shard)
        marks = Marks(
            number=number,
            point=where.crl if shard else "",
            base=base,
            freshest=where.delta if base is None else "",
        )
        until = self.now + self.firm.status.crl_validity
        tbs = crl_tbs(authority, marks, this_update=self.now, next_update=until, entries=entries)
        der = assemble_crl(tbs, self.signer.sign_crl(tbs))
        delta = base is not None
        name = list_name(authority.issuing_key_id, shard, delta=delta)
        self.records.publish(name, number, der)
        return self.pem("delta.crl" if delta else "issuing.crl", "X509 CRL", der)

    def root_crl(self) -> Path:
        """Return the root's list as a PEM file."""
        return self.pem("root.crl", "X509 CRL", self.places.root_crl.read_bytes())

    def revoked(self, serial: int, at: datetime | None = None) -> RevokedEntry:
        """Revoke a serial in the records; return its line for a list."""
        at = at or self.now
        reason = Reason.KEY_COMPROMISE
        self.records.say(serial, Status(state=State.REVOKED, revoked_at=at, reason=reason))
        return RevokedEntry(serial=serial, revoked_at=at, reason=reason)

    def pem(self, name: str, kind: str, der: bytes) -> Path:
        """Write DER as PEM; return the file."""
        path = self.place / name
        body = encodebytes(der)
        path.write_bytes(
            b"-----BEGIN %b-----\n%b-----END %b-----\n" % (kind.encode(), body, kind.encode())
        )
        return path


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Front:
    """A server of the machine face: its port is known before the CA that names it."""

    def __init__(self) -> None:
        self._app: MachineApp | None = None
        self._server = make_server("127.0.0.1", 0, self._answer, handler_class=_Quiet)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"

    def _answer(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        assert self._app is not None
        return self._app(environ, start)

    @contextmanager
    def open(self, office: Office) -> Iterator[StatusBoard]:
        """Answer for `office` until the end of the block; yield the board, to be refreshed."""
        state = MachineState(
            source=office.records,
            signer=office.signer,
            clock=office.clock,
            validity=office.firm.status.ocsp_validity,
        )
        board = state.board()
        board.refresh()
        self._app = machine_app(state, board)
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield board
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
