"""Firms whose passwords have their time: ninety days, told of fourteen before."""

from dataclasses import replace
from datetime import timedelta

from cinnabar.env import Env

DAY = timedelta(days=1)


def ninety(env: Env, *, days: int = 90, remind: int = 14) -> Env:
    """Return the same world in which a sign-in password is good for `days` days."""
    password = env.firm.password
    login = replace(password.login, max_age=days * DAY, remind=remind * DAY)
    return replace(env, firm=replace(env.firm, password=replace(password, login=login)))
