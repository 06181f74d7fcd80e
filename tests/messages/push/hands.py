"""What every test of push does."""

from datetime import timedelta

from cinnabar.messages.deliver import tick
from cinnabar.messages.models import Outbox

LIFE = timedelta(seconds=120)
"""Of what an app is woken for."""


def go(env, twin, *hosts, timeout=5.0):
    return tick(env, {"push": twin.channel(*hosts, timeout=timeout)})


def message():
    return Outbox.objects.latest("id")
