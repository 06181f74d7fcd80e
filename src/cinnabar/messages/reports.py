"""Delivery reports: what the gateway says became of a message it had taken over.

Reports come in any order, more than once, or before the hand-over has been marked; so each is a
conditional UPDATE, and `delivered` is final.
"""

import hmac
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.messages.kinds import State
from cinnabar.messages.models import Outbox

DELIVERED = 1
UNDELIVERED = 2
QUEUED = 4
ACCEPTED = 8
REJECTED = 16
"""The values of Kannel's dlr-mask and `%d`: to the phone, and to the centre (4 to 16)."""

MASK = DELIVERED | UNDELIVERED | REJECTED
"""The reports that are asked for: those that end a message."""

_TOKEN = 32


def report_token(env: Env, message_id: str) -> str:
    """Return the word only this installation can write into a report's address."""
    return env.vault.mac("sms report", message_id.encode()).hex()[:_TOKEN]


def receive_report(env: Env, message_id: str, status: str, token: str) -> bool:
    """Take in one report; tell whether it changed anything.

    A wrong token, an unknown message, a status that is no number or ends nothing, and a report
    that comes late are left alone. The caller answers the gateway the same in every case.
    """
    if not hmac.compare_digest(report_token(env, message_id).encode(), token.encode()):
        return False
    if status == str(DELIVERED):
        return _move(env, message_id, set(State) - {State.DELIVERED}, State.DELIVERED)
    if status in {str(UNDELIVERED), str(REJECTED)}:
        return _move(env, message_id, {State.SENDING, State.SENT}, State.FAILED, f"report {status}")
    return False


def _move(env: Env, message_id: str, froms: set[State], to: State, reason: str = "") -> bool:
    now: datetime = env.clock.now()
    changes: dict[str, object] = {
        "state": to,
        "facts_sealed": None,
        "claim_until": None,
        "claimed_by": "",
        "last_error": reason,
    }
    if to is State.DELIVERED:
        changes["sent_at"] = Coalesce("sent_at", Value(now))
    with transaction.atomic():
        moved = Outbox.objects.filter(id=message_id, state__in=froms).update(**changes)
        if moved:
            _journal(env, message_id, to, reason)
    return moved == 1


def _journal(env: Env, message_id: str, state: State, reason: str) -> None:
    row = Outbox.objects.only("id", "subject", "kind", "channel").get(id=message_id)
    details = {"message": row.id, "kind": row.kind, "way": row.channel}
    record(
        env,
        Event.MESSAGE_DELIVERED if state is State.DELIVERED else Event.MESSAGE_FAILED,
        subject=row.subject,
        by="gateway",
        channel="machine",
        details={**details, "reason": reason} if reason else details,
    )
