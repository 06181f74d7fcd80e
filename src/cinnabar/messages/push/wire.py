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


def through(proxy: str) -> Dial:
    """Return how to connect through the operator's own proxy (RFC 9110, section 9.3.6).

    `proxy` looks like `http://proxy.example.com:3128`. It looks names up itself, so it is the
    proxy that keeps us from calling into our own network. Raises `ValueError`.
    """
    parts = urlsplit(proxy)
    place = (parts.hostname or "", parts.port or 0)
    if parts.scheme != "http" or not all(place) or parts.username or parts.path.strip("/"):
        msg = "CINNABAR_PUSH_PROXY looks like http://proxy.example.com:3128"
        raise ValueError(msg)

    def dial(host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection(place, timeout)
        try:
            made.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            _insist_on_tunnel(made)
        except BaseException:
            made.close()
            raise
        return made

    return dial


def _insist_on_tunnel(made: socket.socket) -> None:
    """Read the proxy's answer to its end, octet by octet: what follows is not ours to read."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        octet = made.recv(1)
        if not octet or len(head) > _ANSWER:
            reason = "push proxy hung up"
            raise TryLaterError(reason)
        head += octet
    if not re.match(rb"HTTP/1\.[01] 2\d\d ", head):
        reason = "push proxy refused"
        raise TryLaterError(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """How push services are reached. `timeout` is in seconds and holds for each answer."""

    hosts: tuple[str, ...]
    dial: Dial = dial
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    timeout: float = 5.0


class Lines:
    """Connections that are open at present, one to each host; used by one worker at a time."""

    def __init__(self, wire: Wire) -> None:
        """Open them by `wire` when they are needed."""
        self._wire = wire
        self._open: dict[str, _Connection] = {}

    def post(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send one request and return the answer's status; no redirect is followed.

        A line that its other end has hung up meanwhile is opened once more. Raises
        `TryLaterError` where nobody answers.
        """
        parts = urlsplit(endpoint)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line = self._line(parts.hostname or "")
        was_open = line.sock is not None
        try:
            return line.ask(path, body, headers)
        except (OSError, http.client.HTTPException) as problem:
            line.close()
            if was_open and not isinstance(problem, TimeoutError):
                return self.post(endpoint, headers, body)
            reason = f"push {type(problem).__name__}"
            raise TryLaterError(reason) from problem
        except TryLaterError:
            line.close()
            raise

    def close(self) -> None:
        """Hang up."""
        for line in self._open.values():
            line.close()
        self._open.clear()

    def _line(self, host: str) -> "_Connection":
        if host not in self._open:
            self._open[host] = _Connection(host, self._wire)
        return self._open[host]


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

    def ask(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send one request; an answer longer than is usual ends the line."""
        self.request("POST", path, body, dict(headers))
        answer = self.getresponse()
        answer.read(_ANSWER)
        if not answer.isclosed():
            self.close()
        return answer.status
