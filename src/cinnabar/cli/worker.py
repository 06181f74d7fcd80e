"""`cinnabar worker`: everything that happens without a customer waiting for it."""

import click

from cinnabar.cli import ready, refusing, world


@click.command("worker", short_help="Deliver messages, publish status, seal the journal.")
@click.option(
    "--metrics",
    metavar="HOST:PORT",
    help="Serve metrics for Prometheus there; an address of this machine.",
)
def command(metrics: str | None) -> None:
    """Deliver messages, publish certificate status and give the journal its leaves.

    Runs until SIGTERM or Ctrl-C, and then ends what it is doing first. Several workers on one
    database do no harm.
    """
    options, env = ready(), world()
    from cinnabar.config.chores import chores
    from cinnabar.config.metrics import address, serve
    from cinnabar.config.work import ALIVE, Worker, run_until_told
    from cinnabar.journal.notary import NotaryError

    with refusing(ValueError, NotaryError, OSError):
        where = address(metrics) if metrics else None
        worker = Worker(chores(options, env), options.data / ALIVE)
        close = serve(where, options, env, worker.rounds) if where else None
    run_until_told(worker)
    if close:
        close()
