"""What the host says of a certificate that a device has just signed with, line by line. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cinnabar.certificates import rules
from cinnabar.certificates.queries import Known
from cinnabar.certificates.rules import HostState
from cinnabar.certificates.states import State
from cinnabar.firm.model import Firm

CLOCK_MAY_DIFFER = timedelta(minutes=10)
"""How far a signer's clock may be off for an order's signature to count."""


class Tone(StrEnum):
    """How a line is meant."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Line(StrEnum):
    """Everything the check may say, as part and verdict; the pages have words for each."""

    SIGNATURE_OK = "signature-ok"
    SIGNATURE_BAD = "signature-bad"
    OWN_OK = "own-ok"
    CHAIN_OK = "chain-ok"
    CHAIN_BAD = "chain-bad"
    DATES_OK = "dates-ok"
    DATES_RENEW = "dates-renew"
    DATES_LATE = "dates-late"
    DATES_EXPIRED = "dates-expired"
    DATES_EARLY = "dates-early"
    STATUS_LIVE = "status-live"
    STATUS_SUPERSEDED = "status-superseded"
    STATUS_REVOKED = "status-revoked"
    CHANNEL_OK = "channel-ok"
    CHANNEL_BAD = "channel-bad"
    CLOCK_OK = "clock-ok"
    CLOCK_BAD = "clock-bad"

    @property
    def tone(self) -> Tone:
        """Return whether this is good, a warning or bad."""
        if self.value.endswith(("-ok", "-live")):
            return Tone.OK
        return Tone.WARN if self in {Line.DATES_RENEW, Line.CLOCK_BAD} else Tone.BAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a device showed: did signature and chain hold, and when does it say it signed."""

    signature: bool
    chain: bool
    signed_at: datetime | None


def lines(firm: Firm, known: Known, shown: Shown, channel: str, now: datetime) -> tuple[Line, ...]:
    """Return one line for each thing that is right or wrong."""
    clock = shown.signed_at is not None and abs(now - shown.signed_at) <= CLOCK_MAY_DIFFER
    return (
        Line.SIGNATURE_OK if shown.signature else Line.SIGNATURE_BAD,
        Line.OWN_OK,
        Line.CHAIN_OK if shown.chain else Line.CHAIN_BAD,
        _status(known.state),
        _dates(firm, known, now),
        Line.CHANNEL_OK if known.channel == channel else Line.CHANNEL_BAD,
        Line.CLOCK_OK if clock else Line.CLOCK_BAD,
    )


def days_left(firm: Firm, ends: datetime, now: datetime) -> int:
    """Return the firm's calendar days from today to the day of the end; negative after it."""
    zone = firm.identity.timezone
    return (ends.astimezone(zone).date() - now.astimezone(zone).date()).days


def _status(state: State) -> Line:
    if state is State.LIVE:
        return Line.STATUS_LIVE
    return Line.STATUS_SUPERSEDED if state is State.SUPERSEDED else Line.STATUS_REVOKED


def _dates(firm: Firm, known: Known, now: datetime) -> Line:
    if now < known.not_before:
        return Line.DATES_EARLY
    at = rules.host_state(firm.certificate, firm.identity.timezone, known.not_after, now)
    if at is HostState.NEEDS_RENEWAL:
        return Line.DATES_RENEW if now <= known.not_after else Line.DATES_LATE
    return Line.DATES_EXPIRED if at is HostState.EXPIRED else Line.DATES_OK
