"""What faces may see of messages: the demo's tray, delivery states, the backlog."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

from django.db.models import Count, Min

from cinnabar.env import Env
from cinnabar.kernel.vault import VaultError
from cinnabar.messages.envelope import open_to
from cinnabar.messages.kinds import CHANNELS, State
from cinnabar.messages.models import Outbox, Tray


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as it lies in the demo's tray. `subject` is empty for an SMS.

    `picture` is the PNG that a mail shows, b"" for none.
    """

    channel: str
    to: str
    subject: str
    text: str
    sent_at: datetime
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How one message fared, for staff: never what it said, nor the whole address (COD-18).

    `masked_to` is empty for a push, and if the address no longer opens. `waited` is the time from
    posting to hand-over, or until now. `trouble` is the last reason it was not taken, or empty.
    """

    id: str
    kind: str
    channel: str
    masked_to: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    waited: timedelta
    attempts: int
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What one channel has before it. `oldest` is the age of the oldest waiting message."""

    channel: str
    waiting: int
    sending: int
    dead: int
    oldest: timedelta | None


def tray(limit: int = 200) -> tuple[Letter, ...]:
    """Return the demo's messages, newest first."""
    rows = Tray.objects.order_by("-sent_at", "-id")[:limit]
    return tuple(
        Letter(
            channel=row.channel,
            to=row.to,
            subject=row.subject,
            text=row.text,
            sent_at=row.sent_at,
            picture=bytes(row.picture or b""),
        )
        for row in rows
    )


def sent_at(key: str) -> datetime | None:
    """Return when the message posted under `key` was handed over, None until it was."""
    return Outbox.objects.filter(key=key).values_list("sent_at", flat=True).first()


def deliveries(env: Env, customer_id: int, limit: int = 50) -> tuple[Delivery, ...]:
    """Return how the customer's latest messages fared, newest first."""
    rows = Outbox.objects.filter(customer_id=customer_id).order_by("-created_at", "-id")
    return tuple(_delivery(env, row) for row in rows.defer("facts_sealed")[:limit])


def backlog(env: Env) -> tuple[Backlog, ...]:
    """Return what waits on each channel; reads only rows that are not finished."""
    unfinished = Outbox.objects.filter(state__in=(State.WAITING, State.SENDING, State.DEAD))
    counts = dict.fromkeys(product(CHANNELS, State), 0)
    oldest: dict[str, datetime] = {}
    for channel, state, count, since in unfinished.values_list("channel", "state").annotate(
        Count("id"), Min("created_at")
    ):
        counts[channel, State(state)] = count
        if state == State.WAITING:
            oldest[channel] = since
    return tuple(
        Backlog(
            channel=channel,
            waiting=counts[channel, State.WAITING],
            sending=counts[channel, State.SENDING],
            dead=counts[channel, State.DEAD],
            oldest=env.clock.now() - oldest[channel] if channel in oldest else None,
        )
        for channel in CHANNELS
    )


def _delivery(env: Env, row: Outbox) -> Delivery:
    return Delivery(
        id=row.id,
        kind=row.kind,
        channel=row.channel,
        masked_to=_masked(env, row),
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        waited=(row.sent_at or env.clock.now()) - row.created_at,
        attempts=row.attempts,
        trouble=row.last_error,
    )


def _masked(env: Env, row: Outbox) -> str:
    if row.channel == "push":
        return ""  # the name of a subscription, which is nobody's address
    try:
        to = open_to(env, row.id, row.to_sealed)
    except VaultError:
        return ""
    return env.firm.masks.mobile(to) if row.channel == "sms" else env.firm.masks.email(to)
