"""The worker's part: claim, render, hand over, keep what became of it.

At least once: a worker that dies between hand-over and mark leaves a message that goes out again
under the same id, by which the receiver can recognise it. Never late: the deadline is read again
right before the hand-over. No transaction is open while the network is used.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

import structlog

from cinnabar.env import Env
from cinnabar.messages import budget, outcomes
from cinnabar.messages.channel import (
    Channel,
    ChannelTroubleError,
    DownError,
    Receipt,
    RefusedForGoodError,
    TryLaterError,
)
from cinnabar.messages.claims import Claimed, claim, take_back
from cinnabar.messages.policy import DELIVERY
from cinnabar.messages.render import render
from cinnabar.messages.rules import pause, too_late

__all__ = ["Tally", "claim", "deliver_due", "tick"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many messages met which fate."""

    handed_over: int = 0
    later: int = 0
    refused: int = 0
    expired: int = 0
    given_up: int = 0
    taken_back: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return the sums."""
        return Tally(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)}
        )


def tick(env: Env, channels: Mapping[str, Channel], *, worker: str = "worker") -> Tally:
    """Do what is due now and return what was done; the worker calls this again and again.

    `channels` maps `sms` and `email` to the way out; a channel that is left out is left to
    another worker. Messages that are overdue are closed on all channels.
    """
    tally = Tally(taken_back=take_back(env), expired=outcomes.close_overdue(env))
    for _ in range(DELIVERY.rounds):
        done = deliver_due(env, channels, worker)
        tally += done
        if not done.handed_over:
            break
    return tally


def deliver_due(env: Env, channels: Mapping[str, Channel], worker: str) -> Tally:
    """Claim one batch for each channel and hand it over."""
    tally = Tally()
    for name, channel in channels.items():
        batch = claim(env, worker, DELIVERY.batch, channel=name)
        try:
            tally += _hand_over(env, channel, batch)
        finally:
            channel.close()
    return tally


def _hand_over(env: Env, channel: Channel, batch: list[Claimed]) -> Tally:
    tally = Tally()
    down = False
    for message in batch:
        # A lease that may end during the hand-over would let another worker send it as well.
        if down or env.clock.now() + DELIVERY.hand_over > message.claim_until:
            outcomes.released(message)
            continue
        try:
            tally += _try(env, channel, message)
        except DownError as trouble:
            down = True
            tally += _put_off(env, message, str(trouble))
            log.warning("channel down", channel=message.channel, reason=str(trouble))
    return tally


def _try(env: Env, channel: Channel, message: Claimed) -> Tally:
    if too_late(
        message.channel, env.clock.now(), message.expires_at, DELIVERY.margin[message.channel]
    ):
        return Tally(expired=int(outcomes.expired(env, message)))
    try:
        receipt = _send(env, channel, message)
    except budget.SpentError as spent:
        return Tally(later=int(outcomes.released(message, spent.until, str(spent))))
    except TryLaterError as trouble:
        return _put_off(env, message, str(trouble))
    except RefusedForGoodError as trouble:
        log.warning("message refused", message=message.id, reason=str(trouble))
        return Tally(refused=int(outcomes.refused(env, message, str(trouble))))
    log.info("message handed over", message=message.id, kind=message.kind, way=message.channel)
    return Tally(handed_over=int(outcomes.handed_over(env, message, receipt)))


def _send(env: Env, channel: Channel, message: Claimed) -> Receipt:
    try:
        rendered = render(env, message)
        with budget.counted(env, message.kind, rendered):
            return channel.send(env, rendered)
    except (ChannelTroubleError, budget.SpentError):
        raise
    except Exception as problem:
        # Whatever is wrong with one message must not stop the others; where it went wrong is
        # kept, but not the error's text, which may quote the message.
        raise TryLaterError(_place(problem)) from problem


def _place(problem: Exception) -> str:
    frame = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} in {frame.name}"


def _is_short_lived(message: Claimed) -> bool:
    """Tell whether somebody waits for it now; what lives for hours has the time of a notice."""
    return (
        message.expires_at is not None
        and message.expires_at - message.created_at <= DELIVERY.longest_pause
    )


def _put_off(env: Env, message: Claimed, reason: str) -> Tally:
    if message.attempts >= DELIVERY.max_attempts:
        log.error("message given up", message=message.id, kind=message.kind, reason=reason)
        return Tally(given_up=int(outcomes.given_up(env, message, reason)))
    wait: timedelta = pause(
        message.attempts,
        expires=_is_short_lived(message),
        chance=int.from_bytes(env.dice.octets(2), "big") / 65536,
        policy=DELIVERY,
    )
    return Tally(later=int(outcomes.later(message, env.clock.now() + wait, reason)))
