"""The devices a customer is known on, as he sees and ends them (SES-05)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.agents import read_agent
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import KnownDevice, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDevice:
    """One of the visitor's devices. `remembered_until`: None where a second factor is asked."""

    handle: int
    agent: str
    first_at: datetime
    last_at: datetime
    remembered_until: datetime | None
    is_this: bool


def own(env: Env, visitor: Visitor) -> tuple[OwnDevice, ...]:
    """Return the devices the visitor is known on, this one first, then those used last."""
    here, now = _here(visitor), env.clock.now()
    found = [
        OwnDevice(
            handle=row.pk,
            agent=row.agent,
            first_at=row.first_seen_at,
            last_at=row.last_seen_at,
            remembered_until=_until(row, now),
            is_this=row.device_id == here,
        )
        for row in _known(visitor).order_by("-last_seen_at", "-pk")
    ]
    return tuple(sorted(found, key=lambda one: not one.is_this))


def end(env: Env, visitor: Visitor, handle: int) -> bool:
    """Make a device a stranger to the visitor and end his sessions on it; tell if it was this one.

    It needs no fresh factor: shutting out is cheap on purpose. Raises `Refused(NOT_FOUND)` alike
    for another customer's device, one that was ended, and none.
    """
    here, now = _here(visitor), env.clock.now()
    with transaction.atomic():
        row = _known(visitor).filter(pk=handle).first()
        ended = _known(visitor).filter(pk=handle).update(ended_at=now, remembered_until=None)
        if row is None or not ended:
            raise Refused(Refusal.NOT_FOUND)
        open_there = Session.objects.filter(
            customer_id=visitor.customer_id, device_id=row.device_id, ended_at=None
        )
        named = read_agent(row.agent)
        note(
            env,
            visitor,
            Event.DEVICE_ENDED,
            {
                "device": row.device_id,
                "browser": named.browser,
                "system": named.system,
                "sessions_ended": open_there.update(ended_at=now),
            },
        )
    return row.device_id == here


def _known(visitor: Visitor) -> QuerySet[KnownDevice]:
    mine = KnownDevice.objects.filter(customer_id=visitor.customer_id, ended_at=None)
    return mine.filter(device__ended_at=None)


def _here(visitor: Visitor) -> str | None:
    return Session.objects.filter(pk=visitor.session).values_list("device_id", flat=True).first()


def _until(row: KnownDevice, now: datetime) -> datetime | None:
    until = row.remembered_until
    return until if until is not None and now < until else None
