"""When a session ends, and whether a password is enough to begin one. Pure (SES-02, P23)."""

from datetime import datetime

from cinnabar.firm.login import LoginPolicy
from cinnabar.firm.model import Firm


def ends(
    policy: LoginPolicy, *, started_at: datetime, seen_at: datetime
) -> tuple[datetime, datetime]:
    """Return when a session ends if it is not used any more, and when it ends in any case."""
    return seen_at + policy.idle, started_at + policy.absolute


def is_over(policy: LoginPolicy, *, started_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Tell whether a session is too old or was idle for too long."""
    return now >= min(ends(policy, started_at=started_at, seen_at=seen_at))


def asks_second(firm: Firm) -> bool:
    """Tell whether a sign-in needs something besides the password (P23, REG-TW-1, REG-HK-1)."""
    return firm.login.second_factor.when == "every-sign-in"
