"""How many codes leave by SMS in an hour (COD-10).

Whoever is paid for SMS to certain numbers has codes sent to them; his numbers begin alike. What is
counted is the number on file, never whether it is known: a code is only sent to somebody who has
proved something before, so that a stranger meets none of this.
"""

import math
from collections.abc import Mapping

from cinnabar.codes.errand import Errand
from cinnabar.env import Env
from cinnabar.journal import alarms
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.limits import guard
from cinnabar.limits.guard import Scope
from cinnabar.limits.hours import hour, left

RANGE, ALL = "sms-range", "sms"
"""What is counted: SMS to numbers that begin alike, and of the whole firm; each by the hour."""


def within_budget(
    env: Env, errand: Errand, channels: Mapping[str, str], *, carrying: frozenset[str]
) -> dict[str, str]:
    """Count a code by SMS, in the caller's transaction; return the channels that are left.

    SMS is left out when its hour is used up and another of `channels` carries the code
    (`carrying`: those that do). Raises `Refused(SMS_PAUSED)` when none does.
    """
    mobile = channels.get("sms")
    if mobile is None or _take(env, errand, mobile):
        return dict(channels)
    others = {channel: to for channel, to in channels.items() if channel != "sms"}
    if not carrying & others.keys():
        seconds = math.ceil(left(env).total_seconds())
        raise Refused(Refusal.SMS_PAUSED, retry_after=seconds, minutes=-(-seconds // 60))
    return others


def _take(env: Env, errand: Errand, mobile: str) -> bool:
    """Count one more to the range of `mobile` and of the firm; False if either is at its limit."""
    policy, now = env.firm.code, hour(env)
    whom = f"{mobile[: policy.sms_range_digits]} {now}"
    of_range = limits.take(env, RANGE, whom, limit=policy.sms_per_range_and_hour)
    if of_range is None:
        return False
    if limits.take(env, ALL, now, limit=policy.sms_per_hour) is None:
        limits.give_one_back(env, RANGE, whom)
        return False
    marks = (
        (Scope.SMS_RANGE, (RANGE, whom, policy.sms_per_range_and_hour)),
        (Scope.SMS, (ALL, now, policy.sms_alarm_at)),
    )
    raised = [alarm for mark in marks if (alarm := guard.passed(env, *mark)) is not None]
    alarms.write(env, raised, channel=errand.channel, at=errand.purpose)
    return True
