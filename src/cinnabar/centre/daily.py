"""Five reissues a day (P127, G25, LCK-09)."""

from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits

_REISSUE = "reissue"


def take(env: Env, pair: str) -> None:
    """Count a request of a typed pair on the firm's day, in the caller's transaction.

    It is the pair that is counted, so that one which fits nobody comes to its sixth as well.
    Raises `Refused(REISSUE_LIMIT)`.
    """
    if limits.take(env, _REISSUE, pair, limit=env.firm.reissue.per_day) is None:
        raise Refused(Refusal.REISSUE_LIMIT, most=env.firm.reissue.per_day)
