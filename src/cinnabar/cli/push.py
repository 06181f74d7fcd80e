"""`cinnabar push`: the key by which push services know this installation."""

import click

from cinnabar.cli import refuse, world


@click.group("push", short_help="The key that wakes the app: rotate.")
def command() -> None:
    """Look after the key by which push services know this installation (RFC 8292)."""


@command.command("rotate")
@click.option(
    "--now",
    "at_once",
    is_flag=True,
    help="Forget the older key and all that hangs on it: somebody else may have it.",
)
def rotate(at_once: bool) -> None:  # noqa: FBT001 - click hands flags over like this
    """Make a new key; the older one serves until the apps have moved to the new one."""
    env = world()
    if not env.push_hosts:
        refuse("CINNABAR_PUSH names no push service, so there is no key to rotate")
    from cinnabar.messages.push import keys

    left = keys.rotate(env, by="operator", at_once=at_once)
    said = "forgotten; the apps subscribe anew when they are opened" if at_once else "still served"
    click.echo(f"A new key is in use. Subscriptions under older keys: {left}, {said}.")
