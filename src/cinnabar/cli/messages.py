"""`cinnabar messages`: the state of the outbox."""

import click

from cinnabar.cli import refuse, world


@click.group("messages", short_help="Look at the outbox; let a dead notice go out again.")
def command() -> None:
    """Look at the outbox. What a message says is never shown."""


@command.command("backlog")
def backlog() -> None:
    """Say how many messages wait on each channel, and since when."""
    env = world()
    from cinnabar.messages.queries import backlog as read

    for line in read(env):
        oldest = f"{line.oldest.total_seconds():.0f} s" if line.oldest else "-"
        click.echo(
            f"{line.channel}: {line.waiting} waiting, {line.sending} on their way, "
            f"{line.dead} dead, oldest {oldest}"
        )


@command.command("requeue")
@click.argument("message")
def requeue(message: str) -> None:
    """Let a dead notice go out again; a code cannot come back."""
    env = world()
    from cinnabar.messages.actions import requeue as act

    if not act(env, message, by="operator"):
        refuse("there is no dead notice with that id")
    click.echo("it goes out again")
