"""The signer as a process: a unix socket, known users only, a thread for each connection.

The socket is 0600 in a directory that is 0700 (a group may be named for a web face that runs as
another user). Whatever a client sends, others are answered on (CAK-03).
"""

import grp
import logging
import os
import selectors
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cinnabar.signer.protocol import Signer, SignerBusy, SignerRefused, SignerUnavailable
from cinnabar.signer.wire import (
    LIMITS,
    Outcome,
    Verb,
    WireError,
    pack_findings,
    reachable,
    receive,
    receive_head,
    send,
)

log = logging.getLogger(__name__)

_CREDENTIALS = struct.Struct("3i")
_BODY_SECONDS = 10.0
"""How long the rest of a message may take once it has begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Who may come in: user ids, how many connections at once, a group for the socket."""

    users: frozenset[int]
    most: int = 256
    group: str | None = None


class SignerServer:
    """Serves a `Signer` on the unix socket `path`."""

    def __init__(self, signer: Signer, path: Path, doors: Doors) -> None:
        """Listen on `path` from now on; an old socket there is replaced.

        The ledger's lock has already made sure that no other signer runs. Raises `OSError`.
        """
        self._signer, self._path, self._doors = signer, path, doors
        self._sign: dict[Verb, Callable[[bytes], bytes]] = {
            Verb.CERTIFICATE: signer.sign_certificate,
            Verb.CRL: signer.sign_crl,
            Verb.OCSP: signer.sign_ocsp,
            Verb.PING: self._ping,
        }
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._wake, self._woken = socket.socketpair()
        self._listener = self._listen()

    def _listen(self) -> socket.socket:
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)  # the socket must at no time be open to others
        try:
            with reachable(self._path) as name:
                listener.bind(name)
        finally:
            os.umask(before)
        if self._doors.group is not None:
            group = grp.getgrnam(self._doors.group).gr_gid
            os.chown(self._path.parent, -1, group)
            os.chown(self._path, -1, group)
            self._path.parent.chmod(0o710)
            self._path.chmod(0o660)
        listener.listen(128)
        return listener

    def stop(self) -> None:
        """Make `serve` return. Safe from signal handlers and other threads; may be repeated."""
        with suppress(OSError):  # it has stopped already
            self._wake.send(b"x")

    def serve(self) -> None:
        """Answer until `stop`; then finish what is being signed, close and remove the socket."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._listener, selectors.EVENT_READ)
            waiting.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in waiting.select()]
                if self._woken in ready:
                    break
                self._accept()
        self._close()

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError as problem:  # gone again, or no descriptor left
            log.warning("could not take a connection: %s", problem)
            return
        user = _CREDENTIALS.unpack(
            connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        )[1]
        with self._lock:
            if user not in self._doors.users or len(self._open) >= self._doors.most:
                log.warning("turned away a connection of user %d", user)
                connection.close()
                return
            thread = threading.Thread(target=self._attend, args=(connection,), daemon=True)
            self._open[connection] = thread
        thread.start()

    def _attend(self, connection: socket.socket) -> None:
        try:
            while self._answer_one(connection):
                pass
        except (OSError, WireError) as problem:
            log.info("dropped a connection: %s", problem)
        finally:
            with self._lock:
                self._open.pop(connection, None)
            connection.close()

    def _answer_one(self, connection: socket.socket) -> bool:
        connection.settimeout(None)  # between messages a client may be silent for hours
        head = receive_head(connection)
        if head is None:
            return False
        size, code = head
        if code not in LIMITS or size > LIMITS[Verb(code)]:
            msg = f"a message of {size} octets with code {code}"
            raise WireError(msg)
        connection.settimeout(_BODY_SECONDS)
        outcome, octets = self._outcome(Verb(code), receive(connection, size))
        send(connection, outcome, octets)
        return True

    def _outcome(self, verb: Verb, octets: bytes) -> tuple[Outcome, bytes]:
        try:
            return Outcome.SIGNED, self._sign[verb](octets)
        except SignerRefused as refused:
            log.warning("refused to sign: %s", refused)
            return Outcome.REFUSED, pack_findings(refused.findings)
        except SignerBusy:
            log.warning("more certificates in a minute than allowed")
            return Outcome.BUSY, b""
        except SignerUnavailable as problem:
            log.error("cannot sign: %s", problem)  # noqa: TRY400 - the sentence says it all
            return Outcome.UNAVAILABLE, b""
        except Exception:
            log.exception("a fault while signing")
            return Outcome.UNAVAILABLE, b""

    def _ping(self, octets: bytes) -> bytes:
        self._signer.ping()
        return octets

    def _close(self) -> None:
        self._listener.close()
        self._path.unlink(missing_ok=True)
        with self._lock:
            left = list(self._open.items())
        for connection, _ in left:
            _no_more_questions(connection)
        for _, thread in left:
            thread.join(_BODY_SECONDS)
        self._wake.close()
        self._woken.close()


def _no_more_questions(connection: socket.socket) -> None:
    with suppress(OSError):  # it was closed already
        connection.shutdown(socket.SHUT_RD)
