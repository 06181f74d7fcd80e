"""`cinnabar prepare`: the data directory and the database, made or brought to this version."""

import click

from cinnabar.cli import ready, refusing


@click.command("prepare", short_help="Make the keys and the database, or bring them up to date.")
def command() -> None:
    """Make what is missing in CINNABAR_DATA and bring the database to this version.

    Run it once before the first start and after every upgrade. What exists is kept: running it
    again does no harm.
    """
    options = ready()
    from cinnabar.config import installation
    from cinnabar.kernel.dice import SystemDice

    with refusing(ValueError, OSError):
        installation.prepare(options, SystemDice())
    click.echo(f"prepared {options.data}")
    if not (options.data / "ca" / "issuing.crt").exists():
        click.echo("next: cinnabar ca init")
