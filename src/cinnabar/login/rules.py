"""When a session ends. Pure (SES-02)."""

from datetime import datetime

from cinnabar.firm.login import LoginPolicy


def ends(
    policy: LoginPolicy, *, started_at: datetime, seen_at: datetime
) -> tuple[datetime, datetime]:
    """Return when a session ends if it is not used any more, and when it ends in any case."""
    return seen_at + policy.idle, started_at + policy.absolute


def is_over(policy: LoginPolicy, *, started_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Tell whether a session is too old or was idle for too long."""
    return now >= min(ends(policy, started_at=started_at, seen_at=seen_at))
