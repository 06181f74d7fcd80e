"""`cinnabar worker`: everything that happens without a customer waiting for it."""

import click

from cinnabar.cli import ready, refusing, world


@click.command("worker", short_help="Deliver messages, publish status, seal the journal.")
def command() -> None:
    """Deliver messages, publish certificate status and give the journal its leaves.

    Runs until SIGTERM or Ctrl-C, and then ends what it is doing first. Several workers on one
    database do no harm.
    """
    options, env = ready(), world()
    from cinnabar.config.chores import chores
    from cinnabar.config.work import run_until_told
    from cinnabar.journal.notary import NotaryError

    with refusing(ValueError, NotaryError):
        work = chores(options, env)
    run_until_told(work, options.data)
