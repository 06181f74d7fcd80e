"""Which messages are whose: claim, take back, close what is overdue.

Each is one UPDATE … RETURNING whose rows are picked by a subquery; on PostgreSQL the subquery
skips rows that another worker holds, on SQLite there is one writer at a time anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from cinnabar.env import Env
from cinnabar.messages.models import Outbox
from cinnabar.messages.policy import DELIVERY
from cinnabar.messages.rules import last_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that one worker holds until `claim_until`, its contents still sealed.

    `attempts` counts the claims, this one included; with `id` it tells this claim from any other.
    """

    id: str
    kind: str
    channel: str
    customer_id: int
    subject: str
    language: str
    to_sealed: bytes = field(repr=False)
    facts_sealed: bytes = field(repr=False)
    attempts: int
    created_at: datetime
    expires_at: datetime | None
    claim_until: datetime


def claim(env: Env, worker: str, limit: int, *, channel: str) -> list[Claimed]:
    """Take at most `limit` due messages of `channel` for `worker`: codes first, then the oldest.

    The claim is a lease: whoever does not finish in time loses the message to the next.
    """
    now = env.clock.now()
    with transaction.atomic(durable=True):
        rows = _take(
            "state = 'sending', claimed_by = %s, claim_until = %s, attempts = attempts + 1",
            [worker, now + DELIVERY.lease],
            "state = 'waiting' AND channel = %s AND not_before <= %s ORDER BY urgency, not_before",
            [channel, now],
            limit,
        )
    return [_claimed(row) for row in sorted(rows, key=lambda row: (row.urgency, row.not_before))]


def take_back(env: Env, limit: int = 200) -> int:
    """Put messages whose lease has lapsed back among the waiting; return how many.

    Their worker may have been killed before or after it handed them over: they go out again,
    perhaps for the second time, under the same id.
    """
    with transaction.atomic(durable=True):
        rows = _take(
            "state = 'waiting', claimed_by = '', claim_until = NULL, last_error = 'lease lapsed'",
            [],
            "state = 'sending' AND claim_until <= %s ORDER BY claim_until",
            [env.clock.now()],
            limit,
        )
    return len(rows)


def take_overdue(env: Env, channel: str, limit: int) -> list[Outbox]:
    """Close waiting messages of `channel` whose deadline is too near, and erase their facts.

    Runs in the caller's transaction, which also writes to the journal what was closed.
    """
    return _take(
        "state = 'expired', facts_sealed = NULL",
        [],
        "state = 'waiting' AND channel = %s AND expires_at <= %s ORDER BY expires_at",
        [channel, last_moment(channel, env.clock.now(), DELIVERY.margin[channel])],
        limit,
    )


def _take(
    change: str, values: Sequence[object], where: str, facts: Sequence[object], limit: int
) -> list[Outbox]:
    pick = f"SELECT id FROM messages_outbox WHERE {where} LIMIT %s"  # noqa: S608 - our own constants
    if connection.vendor == "postgresql":
        # An ARRAY is worked out once; IN (SELECT … LIMIT) may be run again per row and then
        # lock more than the limit.
        chosen = f"id = ANY(ARRAY({pick} FOR UPDATE SKIP LOCKED))"
    else:
        chosen = f"id IN ({pick})"
    statement = f"UPDATE messages_outbox SET {change} WHERE {chosen} RETURNING *"  # noqa: S608 - as above
    return list(Outbox.objects.raw(statement, [*values, *facts, limit]))


def _claimed(row: Outbox) -> Claimed:
    if row.facts_sealed is None or row.claim_until is None:  # kept out by the table's CHECKs
        msg = "a claimed message has its facts and a lease"
        raise ValueError(msg)
    return Claimed(
        id=row.id,
        kind=row.kind,
        channel=row.channel,
        customer_id=row.customer_id,
        subject=row.subject,
        language=row.language,
        to_sealed=bytes(row.to_sealed),
        facts_sealed=bytes(row.facts_sealed),
        attempts=row.attempts,
        created_at=row.created_at,
        expires_at=row.expires_at,
        claim_until=row.claim_until,
    )
