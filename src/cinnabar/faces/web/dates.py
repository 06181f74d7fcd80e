"""Instants as people write them, in the firm's time zone and patterns (P182-P188)."""

from datetime import datetime

from cinnabar.env import Env


def instant(env: Env, at: datetime) -> str:
    """Return `at` to the second."""
    return at.astimezone(env.firm.identity.timezone).strftime(env.firm.formats.window)


def validity(env: Env, at: datetime) -> str:
    """Return `at` as the validity columns show it (P182)."""
    return at.astimezone(env.firm.identity.timezone).strftime(env.firm.formats.validity)


def panel(env: Env, at: datetime) -> str:
    """Return `at` as a panel shows it (P184)."""
    return at.astimezone(env.firm.identity.timezone).strftime(env.firm.formats.panel)


def day(env: Env, at: datetime) -> str:
    """Return the day of `at` (P185)."""
    return at.astimezone(env.firm.identity.timezone).strftime(env.firm.formats.mail_date)
