"""What goes over the signer's socket.

A question is 4 octets of length, 1 octet of verb, then the octets to be signed; an answer is 4
octets of length, 1 octet of outcome, then a signature or the findings as JSON.
"""

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path

from cinnabar.kernel.canonical import canonical
from cinnabar.pki.findings import Finding, Findings

_HEAD = struct.Struct(">IB")
_APART = 64 * 1024
_LONGEST_PATH = 100  # of a unix socket; Linux takes 107 octets, others 103


class Verb(IntEnum):
    """What is asked for."""

    PING = 1
    CERTIFICATE = 2
    CRL = 3
    OCSP = 4


class Outcome(IntEnum):
    """What came of it."""

    SIGNED = 0
    REFUSED = 1
    BUSY = 2
    UNAVAILABLE = 3


LIMITS = {
    Verb.PING: 0,
    Verb.CERTIFICATE: 16 * 1024,
    Verb.CRL: 64 * 1024 * 1024,
    Verb.OCSP: 16 * 1024,
}
"""The most octets each verb takes. A list of a million revoked certificates has 49 MB."""
LARGEST_ANSWER = 64 * 1024


class WireError(Exception):
    """The other side closed, stalled or spoke something else."""


def send(connection: socket.socket, code: int, octets: bytes) -> None:
    """Send one message; raise `OSError`."""
    head = _HEAD.pack(len(octets), code)
    if len(octets) > _APART:  # a long list is not copied
        connection.sendall(head)
        connection.sendall(octets)
    else:
        connection.sendall(head + octets)


def receive_head(connection: socket.socket) -> tuple[int, int] | None:
    """Return (length, code) of the next message, or None if the other side has closed."""
    first = connection.recv(_HEAD.size)
    if not first:
        return None
    head = first + receive(connection, _HEAD.size - len(first))
    size, code = _HEAD.unpack(head)
    return size, code


def receive(connection: socket.socket, size: int) -> bytes:
    """Return exactly `size` octets; raise `WireError` if fewer come."""
    parts = []
    while size:
        part = connection.recv(min(size, 1 << 20))
        if not part:
            msg = "closed in the middle of a message"
            raise WireError(msg)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def pack_findings(findings: Findings) -> bytes:
    """Return findings as JSON."""
    return canonical([[found.rule, found.detail] for found in findings])


def unpack_findings(octets: bytes) -> Findings:
    """Return the findings in `octets`; raise `WireError`."""
    try:
        return tuple(Finding(str(rule), str(detail)) for rule, detail in json.loads(octets))
    except (ValueError, TypeError) as problem:
        msg = "findings that cannot be read"
        raise WireError(msg) from problem


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Yield a name of the socket `path` that is short enough for the kernel.

    A unix address holds about a hundred octets; a longer one is reached through an open
    descriptor of its directory (Linux). Raises `OSError` if the directory is not there.
    """
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)
