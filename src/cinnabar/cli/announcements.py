"""`cinnabar announcements`: what customers are told on the pages."""

from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

import click

from cinnabar.cli import refuse, refusing, world

if TYPE_CHECKING:
    from cinnabar.env import Env

_BY = "operator"


@click.group("announcements", short_help="Tell customers something on the pages.")
def command() -> None:
    """Publish announcements, list them, take them back.

    docs/operations/announcements.md describes the file of one.
    """


@command.command("add")
@click.argument("file", type=click.File("rb"))
def add(file: BinaryIO) -> None:
    """Publish the announcement in FILE, written in TOML.

    Ends with 2 and a sentence that names line and key if FILE holds none that could be shown;
    nothing is published then. The same announcement again is not published twice.
    """
    env = world()
    from cinnabar.announcements.actions import publish
    from cinnabar.announcements.faults import NoticeFileError
    from cinnabar.announcements.reading import LARGEST, read_notice

    identity = env.firm.identity
    with refusing(NoticeFileError):
        notice = read_notice(
            file.read(LARGEST + 1), languages=identity.languages, zone=identity.timezone
        )
    number = publish(env, notice, by=_BY)
    if number is None:
        refuse("the same announcement is published already; see cinnabar announcements list")
    click.echo(f"{number}: published, {_span(env, notice.shown_from, notice.shown_until)}")


@command.command("list")
@click.option("--language", help="Language of the titles; the firm's usual one by default.")
def list_command(language: str | None) -> None:
    """List all announcements there ever were, newest first."""
    env = world()
    from cinnabar.announcements.queries import every

    for one in every(env, language or env.firm.identity.locale):
        loud = " important" if one.important else ""
        span = _span(env, one.shown_from, one.shown_until)
        click.echo(f"{one.number}: {one.state}{loud}, {one.audience}, {span}: {one.title}")


@command.command("withdraw")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
def withdraw(number: int) -> None:
    """Show the announcement NUMBER no more; what it said is kept."""
    env = world()
    from cinnabar.announcements.actions import withdraw as act

    if not act(env, number, by=_BY):
        refuse(f"no announcement {number} is published; see cinnabar announcements list")
    click.echo(f"{number}: withdrawn")


def _span(env: "Env", start: datetime, end: datetime | None) -> str:
    pattern = env.firm.formats.window
    if end is None:
        return f"from {env.firm.local(start).strftime(pattern)}"
    return env.firm.formats.between(pattern, env.firm.local(start), env.firm.local(end))
