"""The way to a push service: only hosts that the operator named, only at public addresses.

The endpoint comes from a browser, so it is a stranger's word about whom we shall call (SSRF).
"""

import contextlib
import http.client
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from cinnabar.messages.channel import TryLaterError

LONGEST = 1024
"""Characters of an endpoint; browsers' have some 200."""

_PORT = 443
_PLAIN = re.compile(r"[!-~]+")
_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_ANSWER = 1024

Dial = Callable[[str, int, float], socket.socket]
"""Connects to a host's port, with a time-out in seconds; raises `OSError` or `TryLaterError`."""


def check_hosts(hosts: tuple[str, ...]) -> None:
    """Raise `ValueError` for what is no list of names, each alone or with `*.` before it."""
    for host in hosts:
        if not _HOST.fullmatch(host):
            msg = f"CINNABAR_PUSH names push services like *.push.apple.com, not {host!r}"
            raise ValueError(msg)


def host_of(endpoint: str) -> str | None:
    """Return the host of an endpoint as browsers give them; None for anything else.

    That is https, a name, port 443, no user, nothing but printable ASCII.
    """
    if len(endpoint) > LONGEST or not _PLAIN.fullmatch(endpoint):
        return None
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    plain = parts.scheme == "https" and parts.netloc in {host, f"{host}:{_PORT}"}
    named = _HOST.fullmatch(host) is not None and "*" not in host
    return host if plain and named and port in {None, _PORT} and not parts.fragment else None


def is_listed(host: str, hosts: tuple[str, ...]) -> bool:
    """Tell whether the operator named the host; a star stands for one name or several."""
    return any(fnmatchcase(host, one) for one in hosts)


def is_public(address: str) -> bool:
    """Tell whether an address belongs to the open network: not ours, not this machine's."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


def dial(host: str, port: int, timeout: float) -> socket.socket:
    """Connect to the very address that was found to be public; no second look-up decides."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not all(is_public(str(where[0])) for *_, where in found):
        reason = "push address not public"
        raise TryLaterError(reason)
    trouble: OSError = OSError("no address")
    for family, kind, protocol, _, where in found:
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(timeout)
            made.connect(where)
        except OSError as problem:
            made.close()
            trouble = problem
        else:
            return made
    raise trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How push services are reached. `timeout` is in seconds and holds for each answer."""

    hosts: tuple[str, ...]
    dial: Dial = dial
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    timeout: float = 5.0

    def post(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send one request and return the answer's status; no redirect is followed.

        Raises `TryLaterError` where nobody answers.
        """
        parts = urlsplit(endpoint)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _Connection(parts.hostname or "", self)
        try:
            connection.request("POST", path, body, dict(headers))
            answer = connection.getresponse()
            answer.read(_ANSWER)
        except (OSError, http.client.HTTPException) as problem:
            reason = f"push {type(problem).__name__}"
            raise TryLaterError(reason) from problem
        else:
            return answer.status
        finally:
            connection.close()


class _Connection(http.client.HTTPSConnection):
    """TLS over a socket that `Wire.dial` has connected."""

    def __init__(self, host: str, wire: Wire) -> None:
        super().__init__(host, _PORT, timeout=wire.timeout, context=wire.context)
        self._wire = wire

    def connect(self) -> None:
        """Connect, and insist on a certificate for the host's name."""
        plain = self._wire.dial(self.host, self.port, self._wire.timeout)
        try:
            self.sock = self._wire.context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            with contextlib.suppress(OSError):
                plain.close()
            raise
