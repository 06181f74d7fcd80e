"""What the OCSP measurement serves: the machine face and a function that does nothing.

Both stand in one WSGI application on one server, as the product's own does it (config/wsgi.py),
so that nothing but the work differs.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from cinnabar.faces.machine.app import Environ, MachineState, StartResponse, machine_app
from cinnabar.faces.machine.source import Changes, Known
from cinnabar.firm.load import load_firm
from cinnabar.kernel.clock import SystemClock
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.der import sequence
from cinnabar.pki.ocsp_answer import State, Status, cert_id
from cinnabar.signer.ceremony import init_authority
from cinnabar.signer.core import open_signer
from cinnabar.signer.files import Places
from cinnabar.signer.guard import Rules

_BASE_URL = "http://127.0.0.1:8000"
_HEADERS = [
    ("Content-Type", "application/ocsp-response"),
    ("Content-Length", "1000"),
    ("X-Content-Type-Options", "nosniff"),
]
_BODY = b"n" * 1000


class Everyone:
    """Records in which every serial is revoked: of that the signer asks no ledger."""

    def __init__(self) -> None:
        """Remember since when."""
        self._since = SystemClock().now()

    def lookup(self, serial: int) -> Known:
        """Return revoked."""
        del serial
        return Known(status=Status(state=State.REVOKED, revoked_at=self._since))

    def changes_since(self, mark: str | None) -> Changes:
        """Return none."""
        return Changes(mark=mark or "0", serials=())

    def lists(self) -> dict[str, int]:
        """Return none."""
        return {}

    def list(self, name: str) -> bytes | None:
        """Return none."""
        del name
        return None


def _state() -> MachineState:
    data = Path(os.environ["CINNABAR_DATA"])
    firm, clock = load_firm("taiwan"), SystemClock()
    init_authority(
        data,
        firm,
        SystemDice(),
        root_passphrase=Secret("only for this measurement"),
        base_url=_BASE_URL,
        now=clock.now(),
        rounds=1,
    )
    rules = Rules(certificate=firm.certificate, status=firm.status, base_url=_BASE_URL)
    return MachineState(
        source=Everyone(),
        signer=open_signer(Places(data), rules, clock),
        clock=clock,
        validity=firm.status.ocsp_validity,
    )


_STATE = _state()
_MACHINE = machine_app(_STATE)


def application(environ: Environ, start: StartResponse) -> Iterable[bytes]:
    """Answer one request: OCSP, nothing, or the OCSP request for a serial."""
    path: str = environ["PATH_INFO"]
    if path == "/nothing":
        start("200 OK", _HEADERS)
        return (_BODY,)
    if path == "/reading":
        environ["wsgi.input"].read(200)
        start("200 OK", _HEADERS)
        return (_BODY,)
    if path.startswith("/request/"):
        raw = cert_id(_STATE.signer.authority(), int(path.removeprefix("/request/"))).raw
        body = sequence(sequence(sequence(sequence(raw))))
        start("200 OK", [("Content-Length", str(len(body)))])
        return (body,)
    return _MACHINE(environ, start)
