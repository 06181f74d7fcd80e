"""What became of a hand-over: one conditional UPDATE each, and its line in the journal.

Every UPDATE is fenced by the claim (id and number of attempts): a worker that lost its lease to
another changes nothing. If the lease lapsed but nobody has claimed the message since, the
outcome still counts, which saves a repetition.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.messages.channel import Receipt
from cinnabar.messages.claims import Claimed, take_overdue
from cinnabar.messages.kinds import CHANNELS, State
from cinnabar.messages.models import Outbox

_LONGEST_REASON = 80
_LONGEST_REF = 120


def handed_over(env: Env, message: Claimed, receipt: Receipt) -> bool:
    """Mark that the other side took it: keep its reference, erase the facts."""
    return _close(
        env,
        message,
        State.DELIVERED if receipt.delivered else State.SENT,
        Event.MESSAGE_SENT,
        sent_at=env.clock.now(),
        provider_ref=receipt.provider_ref[:_LONGEST_REF],
    )


def refused(env: Env, message: Claimed, reason: str) -> bool:
    """Mark that the other side will never take it."""
    return _close(env, message, State.FAILED, Event.MESSAGE_FAILED, reason)


def expired(env: Env, message: Claimed) -> bool:
    """Close it: its deadline is too near to send it."""
    return _close(env, message, State.EXPIRED, Event.MESSAGE_EXPIRED, "deadline")


def given_up(env: Env, message: Claimed, reason: str) -> bool:
    """Give it up after as many tries as the house makes; a notice keeps its facts for `requeue`."""
    return _close(
        env,
        message,
        State.DEAD,
        Event.MESSAGE_GIVEN_UP,
        reason,
        keep_facts=message.expires_at is None,
    )


def later(message: Claimed, not_before: datetime, reason: str) -> bool:
    """Put what was not taken now back among the waiting, not before the given instant."""
    with transaction.atomic(durable=True):
        return (
            _mine(message).update(
                state=State.WAITING,
                claim_until=None,
                claimed_by="",
                not_before=not_before,
                last_error=reason[:_LONGEST_REASON],
            )
            == 1
        )


def released(message: Claimed, not_before: datetime | None = None, reason: str = "") -> bool:
    """Put what was not tried at all back among the waiting, as if it had never been claimed.

    With `not_before` it waits till then, and `reason` says why.
    """
    waits = {"not_before": not_before, "last_error": reason[:_LONGEST_REASON]}
    with transaction.atomic(durable=True):
        return (
            _mine(message).update(
                state=State.WAITING,
                claim_until=None,
                claimed_by="",
                attempts=message.attempts - 1,
                **(waits if not_before else {}),
            )
            == 1
        )


def close_overdue(env: Env, limit: int = 200) -> int:
    """Close waiting messages whose deadline has come, on every channel; return how many.

    Also for channels nobody works on: a code's facts do not outlive the code.
    """
    count = 0
    for channel in CHANNELS:
        with transaction.atomic(durable=True):
            for row in take_overdue(env, channel, limit):
                _journal(env, Event.MESSAGE_EXPIRED, row, row.last_error or "deadline")
                count += 1
    return count


def _close(
    env: Env,
    message: Claimed,
    state: State,
    event: Event,
    reason: str = "",
    *,
    keep_facts: bool = False,
    sent_at: datetime | None = None,
    provider_ref: str = "",
) -> bool:
    erased: dict[str, None] = {} if keep_facts else {"facts_sealed": None}
    with transaction.atomic(durable=True):
        moved = _mine(message).update(
            state=state,
            claim_until=None,
            claimed_by="",
            sent_at=sent_at,
            provider_ref=provider_ref,
            last_error=reason[:_LONGEST_REASON],
            **erased,
        )
        if moved:
            _journal(env, event, message, reason)
    return moved == 1


def _mine(message: Claimed) -> QuerySet[Outbox]:
    return Outbox.objects.filter(
        id=message.id, attempts=message.attempts, state__in=(State.SENDING, State.WAITING)
    )


def _journal(env: Env, event: Event, message: Claimed | Outbox, reason: str) -> None:
    waited: timedelta = env.clock.now() - message.created_at
    details: dict[str, JsonValue] = {
        "message": message.id,
        "kind": message.kind,
        "way": message.channel,
        "attempts": message.attempts,
        "waited_ms": waited // timedelta(milliseconds=1),
    }
    record(
        env,
        event,
        subject=message.subject,
        by="worker",
        channel="worker",
        details={**details, "reason": reason} if reason else details,
    )
