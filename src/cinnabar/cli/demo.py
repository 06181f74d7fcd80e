"""`cinnabar demo`: the whole product on one machine, for a fictional firm, started by one word."""

import os
import socket
import sys
from pathlib import Path

import click

from cinnabar.cli import ready, refuse, refusing
from cinnabar.cli.serve import taken as port_taken
from cinnabar.config.demo_run import HOST, DemoRun
from cinnabar.config.place import UnusableError, taken


@click.command("demo", short_help="Start everything, with a fictional firm and its customers.")
@click.option("--firm", default="taiwan", show_default=True, help="Shipped firm, or a firm file.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--data", type=click.Path(path_type=Path), help="Directory to keep the demo in.")
@click.option("--fresh", is_flag=True, help="Empty the directory first, if it is a demo's.")
@click.option("--with-parent", is_flag=True, hidden=True)
@click.option("--prepare", is_flag=True, hidden=True)
def command(
    *, firm: str, port: int, data: Path | None, fresh: bool, with_parent: bool, prepare: bool
) -> None:
    """Start signer, worker and web on this machine and say when they answer.

    Prints one line, `ready http://127.0.0.1:PORT/`, and runs until Ctrl-C. The same directory
    finds its customers and certificates again; without --data it is
    ~/.local/share/cinnabar/demo. Port 0 takes any that is free.
    """
    if prepare:
        _prepare()
        return
    data = (data or _default_data()).expanduser().absolute()
    if "/" in firm or firm.endswith(".toml"):
        firm = str(Path(firm).absolute())
    port = port or _free_port()
    if sentence := port_taken(HOST, port):
        refuse(f"{sentence}; choose another with --port")
    try:
        with taken(data, firm, fresh=fresh):
            run = DemoRun(firm=firm, port=port, data=data, with_parent=with_parent)
            sys.exit(run.until_told())
    except UnusableError as problem:
        refuse(str(problem))


def _prepare() -> None:
    """Bring the data directory up to date; a process of its own, run by the demo."""
    options = ready()
    from cinnabar.config import demo, installation
    from cinnabar.config.compose import compose
    from cinnabar.kernel.dice import SystemDice
    from cinnabar.kernel.vault import VaultError

    with refusing(ValueError, VaultError):
        installation.prepare(options, SystemDice())
        installation.make_demo_authority(options, compose(options))
        demo.prepare(options)


def _default_data() -> Path:
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "cinnabar" / "demo"


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.bind((HOST, 0))
        return int(trial.getsockname()[1])
