"""An SMS gateway for tests: Kannel's sendsms on loopback, with delivery reports."""

from collections import deque
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import ClassVar, Self
from urllib.parse import parse_qs, urlsplit

ACCEPTED = (202, "0: Accepted for delivery")
QUEUED = (202, "3: Queued for later delivery")


@dataclass(frozen=True)
class Sms:
    """One request as the gateway read it."""

    query: dict[str, str]

    @property
    def to(self) -> str:
        return self.query["to"]

    @property
    def text(self) -> str:
        return self.query["text"]


class SmsTwin:
    """A gateway that keeps what it is asked to send.

    `answer` queues other answers than `0: Accepted`; with `hang()` it takes requests and answers
    none until `let_go()`. `report` calls the address for delivery reports, as Kannel does.
    """

    def __init__(self, password: str = "gateway-password") -> None:
        self.password = password
        self.texts: list[Sms] = []
        self._answers: deque[tuple[int, str]] = deque()
        self._free = Event()
        self._free.set()

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"twin": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/cgi-bin/sendsms?username=cinnabar"

    def answer(self, *answers: tuple[int, str]) -> None:
        self._answers.extend(answers)

    def hang(self) -> None:
        self._free.clear()

    def let_go(self) -> None:
        self._free.set()

    def report(self, sms: Sms, status: int) -> int:
        """Call back as `dlr-url` says; return the HTTP status of the answer."""
        parts = urlsplit(sms.query["dlr-url"].replace("%d", str(status)))
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            return connection.getresponse().status
        finally:
            connection.close()

    def take(self, query: dict[str, str]) -> tuple[int, str]:
        if query.get("username") != "cinnabar" or query.get("password") != self.password:
            return 403, "Authorization failed for sendsms"
        answer = self._answers.popleft() if self._answers else ACCEPTED
        if answer[1].startswith(("0:", "3:")):
            self.texts.append(Sms(query))
        self._free.wait()
        return answer


class _Handler(BaseHTTPRequestHandler):
    twin: ClassVar[SmsTwin]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
        known = parts.path == "/cgi-bin/sendsms"
        status, body = self.twin.take(query) if known else (404, "no such service")
        try:
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())
        except OSError:
            pass  # the caller gave up waiting

    def log_message(self, *_: object) -> None:
        """Say nothing: the request line holds a code."""
