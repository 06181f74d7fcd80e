"""Mail by SMTP (RFC 5321): one connection a batch, and what the answers mean for a message."""

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from pathlib import Path

from cinnabar.env import Env
from cinnabar.kernel.secrets import Secret
from cinnabar.messages.channel import (
    DownError,
    Receipt,
    RefusedForGoodError,
    Rendered,
    TryLaterError,
)
from cinnabar.messages.mime import compose
from cinnabar.messages.smime import MailSigner

_ENHANCED = re.compile(rb"^[245]\.\d{1,3}\.\d{1,3}")
_CLOSING = 421
_FOR_GOOD = range(500, 600)
_POLICY = ("smtp 550 5.7.", "smtp 554 5.7.")
"""Refused by a rule of the relay (RFC 3463, X.7.X): more often our set-up than the reader's
address, so it is tried again while somebody mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """The relay. `starttls` insists on encryption: without it nothing is sent.

    `tls` is TLS from the first octet (RFC 8314). `ca_file` replaces the system's roots, `hello`
    is the name we give ourselves, `timeout` is in seconds and holds for each answer.
    """

    host: str
    port: int = 25
    starttls: bool = False
    tls: bool = False
    username: str | None = None
    password: Secret | None = None
    hello: str = "localhost"
    timeout: float = 10.0
    ca_file: Path | None = None


class SmtpChannel:
    """One relay, and the signer that signs what goes there."""

    def __init__(self, server: SmtpServer, signer: MailSigner | None = None) -> None:
        """Connect at the first `send`. Without `signer`, mail that must be signed stays."""
        self._server = server
        self._signer = signer
        self._open: smtplib.SMTP | None = None

    def send(self, env: Env, rendered: Rendered) -> Receipt:
        """Hand the mail over to the relay, which answers for it from then on."""
        if rendered.signed and self._signer is None:
            reason = "no mail certificate"
            raise DownError(reason)
        octets = compose(env, rendered, self._signer if rendered.signed else None)
        smtp = self._connected()
        try:
            smtp.sendmail(env.firm.identity.mail_from, [rendered.to], octets)
        except smtplib.SMTPRecipientsRefused as problem:
            raise _meant(*problem.recipients[rendered.to]) from None
        except smtplib.SMTPDataError as problem:
            raise _meant(problem.smtp_code, problem.smtp_error) from None
        except smtplib.SMTPSenderRefused as problem:
            # The relay does not take our sender: no fault of this message.
            raise DownError(_reason(problem.smtp_code, problem.smtp_error)) from None
        except (smtplib.SMTPException, OSError) as problem:
            self.close()
            raise TryLaterError(_name(problem)) from None
        return Receipt()

    def close(self) -> None:
        """Say goodbye and hang up."""
        smtp, self._open = self._open, None
        if smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        if self._open is None:
            try:
                self._open = _connect(self._server)
            except smtplib.SMTPResponseException as problem:
                raise DownError(_reason(problem.smtp_code, problem.smtp_error)) from None
            except (smtplib.SMTPException, OSError) as problem:
                raise DownError(_name(problem)) from None
        return self._open


def _connect(server: SmtpServer) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=server.ca_file) if _encrypted(server) else None
    smtp: smtplib.SMTP
    if server.tls:
        smtp = smtplib.SMTP_SSL(
            server.host, server.port, server.hello, timeout=server.timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, server.hello, timeout=server.timeout)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.starttls:
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        if server.username and server.password is not None:
            smtp.login(server.username, server.password.reveal())
    except BaseException:
        smtp.close()
        raise
    return smtp


def _encrypted(server: SmtpServer) -> bool:
    return server.tls or server.starttls


def _meant(code: int, text: bytes | str) -> DownError | RefusedForGoodError | TryLaterError:
    reason = _reason(code, text)
    if code == _CLOSING:
        return DownError(reason)
    if code in _FOR_GOOD and not reason.startswith(_POLICY):
        return RefusedForGoodError(reason)
    return TryLaterError(reason)


def _reason(code: int, text: bytes | str) -> str:
    # The rest of the answer often quotes the address, so only the codes are kept.
    octets = text.encode() if isinstance(text, str) else text
    enhanced = _ENHANCED.match(octets)
    return f"smtp {code} {enhanced[0].decode()}" if enhanced else f"smtp {code}"


def _name(problem: Exception) -> str:
    # smtplib tells a time-out as a disconnection and keeps the cause behind it.
    timed_out = isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError)
    return "smtp timeout" if timed_out else f"smtp {type(problem).__name__}"
