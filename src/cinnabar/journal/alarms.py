"""Alarms of the guard, written down where they arise (LCK-04, LCK-08, AUD-01)."""

from collections.abc import Iterable

from django.db import transaction

from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.limits import guard
from cinnabar.limits.guard import Alarm, Door


def wrong(env: Env, door: Door, address: str, *, channel: str) -> None:
    """Count a wrong try at `door`, in the transaction that notes it; write down what it sets off.

    `address` is what `guard.enter` was given, "" where no caller has one.
    """
    write(env, guard.wrong(env, door, address), channel=channel, at=door)


def claimed(env: Env, address: str, *, channel: str) -> None:
    """Count a claim of a stranger before anybody is looked up, in a transaction of its own (law 1).

    Whether it fits nobody may tell (LCK-03), so each counts as wrong until it is fulfilled
    (`guard.fulfilled`). Raises `Refused(TOO_MANY_TRIES)` for the address or its network.
    """
    with transaction.atomic(durable=True):
        guard.take(env, Door.CLAIM, address)
        wrong(env, Door.CLAIM, address, channel=channel)


def locked(env: Env, door: Door, *, channel: str) -> None:
    """Count an account that a wrong try has locked, in the transaction that notes it."""
    write(env, guard.locked(env), channel=channel, at=door)


def stolen(env: Env, device: str, *, channel: str) -> None:
    """Raise the alarm of a device whose cookie somebody copied, in the transaction that ends it."""
    write(env, guard.stolen(env, device), channel=channel, at=Door.SIGN_IN)


def write(env: Env, alarms: Iterable[Alarm], *, channel: str, at: str) -> None:
    """Write alarms down, in the transaction of the counts that set them off.

    `at` is a `Door`, or what codes are for.
    """
    for alarm in alarms:
        record(
            env,
            Event.GUARD_ALARM,
            subject=None,
            by="visitor",
            channel=channel,
            details={
                "door": at,
                "scope": alarm.scope,
                "whom": alarm.whom,
                "today": alarm.count,
            },
        )
