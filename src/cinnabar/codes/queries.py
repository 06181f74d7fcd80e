"""What the firm sees of codes: how many were wrong, how many left by SMS."""

from cinnabar.codes import rules
from cinnabar.codes.actions import sms
from cinnabar.env import Env
from cinnabar.limits import actions as limits
from cinnabar.limits.hours import hour


def wrong_today(env: Env) -> int:
    """Return the wrong codes of all customers today."""
    return limits.count(env, rules.WRONG, "")


def sms_this_hour(env: Env) -> int:
    """Return how many codes left by SMS in this hour."""
    return limits.count(env, sms.ALL, hour(env))
