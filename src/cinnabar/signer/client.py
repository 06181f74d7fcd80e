"""The signer seen from the other processes: one connection for each thread."""

import os
import socket
import threading
from pathlib import Path

from cinnabar.kernel.clock import Clock
from cinnabar.pki.authority import Authority
from cinnabar.signer.files import AuthorityFiles, Places
from cinnabar.signer.keys import KeyUnusable
from cinnabar.signer.protocol import SignerBusy, SignerRefused, SignerUnavailable
from cinnabar.signer.wire import (
    LARGEST_ANSWER,
    Outcome,
    Verb,
    WireError,
    reachable,
    receive,
    receive_head,
    send,
    unpack_findings,
)


class _Connection(socket.socket):
    """The connection of one thread in one process; closed when the thread is gone."""

    def __init__(self) -> None:
        super().__init__(socket.AF_UNIX, socket.SOCK_STREAM)
        self.process = os.getpid()

    def __del__(self) -> None:
        self.close()


class SocketSigner:
    """A `Signer` at the other end of the unix socket `path`."""

    def __init__(
        self, path: Path, clock: Clock, *, data: Path | None = None, timeout: float = 5.0
    ) -> None:
        """Connect when first asked.

        `clock` tells which generations are in date. `data` is the directory of the installation,
        whose `ca/` has the certificates; left out, it is the one the socket's directory lies in.
        `timeout` in seconds bounds each wait.
        """
        self.path, self._clock, self._timeout = path, clock, timeout
        self._files = AuthorityFiles(Places(data or path.parent.parent))
        self._local = threading.local()

    def authority(self) -> Authority:
        """Return the public side of the CA, from its files: it is there without the signer."""
        try:
            return self._files.current()
        except KeyUnusable as problem:
            raise SignerUnavailable(str(problem)) from problem

    def authorities(self) -> tuple[Authority, ...]:
        """Return the generations in date, newest first, from their files likewise."""
        try:
            return self._files.in_date(self._clock.now())
        except KeyUnusable as problem:
            raise SignerUnavailable(str(problem)) from problem

    def ping(self) -> None:
        """Return if the signer answers."""
        self._ask(Verb.PING, b"")

    def sign_certificate(self, tbs: bytes) -> bytes:
        """Return the issuing CA's signature over a customer's TBSCertificate."""
        return self._ask(Verb.CERTIFICATE, tbs)

    def sign_crl(self, tbs: bytes) -> bytes:
        """Return the issuing CA's signature over a TBSCertList."""
        return self._ask(Verb.CRL, tbs)

    def sign_ocsp(self, tbs: bytes) -> bytes:
        """Return the OCSP signer's signature over a ResponseData."""
        return self._ask(Verb.OCSP, tbs)

    def _ask(self, verb: Verb, octets: bytes) -> bytes:
        try:
            outcome, answer = self._exchange(verb, octets)
            if outcome is Outcome.REFUSED:
                raise SignerRefused(unpack_findings(answer))
        except (OSError, WireError, ValueError) as problem:
            self._drop()
            msg = f"the signer does not answer: {problem}"
            raise SignerUnavailable(msg) from problem
        if outcome is Outcome.BUSY:
            raise SignerBusy
        if outcome is not Outcome.SIGNED:
            msg = "the signer cannot sign; its log says why"
            raise SignerUnavailable(msg)
        return answer

    def _exchange(self, verb: Verb, octets: bytes) -> tuple[Outcome, bytes]:
        """Ask on the connection held; if that one is dead, once more on a new one.

        A signer that was restarted leaves dead connections behind, and asking twice is harmless:
        the same octets get the same signature and one record.
        """
        held = self._held()
        if held is not None:
            try:
                return self._once(held, verb, octets)
            except (ConnectionError, WireError):
                self._drop()
        return self._once(self._connect(), verb, octets)

    def _once(self, connection: socket.socket, verb: Verb, octets: bytes) -> tuple[Outcome, bytes]:
        send(connection, verb, octets)
        head = receive_head(connection)
        if head is None or head[0] > LARGEST_ANSWER:
            msg = "closed without an answer"
            raise WireError(msg)
        return Outcome(head[1]), receive(connection, head[0])

    def _held(self) -> _Connection | None:
        held: _Connection | None = getattr(self._local, "held", None)
        if held is None or held.process != os.getpid():  # a connection does not survive a fork
            return None
        return held

    def _connect(self) -> _Connection:
        connection = _Connection()
        connection.settimeout(self._timeout)
        with reachable(self.path) as name:
            connection.connect(name)
        self._local.held = connection
        return connection

    def _drop(self) -> None:
        self._local.held = None

    def close(self) -> None:
        """Close this thread's connection."""
        self._drop()
