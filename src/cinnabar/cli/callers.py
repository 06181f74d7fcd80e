"""`cinnabar callers`: the machines that may ask the machine face, such as the order line."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cinnabar.cli import ready, refuse, refusing, world

if TYPE_CHECKING:
    from cinnabar.env import Env
    from cinnabar.journal.events import Event


@click.group("callers", short_help="Let a machine such as the order line ask; end that.")
def command() -> None:
    """Say which machines may ask the machine face, and by which key or certificate.

    docs/integration/voice-line.md says what they ask. A change holds at once.
    """


@command.command("add")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add(name: str, file: Path) -> None:
    """Let the machine NAME in by its public key or certificate in FILE, PEM or DER.

    Keys are Ed25519 or P-256. A machine may have several at a time, so that one can take the
    other's place.
    """
    env, path = world(), _path()
    from cinnabar.faces.machine import callers
    from cinnabar.journal.events import Event

    with refusing(callers.CallersError):
        known = callers.read(path)
        new = callers.caller(name, file.read_bytes(), env.clock.now())
    if any(one.id == new.id for one in known):
        refuse(f"{new.id} is let in already; see cinnabar callers list")
    _note(env, Event.CALLER_ADDED, new.name, new.id)
    callers.write(path, [*known, new])
    click.echo(f"{new.name}: let in by {new.proof} {new.id}")


@command.command("list")
def list_command() -> None:
    """List who is let in."""
    ready()
    from cinnabar.faces.machine import callers

    with refusing(callers.CallersError):
        known = callers.read(_path())
    for one in known:
        click.echo(f"{one.name}: {one.proof} {one.id}, since {one.added_at:%Y-%m-%d %H:%M} UTC")


@command.command("remove")
@click.argument("id_", metavar="ID")
def remove(id_: str) -> None:
    """Let nobody in any more by the key or certificate ID, as `callers list` shows it."""
    env, path = world(), _path()
    from cinnabar.faces.machine import callers
    from cinnabar.journal.events import Event

    with refusing(callers.CallersError):
        known = callers.read(path)
    gone = [one for one in known if one.id == id_]
    if not gone:
        refuse("nobody is let in by that; see cinnabar callers list")
    callers.write(path, [one for one in known if one.id != id_])
    _note(env, Event.CALLER_REMOVED, gone[0].name, id_)
    click.echo(f"{gone[0].name}: not let in any more by {id_}")


def _path() -> Path:
    from cinnabar.faces.machine.callers import FILE

    return ready().data / FILE


def _note(env: "Env", event: "Event", name: str, id_: str) -> None:
    from django.db import transaction

    from cinnabar.journal.actions import record

    with transaction.atomic():
        details = {"caller": name, "id": id_}
        record(env, event, subject=None, by="operator", channel="cli", details=details)
