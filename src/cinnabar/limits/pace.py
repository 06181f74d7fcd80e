"""Who was wrong often today waits longer after each further wrong try (LCK-04, LCK-08).

What is counted is an address, so that the wait is the same whoever was named and tells nothing
of any account (LCK-03). It holds up somebody with one address and many accounts, and costs a
customer who mistypes a few seconds at most.
"""

from datetime import timedelta

from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits.models import Pause
from cinnabar.statements import instant, one, run

_UNTIL = "SELECT until FROM limits_pause WHERE what = %s AND whom = %s AND until > %s"

# Two who were wrong together wait for the longer of the two.
_SET = """
INSERT INTO limits_pause (what, whom, until) VALUES (%s, %s, %s)
ON CONFLICT (what, whom) DO UPDATE SET until = excluded.until
WHERE limits_pause.until < excluded.until
"""

_SECOND = timedelta(seconds=1)
_LONG_AGO = timedelta(hours=-1)
"""When a wait of nothing was over: a clock that is set back a little makes nobody wait."""


def wait(count: int, *, after: int, most: timedelta) -> timedelta:
    """Return how long to wait after the `count`th wrong try of the day. Pure.

    Nothing before the `after`th, one second after it, then twice as long each time, up to `most`.
    """
    if count < after:
        return timedelta()
    # More doublings than a day has seconds make no difference.
    seconds: int = 1 << min(count - after, 17)
    return min(timedelta(seconds=seconds), most)


def require(env: Env, what: str, whom: str) -> None:
    """Raise `Refused(TOO_FAST)` with the seconds that are left while `whom` has to wait."""
    now = env.clock.now()
    row = one(_UNTIL, what, whom, now)
    if row is not None:
        left = instant(row[0]) - now
        raise Refused(Refusal.TOO_FAST, retry_after=-(-left // _SECOND))


def slow_down(env: Env, what: str, whom: str, count: int) -> None:
    """Make `whom` wait after his `count`th wrong try of today, in the caller's transaction.

    The same statement runs whether there is anything to wait for or not.
    """
    policy = env.firm.guard
    left = wait(count, after=policy.delay_after, most=policy.delay_most)
    run(_SET, what, whom, env.clock.now() + (left or _LONG_AGO))


def forget_old(env: Env) -> int:
    """Drop waits that are over; return how many rows went."""
    return Pause.objects.filter(until__lt=env.clock.now()).delete()[0]
