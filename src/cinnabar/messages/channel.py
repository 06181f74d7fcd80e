"""What every channel is: something that hands one rendered message over.

A channel answers with a `Receipt` or raises one of three troubles; which one decides what
becomes of the message. Reasons are short and name neither address nor text: they are kept.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cinnabar.env import Env


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message in words, ready to go. It prints without address and content.

    `id` goes out with it, so that a repeated hand-over can be recognised. `picture` is a PNG that
    the HTML shows. `valid_minutes` is how
    long a gateway may keep trying, None for as long as it likes. `signed` says that the text
    calls itself signed, so that it must be (P198).
    """

    id: str
    channel: str
    language: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False, default="")
    picture: bytes = field(repr=False, default=b"")
    signed: bool = False
    valid_minutes: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The other side took the message over. `delivered`: it is in the reader's hands already."""

    provider_ref: str = ""
    delivered: bool = False


class ChannelTroubleError(Exception):
    """A message was not handed over. The text of the error is the reason that is kept."""


class TryLaterError(ChannelTroubleError):
    """This message was not taken now; it may be later."""


class DownError(ChannelTroubleError):
    """The channel answers nobody at present: the rest of the batch need not be tried."""


class RefusedForGoodError(ChannelTroubleError):
    """This message will never be taken: the address or the message itself is refused."""


class Channel(Protocol):
    """A way out. Used by one worker at a time."""

    def send(self, env: Env, rendered: Rendered) -> Receipt:
        """Hand `rendered` over or raise a `ChannelTroubleError`; nothing else."""
        ...

    def close(self) -> None:
        """Let go of connections; the next `send` opens them again."""
        ...
