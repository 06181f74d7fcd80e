"""Hours of the firm's day, by which SMS are counted (COD-10)."""

from datetime import timedelta

from cinnabar.env import Env

_HOUR = timedelta(hours=1)


def hour(env: Env) -> str:
    """Return the hour of the firm's day, as counts are named by it."""
    return f"at {env.clock.now().astimezone(env.firm.identity.timezone):%H}:00"


def left(env: Env) -> timedelta:
    """Return how long the hour still lasts."""
    return _HOUR - timedelta(seconds=env.clock.now().timestamp() % _HOUR.total_seconds())
