"""Write down what happened, in the transaction in which it happens."""

from collections.abc import Mapping

from django.db import connection

from cinnabar.env import Env
from cinnabar.journal.events import Event
from cinnabar.journal.rules import mac, payload
from cinnabar.kernel.canonical import JsonValue

_INSERT = "INSERT INTO journal_entry (at, event, subject, payload, mac) VALUES (%s, %s, %s, %s, %s)"
_NONCE = 8


def record(
    env: Env,
    event: Event,
    *,
    subject: str | None,
    by: str,
    channel: str,
    details: Mapping[str, JsonValue],
) -> None:
    """Write one entry; it is kept if and only if the act it tells is (AUD-01, AUD-06).

    `subject` is the customer's pseudonym, or None if the act is about nobody in particular; `by`
    is who acted: a subject, or the name of a duty such as `visitor`, `worker`, `operator`.
    Personal data goes in as `commit(env, …).digest` only. The tree costs the caller nothing: the
    sequencer grows it afterwards.

    Raises `RuntimeError` outside a transaction and `TypeError` for details that are not plain
    data, a `Secret` among them (AUD-03); the act is then rolled back with its entry.
    """
    if not connection.in_atomic_block:
        msg = f"{event.value} is recorded in the transaction of its act"
        raise RuntimeError(msg)
    at = env.clock.now()
    text = payload(
        at=at,
        event=event.value,
        subject=subject,
        by=by,
        channel=channel,
        details=details,
        nonce=env.dice.octets(_NONCE),
    )
    row = [
        connection.ops.adapt_datetimefield_value(at),
        event.value,
        subject or "",
        text.decode(),
        mac(env.vault, text),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
