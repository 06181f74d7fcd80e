"""How many notices leave by SMS in an hour to numbers that begin alike (COD-10, MSG-03).

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
from cinnabar.limits.guard import Scope
from cinnabar.limits.hours import hour, left
from cinnabar.messages.channel import Rendered
from cinnabar.messages.kinds import CODES

RANGE = "sms-notice-range"
"""What is counted: notices by SMS to numbers that begin alike, by the hour."""

_AT = "notice"


class SpentError(Exception):
    """The hour's notices to these numbers have left; `until` is when the next hour begins."""

    def __init__(self, until: datetime) -> None:
        """Say until when."""
        super().__init__("notices by SMS to these numbers: the hour's are used up")
        self.until = until


@contextmanager
def counted(env: Env, kind: str, rendered: Rendered) -> Iterator[None]:
    """Count a notice by SMS while it is handed over; what was not taken is not counted.

    Raises `SpentError` before the hand-over. Codes and mails pass.
    """
    if rendered.channel != "sms" or kind in CODES:
        yield
        return
    whom = f"{rendered.to[: env.firm.code.sms_range_digits]} {hour(env)}"
    _take(env, whom)
    try:
        yield
    except BaseException:
        with transaction.atomic(durable=True):
            limits.give_one_back(env, RANGE, whom)
        raise


def _take(env: Env, whom: str) -> None:
    most = env.firm.code.sms_per_range_and_hour
    with transaction.atomic(durable=True):
        if limits.take(env, RANGE, whom, limit=most) is None:
            raise SpentError(env.clock.now() + left(env))
        alarm = guard.passed(env, Scope.SMS_RANGE, (RANGE, whom, most))
        alarms.write(env, [] if alarm is None else [alarm], channel="worker", at=_AT)
