"""The one command line: `cinnabar NOUN VERB`.

Each noun is a module of this package and holds the click command or group of the same name; it
is imported when it is asked for, so that `cinnabar demo` starts at once.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import NoReturn

import click

from cinnabar.config import leash
from cinnabar.config.options import Options
from cinnabar.env import Env

WRONG_USE = 2
"""The exit code of a command that was told something it cannot work with."""


class Nouns(click.Group):
    """The commands of the modules beside this one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands that a person would call."""
        del ctx
        return sorted(m.name for m in iter_modules(__path__) if m.name != "__main__")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command named `cmd_name`, importing its module on the way."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found = vars(import_module(f"{__name__}.{cmd_name}")).values()
        return next(c for c in found if isinstance(c, click.Command) and c.name == cmd_name)


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cinnabar", message="%(prog)s %(version)s")
def cinnabar() -> None:
    """Issue, renew, revoke and check the trading certificates of a broker's customers."""


def main() -> None:
    """Run the command line; a supervised process ends with its supervisor."""
    leash.wear(os.environ)
    cinnabar(prog_name="cinnabar")


def ready() -> Options:
    """Set Django and the logs up from the environment; return what the environment says.

    What is wrong with it is said in one sentence and ends the process with `WRONG_USE`.
    """
    import django
    from django.conf import settings

    from cinnabar.config import logs

    logs.to_stderr()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinnabar.config.settings")
    with refusing(ValueError):
        django.setup()
    options: Options = settings.OPTIONS
    return options


def world() -> Env:
    """Return the installation's world; what keeps it from being built is said in one sentence."""
    options = ready()
    from cinnabar.config.compose import compose
    from cinnabar.kernel.vault import VaultError

    with refusing(ValueError, VaultError):
        return compose(options)


@contextmanager
def refusing(*problems: type[Exception]) -> Iterator[None]:
    """Turn `problems` into one sentence and the exit code `WRONG_USE`."""
    try:
        yield
    except problems as problem:
        refuse(str(problem))


def refuse(sentence: str) -> NoReturn:
    """Say why not, in one sentence, and end with `WRONG_USE`."""
    click.echo(f"cinnabar: {sentence}", err=True)
    sys.exit(WRONG_USE)
