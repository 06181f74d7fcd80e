"""When a session has ended. Pure (SES-02)."""

from datetime import datetime

from cinnabar.firm.login import LoginPolicy


def is_over(policy: LoginPolicy, *, started_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Tell whether a session is too old or was idle for too long."""
    return now - started_at >= policy.absolute or now - seen_at >= policy.idle
