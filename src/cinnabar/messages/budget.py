"""How many notices leave by SMS in an hour: of the firm, and to numbers that begin alike (COD-10).

Codes are counted where they are asked for (`codes.actions.sms`); notices here, as they leave.
Whoever makes the product tell him of something again and again, because SMS to his numbers are
paid for, is told by the hour. Nothing is lost: what has no place waits for the next hour, mails
leave as ever, and codes have a count of their own, which notices do not use up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from cinnabar.env import Env
from cinnabar.journal import alarms
from cinnabar.limits import actions as limits
from cinnabar.limits import guard
from cinnabar.limits.actions import Allowance
from cinnabar.limits.guard import Scope
from cinnabar.limits.hours import hour, left
from cinnabar.messages.channel import Rendered
from cinnabar.messages.kinds import CODES

RANGE, ALL = "sms-notice-range", "sms-notice"
"""What is counted by the hour: notices by SMS to numbers that begin alike, and of the firm."""

_AT = "notice"


class SpentError(Exception):
    """The hour's notices have left, to these numbers or all; `until`: when the next hour begins."""

    def __init__(self, until: datetime) -> None:
        """Say until when."""
        super().__init__("notices by SMS: the hour's are used up")
        self.until = until


@contextmanager
def counted(env: Env, kind: str, rendered: Rendered) -> Iterator[None]:
    """Count a notice by SMS while it is handed over; what was not taken is not counted.

    Raises `SpentError` before the hand-over. Codes and mails pass.
    """
    if rendered.channel != "sms" or kind in CODES:
        yield
        return
    taken = _allowances(env, rendered.to)
    _take(env, *taken)
    try:
        yield
    except BaseException:
        with transaction.atomic(durable=True):
            limits.give_back(env, *(one[:2] for one in taken))
        raise


def _allowances(env: Env, to: str) -> tuple[Allowance, Allowance]:
    policy, now = env.firm.code, hour(env)
    return (
        (RANGE, f"{to[: policy.sms_range_digits]} {now}", policy.sms_per_range_and_hour),
        (ALL, now, policy.sms_per_hour),
    )


def _take(env: Env, of_range: Allowance, of_firm: Allowance) -> None:
    marks = (
        (Scope.SMS_RANGE, of_range),
        (Scope.SMS, (*of_firm[:2], env.firm.code.sms_alarm_at)),
    )
    with transaction.atomic(durable=True):
        if not limits.take_all(env, of_range, of_firm):
            raise SpentError(env.clock.now() + left(env))
        raised = [alarm for mark in marks if (alarm := guard.passed(env, *mark)) is not None]
        alarms.write(env, raised, channel="worker", at=_AT)
