"""A push service for tests, HTTPS on loopback, and browsers that subscribe at it.

It is written from RFC 8030, 8188, 8291 and 8292, and refuses what they let it refuse.
"""

import base64
import hashlib
import hmac
import json
import socket
import ssl
from collections import deque
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from cinnabar.env import Env
from cinnabar.kernel.clock import Clock
from cinnabar.messages.push.channel import PushChannel
from cinnabar.messages.push.wire import Wire
from tests.messages.support import tls_files
from tests.support.soft import App

HOST = "updates.push.example.org"
CREATED, FORBIDDEN, GONE = 201, 403, 410
_DAY = 86_400


def waking(env: Env) -> Env:
    """Return the world with a push service named, and a firm that wakes the app."""
    notify = replace(env.firm.notify, push_permission="first-start")
    return replace(env, push_hosts=(HOST,), firm=replace(env.firm, notify=notify))


def octets(text: str) -> bytes:
    """Return what base64url without padding stands for."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class Woken:
    """A browser that has subscribed: its keys, and what it could read."""

    name: str
    key: str = ""
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"sixteen octets.."
    read: list[bytes] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"https://{HOST}/wake/{self.name}"

    def place(self, key: str) -> dict[str, str]:
        """Subscribe under `key`; return what the app tells the host of it."""
        self.key = key
        p256dh = base64.b64encode(point(self.private)).decode()
        auth = base64.b64encode(self.auth).decode()
        return {"endpoint": self.endpoint, "p256dh": p256dh, "auth": auth, "key": key}

    def open(self, body: bytes) -> bytes:
        """Read a body of one record (RFC 8291, section 3.4); raise if it is not for this one."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.private.exchange(ec.ECDH(), peer)
        info = b"WebPush: info\0" + point(self.private) + theirs + b"\x01"
        ikm = hmac.digest(hmac.digest(self.auth, shared, "sha256"), info, "sha256")
        prk = hmac.digest(salt, ikm, "sha256")
        key = hmac.digest(prk, b"Content-Encoding: aes128gcm\0\x01", "sha256")[:16]
        nonce = hmac.digest(prk, b"Content-Encoding: nonce\0\x01", "sha256")[:12]
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded[-1:] == b"\x02", "the last record ends with a two"
        return padded[:-1]


@dataclass(frozen=True)
class Pushed:
    """One request as the push service read it."""

    path: str
    headers: dict[str, str]
    body: bytes
    claims: dict[str, Any]


class PushTwin:
    """A push service that knows some browsers, and keeps what it is given for them.

    `answer` queues other statuses; with `hang()` it takes requests and answers none.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.browsers: dict[str, Woken] = {}
        self.pushed: list[Pushed] = []
        self.requests = self.connections = 0
        self.hangs_up = False
        self._answers: deque[int] = deque()
        self._free = Event()
        self._free.set()

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"twin": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.socket = _server_side().wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._free.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def browser(self, name: str) -> Woken:
        return self.browsers.setdefault(name, Woken(name))

    def answer(self, *statuses: int) -> None:
        self._answers.extend(statuses)

    def hang(self) -> None:
        self._free.clear()

    def hang_up(self) -> None:
        """End each connection after its answer, without having said so."""
        self.hangs_up = True

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def channel(self, *hosts: str, timeout: float = 5.0) -> PushChannel:
        """Return the channel of a worker from which this service is reached by its name."""
        return PushChannel(self.wire(*hosts, timeout=timeout))

    def wire(self, *hosts: str, timeout: float = 5.0) -> Wire:
        """Return the way to this service by its name."""
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=tls_files(HOST)[2].public_bytes(Encoding.PEM).decode())

        def dial(host: str, port: int, timeout: float) -> socket.socket:
            assert (host, port) == (HOST, 443)
            return socket.create_connection(("127.0.0.1", self.port), timeout)

        return Wire(hosts=hosts or (HOST,), dial=dial, context=context, timeout=timeout)

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.requests += 1
        self._free.wait()
        browser = self.browsers.get(path.removeprefix("/wake/"))
        if self._answers and (status := self._answers.popleft()) != CREATED:
            return status
        if browser is None:
            return GONE
        claims = claims_of(headers["authorization"], browser.key)
        if claims is None or not self._are_right(claims):
            return FORBIDDEN
        assert int(headers["ttl"]) >= 0
        assert headers["content-encoding"] == "aes128gcm"
        browser.read.append(browser.open(body))
        self.pushed.append(Pushed(path, headers, body, claims))
        return CREATED

    def _are_right(self, claims: dict[str, Any]) -> bool:
        left = claims["exp"] - self.clock.now().timestamp()
        known = claims["sub"].startswith(("mailto:", "https://"))
        return claims["aud"] == f"https://{HOST}" and 0 < left <= _DAY and known


def claims_of(header: str, subscribed: str) -> dict[str, Any] | None:
    """Return what a VAPID token says, if the key signed it that the browser subscribed under."""
    scheme, _, rest = header.partition(" ")
    parts = dict(one.strip().split("=", 1) for one in rest.split(","))
    if scheme != "vapid" or parts["k"] != subscribed:
        return None
    said, _, signature = parts["t"].rpartition(".")
    r, s = (int.from_bytes(half) for half in (octets(signature)[:32], octets(signature)[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets(parts["k"]))
    try:
        key.verify(encode_dss_signature(r, s), said.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return None
    head, claims = (json.loads(octets(one)) for one in said.split("."))
    return dict(claims) if head == {"typ": "JWT", "alg": "ES256"} else None


def _server_side() -> ssl.SSLContext:
    key, chain, _ = tls_files(HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with TemporaryDirectory() as folder:
        place = Path(folder) / "push.pem"
        place.write_bytes(private + b"".join(one.public_bytes(Encoding.PEM) for one in chain))
        context.load_cert_chain(place)
    return context


class _Handler(BaseHTTPRequestHandler):
    twin: ClassVar[PushTwin]
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.twin.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = self.twin.take(self.path, headers, body)
        try:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.send_header("Location", f"https://{HOST}/elsewhere")
            self.end_headers()
        except OSError:
            pass  # the caller gave up waiting
        self.close_connection = self.close_connection or self.twin.hangs_up

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def named(app: App) -> str:
    """Return a short name of a device, for its endpoint."""
    return hashlib.sha256(app.public_key).hexdigest()[:12]
