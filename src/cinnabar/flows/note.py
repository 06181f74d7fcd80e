"""A customer's own act, for the journal: he did it, to himself, over his channel."""

from collections.abc import Mapping

from cinnabar.env import Env
from cinnabar.flows.visitor import Actor
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue


def note(env: Env, visitor: Actor, event: Event, details: Mapping[str, JsonValue]) -> None:
    """Record what the visitor did, in the transaction in which he did it (AUD-01)."""
    record(
        env,
        event,
        subject=visitor.subject,
        by=visitor.subject,
        channel=visitor.channel,
        details=details,
    )
