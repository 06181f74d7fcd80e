"""A mail relay for tests: real SMTP on loopback, whose answers a test may choose."""

import asyncio
import logging
import ssl
from collections import defaultdict, deque
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Event, Thread
from typing import Self, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

# The twin is the other side: what it writes of the mails it takes is not the product's log.
logging.getLogger("mail.log").propagate = False


@dataclass(frozen=True)
class Mail:
    """A mail as the relay took it over."""

    sender: str
    to: tuple[str, ...]
    octets: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.octets, policy=default)


class SmtpTwin:
    """A relay that keeps what it is given.

    `answer("RCPT", "451 4.3.0 later")` makes the next recipient meet that answer; `MAIL` and
    `DATA` likewise. `refuse` is about one address, whenever it comes. `stop` and
    `start` take it down and up again on the same port.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.mails: list[Mail] = []
        self.port = 0
        self.connections = 0
        self._tls = tls
        self._answers: dict[str, deque[str]] = defaultdict(deque)
        self._refused: dict[str, str] = {}
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, stage: str, *answers: str) -> None:
        self._answers[stage].extend(answers)

    def refuse(self, address: str, answer: str) -> None:
        self._refused[address] = answer

    def start(self) -> None:
        up = Event()
        self._thread = Thread(target=asyncio.run, args=(self._serve(up),))
        self._thread.start()
        up.wait()

    def stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()
            self._thread = None

    async def _serve(self, up: Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._session, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        up.set()
        async with server:
            await self._over.wait()

    def _session(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            hostname="relay.example",
            ident="twin",
            tls_context=self._tls,
            require_starttls=self._tls is not None,
        )

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        envelope.mail_from = address
        return self._next("MAIL")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        answer = self._refused.get(address) or self._next("RCPT")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self._next("DATA")
        if answer.startswith("2"):
            self.mails.append(
                Mail(
                    sender=str(envelope.mail_from),
                    to=tuple(map(str, envelope.rcpt_tos)),
                    octets=cast("bytes", envelope.original_content),
                    encrypted=session.ssl is not None,
                )
            )
        return answer

    def _next(self, stage: str) -> str:
        waiting = self._answers[stage]
        return waiting.popleft() if waiting else "250 2.0.0 OK"
