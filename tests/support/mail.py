"""What a customer would have received, read from the outbox as the worker would send it."""

from cinnabar.env import Env
from cinnabar.messages.deliver import tick
from cinnabar.messages.queries import Letter, tray
from cinnabar.messages.tray import TrayChannel


def received(env: Env) -> tuple[Letter, ...]:
    """Deliver what is due and return all letters, newest first."""
    channel = TrayChannel(demo=True)
    tick(env, {"sms": channel, "email": channel}, worker="test")
    return tray()
