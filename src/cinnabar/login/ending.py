"""A customer ends his sessions: one elsewhere, all others, or all (SES-03, SES-05).

What protects him asks no fresh proof.
"""

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session
from cinnabar.login.open import HANDLE, alive
from cinnabar.login.sessions import Ending


def end_one(env: Env, visitor: Visitor, handle: str) -> None:
    """End the visitor's other session of that handle; raise `Refused(NOT_FOUND)` for any other."""
    if len(handle) != HANDLE:
        raise Refused(Refusal.NOT_FOUND)
    if not _end(env, visitor, "one", handle=handle):
        raise Refused(Refusal.NOT_FOUND)


def end_others(env: Env, visitor: Visitor) -> int:
    """End every session of the visitor but this one; tell how many."""
    return _end(env, visitor, "others")


def end_everywhere(env: Env, visitor: Visitor) -> int:
    """End every session of the visitor; tell how many."""
    return _end(env, visitor, "everywhere")


def _end(env: Env, visitor: Visitor, scope: str, *, handle: str = "") -> int:
    """End in one transaction, behind whoever renames a session at this moment (step-up)."""
    with transaction.atomic():
        lock_customer(visitor.customer_id)
        found = Session.objects.filter(
            alive(env), customer_id=visitor.customer_id, pk__startswith=handle
        )
        if scope != "everywhere":
            found = found.exclude(pk=visitor.session)
        ended = found.update(ended_at=env.clock.now(), ended_why=Ending.ELSEWHERE)
        if ended:
            note(env, visitor, Event.SESSION_ENDED, {"scope": scope, "sessions": ended})
    return ended
