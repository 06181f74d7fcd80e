"""`cinnabar customers`: taking customers over from the firm's core system."""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cinnabar.cli import ready, refuse, refusing, world

if TYPE_CHECKING:
    from cinnabar.customers.faults import LineFault
    from cinnabar.env import Env
    from cinnabar.words import Words

_SOME_REFUSED = 1
_CLEAR_LINE = "\r\x1b[K"


@click.group("customers", short_help="Take over customers from the core system.")
def command() -> None:
    """Take over customers from the firm's core system."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what is wrong with which line to this CSV file instead of the terminal.",
)
@click.option("--language", default="en", show_default=True, help="Language of the sentences.")
def import_command(file: Path, report: Path | None, language: str) -> None:
    """Take over the customers in FILE, a CSV file in UTF-8.

    Lines that are wrong are reported and the others go in. Customers whom FILE does not mention
    stay as they are. The same file again changes nothing, so an import that was interrupted is
    simply repeated. docs/operations/customers.md describes the columns.

    Ends with 0 when every line went in, 1 when some were refused, 2 when FILE cannot be read.
    """
    env = world()
    from cinnabar.words import Words

    words = Words(env.firm, language)
    if report is not None and report.exists() and report.samefile(file):
        refuse(words.say("import.report-is-file", file=file))
    with _sentences(), file.open("rb") as source, _reporting(words, report) as say:
        refused = _take_over(env, words, source, say)
    if report is not None and refused:
        click.echo(words.say("import.reported", file=report))
    sys.exit(_SOME_REFUSED if refused else 0)


@command.command("export-sample")
@click.argument("file", type=click.File("wb"), default="-")
def export_sample(file: BinaryIO) -> None:
    """Write a file of fictional customers to FILE, named as the firm names its own."""
    options = ready()
    from cinnabar.customers.sample import sample_csv
    from cinnabar.firm.load import load_firm

    with refusing(ValueError):
        file.write(sample_csv(load_firm(options.firm)))


@command.command("new-key")
@click.option("--language", default="en", show_default=True, help="Language of the sentences.")
def new_key_command(language: str) -> None:
    """Add a key to the key file; what is written from now on is sealed under it.

    Then restart the processes of the installation, so that they can read it, and only then run
    `cinnabar customers reseal`. Older keys stay in the file: other parts may still need them.
    """
    options, env = ready(), world()
    from cinnabar.kernel.vault import VaultError, load_keyring
    from cinnabar.words import Words

    with refusing(OSError, ValueError, VaultError):
        ring = load_keyring(options.keyring).rotated(env.dice)
        ring.save(options.keyring)
    click.echo(Words(env.firm, language).say("import.new-key", version=ring.newest))


@command.command("reseal")
@click.option("--batch", default=1000, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--language", default="en", show_default=True, help="Language of the sentences.")
def reseal_command(batch: int, language: str) -> None:
    """Seal customers anew that are still under an older key of the key file.

    Safe beside a running installation, and safe to interrupt: the next call does what is left.
    """
    env = world()
    from cinnabar.customers.actions import reseal
    from cinnabar.customers.queries import waiting_for_reseal
    from cinnabar.journal.customers import journalled
    from cinnabar.words import Words

    tell = journalled(env, by="operator")
    with _sentences(), _bar(waiting_for_reseal(env)) as progress:
        count = reseal(env, tell=tell, batch=batch, progress=progress)
    words = Words(env.firm, language)
    click.echo(words.say("import.resealed", customers=count, version=env.vault.newest))


def _take_over(
    env: "Env", words: "Words", source: BinaryIO, say: "Callable[[LineFault], None]"
) -> int:
    """Import `source`, print the summary and return how many lines were refused."""
    from cinnabar.customers.actions import import_file
    from cinnabar.customers.faults import Unreadable
    from cinnabar.journal.customers import journalled

    tell = journalled(env, by="operator")
    size = source.seek(0, 2)
    source.seek(0)
    try:
        with _bar(size) as progress:
            summary = import_file(env, source, tell=tell, refuse=say, progress=progress)
    except Unreadable as unreadable:
        refuse(words.say(f"import-file.{unreadable.fault}", **unreadable.facts))
    counts = ("read", "created", "changed", "unchanged", "refused")
    click.echo(words.say("import.summary", **{name: getattr(summary, name) for name in counts}))
    return summary.refused


@contextmanager
def _reporting(words: "Words", report: Path | None) -> "Iterator[Callable[[LineFault], None]]":
    """Give a function that reports one fault: into the file, or else on the terminal."""

    def reason(fault: "LineFault") -> str:
        return words.say(f"import-fault.{fault.fault}", **fault.facts)

    def on_terminal(fault: "LineFault") -> None:
        if sys.stderr.isatty():
            click.echo(_CLEAR_LINE, err=True, nl=False)
        facts = {"line": fault.line, "column": fault.column, "reason": reason(fault)}
        click.echo(words.say("import.problem", **facts))

    if report is None:
        yield on_terminal
        return
    with report.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("line", "column", "reason"))
        yield lambda fault: table.writerow((fault.line, fault.column, reason(fault)))


@contextmanager
def _bar(length: int) -> Iterator[Callable[[int], None]]:
    """Give a function that moves a progress bar on a terminal and does nothing elsewhere."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, file=sys.stderr, hidden=hidden) as bar:
        yield bar.update


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn what may be wrong with the installation or a file into one sentence."""
    from django.db import DatabaseError

    from cinnabar.kernel.vault import VaultError

    with refusing(OSError, VaultError):
        try:
            yield
        except DatabaseError as problem:
            # The first line only: the rest may repeat values.
            refuse(f"the database says: {str(problem).partition(chr(10))[0]}")
