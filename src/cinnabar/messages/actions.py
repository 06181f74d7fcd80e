"""Put a message into the outbox, let a dead one go out again, forget old ones."""

from datetime import datetime

from django.db import connection, transaction

from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.messages.envelope import seal_facts, seal_to
from cinnabar.messages.kinds import (
    CHANNELS,
    CODES,
    EXPIRING,
    ONLY_BY_MAIL,
    Facts,
    Kind,
    State,
    check_facts,
)
from cinnabar.messages.models import Outbox, Tray

_INSERT = """
INSERT INTO messages_outbox
  (id, kind, channel, customer_id, subject, language, to_sealed, facts_sealed, "key", urgency,
   not_before, expires_at, state, claim_until, claimed_by, attempts, provider_ref, last_error,
   created_at, sent_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', NULL, '', 0, '', '', %s, NULL)
ON CONFLICT ("key") DO NOTHING
RETURNING id
"""


def post(
    env: Env,
    *,
    kind: Kind,
    customer_id: int,
    subject: str,
    channel: str,
    to: str,
    language: str,
    facts: Facts,
    key: str,
    expires_at: datetime | None,
) -> str:
    """Write a message into the outbox, in the transaction of the fact it tells; return its id.

    `key` makes it idempotent: if a message with this key is there already, nothing is written
    and the id of that one is returned. `subject` is the customer's pseudonymous id; `key` must
    hold nothing personal. What carries a code or link has to expire. Raises `RuntimeError` outside
    a transaction and `ValueError` or `TypeError` for facts that are not the kind's.
    """
    if not connection.in_atomic_block:
        msg = "a message is posted in the transaction of the fact it tells"
        raise RuntimeError(msg)
    if channel not in CHANNELS:
        msg = f"there is no channel {channel!r}"
        raise ValueError(msg)
    check_facts(kind, facts)
    _check_way(kind, channel, expires_at)
    now = env.clock.now()
    message_id = new_id(env, now)
    values = (
        message_id,
        kind.value,
        channel,
        customer_id,
        subject,
        language,
        seal_to(env, message_id, to),
        seal_facts(env, message_id, facts),
        key,
        int(kind not in CODES),
        now,
        expires_at,
        now,
    )
    return _insert(values) or Outbox.objects.values_list("id", flat=True).get(key=key)


def new_id(env: Env, now: datetime) -> str:
    """Return a new id: a UUID of version 7 (RFC 9562, section 5.7) as 32 hex digits.

    Its head is the time in milliseconds, so that new rows stay side by side in the index; 74
    bits are chance. It goes out with the message, where a repeated one is known by it.
    """
    chance = int.from_bytes(env.dice.octets(10), "big")
    head = int(now.timestamp() * 1000) << 80
    version, variant = 7 << 76, 2 << 62
    high = (chance >> 68 & 0xFFF) << 64
    return f"{head | version | high | variant | chance & (1 << 62) - 1:032x}"


def requeue(env: Env, message_id: str, *, by: str) -> bool:
    """Let a dead notice go out again; tell whether there was one. `by` is the operator.

    A code cannot come back: its facts were erased when it died.
    """
    with transaction.atomic():
        moved = Outbox.objects.filter(
            id=message_id, state=State.DEAD, facts_sealed__isnull=False
        ).update(state=State.WAITING, attempts=0, not_before=env.clock.now(), last_error="")
        if moved:
            row = Outbox.objects.only("id", "subject", "kind", "channel").get(id=message_id)
            record(
                env,
                Event.MESSAGE_REQUEUED,
                subject=row.subject,
                by=by,
                channel="worker",
                details={"message": row.id, "kind": row.kind, "way": row.channel},
            )
    return moved == 1


def forget_before(before: datetime, *, limit: int = 1000) -> int:
    """Delete at most `limit` finished messages made before `before`; return how many.

    What is waiting or dead stays, however old. The journal keeps that they were sent.
    """
    with transaction.atomic():
        old = (
            Outbox.objects.filter(created_at__lt=before)
            .exclude(state__in=(State.WAITING, State.SENDING, State.DEAD))
            .order_by("created_at")
            .values_list("id", flat=True)[:limit]
        )
        gone, _ = Outbox.objects.filter(id__in=list(old)).delete()
        Tray.objects.filter(sent_at__lt=before).delete()
    return gone


def _check_way(kind: Kind, channel: str, expires_at: datetime | None) -> None:
    if (channel == "push") != (kind is Kind.APPROVAL_WAITING):
        msg = f"push wakes the app, and nothing else does: not a {kind} message by {channel}"
        raise ValueError(msg)
    if channel == "sms" and kind in ONLY_BY_MAIL:
        msg = f"a {kind} message goes by mail"
        raise ValueError(msg)
    # The table sees to it for a code; newer kinds have their guard here, so that the version
    # before this one and this one can run on one database.
    if kind in EXPIRING - {Kind.CODE} and expires_at is None:
        msg = f"a {kind} message has to expire"
        raise ValueError(msg)


def _insert(values: tuple[object, ...]) -> str | None:
    # Not ignore_conflicts: on SQLite that is INSERT OR IGNORE, which would swallow a broken
    # CHECK as well and lose the message without a word.
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [connection.ops.adapt_unknown_value(value) for value in values])
        row = cursor.fetchone()
    return None if row is None else str(row[0])
