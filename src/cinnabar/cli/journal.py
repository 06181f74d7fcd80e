"""`cinnabar journal`: looking after the audit log."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cinnabar.cli import ready, refuse

if TYPE_CHECKING:
    from cinnabar.journal.findings import Finding
    from cinnabar.journal.notes import VerifierKey
    from cinnabar.journal.verify import Summary
    from cinnabar.kernel.vault import Vault


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("journal", short_help="Check the audit log.")
def journal_group() -> None:
    """Check the audit log, with the product running or not."""


@journal_group.command("verify")
@click.option("--outside", type=_FILE, help="A copy of checkpoints; it may hold some only.")
@click.option("--key", type=_FILE, help="File of verifier keys to believe.")
@click.option("--most", default=100, show_default=True, type=click.IntRange(1), help="Say at most.")
@click.pass_context
def verify_command(ctx: click.Context, outside: Path | None, key: Path | None, most: int) -> None:
    """Check every entry, its place in the tree and every signed checkpoint.

    Says which entry was changed, moved, copied or taken away, and ends with 0 if there is none,
    else with 1. An auditor brings their own copy of the checkpoints with --outside and the key
    they were handed with --key: then not even who holds this machine can have rewritten both.
    """
    ready()
    from cinnabar.config.settings import OPTIONS
    from cinnabar.journal.notary import NotaryError, load_keys
    from cinnabar.kernel.dice import SystemDice
    from cinnabar.kernel.vault import Vault, VaultError, load_keyring

    try:
        vault = Vault(load_keyring(OPTIONS.keyring), SystemDice())
        keys = load_keys(key or OPTIONS.data / "secrets" / "journal.vkey")
    except (VaultError, NotaryError) as problem:
        refuse(str(problem))
    findings, summary = _verify(vault, keys, outside, most)
    for finding in findings:
        click.echo(f"{finding.sentence()}.")
    _conclude(summary, said=len(findings))
    ctx.exit(1 if summary.findings else 0)


@journal_group.command("receipt")
@click.argument("file", type=_FILE)
@click.option("--key", type=_FILE, help="File of verifier keys to believe; else the firm's own.")
@click.option("--checkpoint", type=_FILE, help="A checkpoint kept earlier, to have grown from.")
@click.pass_context
def receipt_command(
    ctx: click.Context, file: Path, key: Path | None, checkpoint: Path | None
) -> None:
    """Check a customer's receipt, without the database and without asking anybody.

    Ends with 0 if every entry in it is under a checkpoint that the key signed, else with 1. With
    --checkpoint also the journal must have grown from the one that was kept.
    """
    from cinnabar.journal.notary import NotaryError, load_keys
    from cinnabar.journal.receipts import ReceiptError, check

    try:
        keys = load_keys(key or ready().data / "secrets" / "journal.vkey")
        saved = checkpoint.read_text() if checkpoint else None
    except (NotaryError, OSError, UnicodeDecodeError) as problem:
        refuse(str(problem))
    try:
        good = check(file.read_bytes(), keys, saved=saved)
    except ReceiptError as problem:
        click.echo(f"The receipt is NOT good: {problem}.")
        ctx.exit(1)
    for entry in good.entries:
        click.echo(f"{entry.at.isoformat(timespec='seconds')}  {entry.event}  place {entry.index}")
    if good.grew_from is not None:
        click.echo(f"The journal grew from the checkpoint over {good.grew_from} entries.")
    click.echo(
        f"The receipt is good: all {len(good.entries)} are in the journal of {good.head.origin}, "
        f"under its checkpoint over {good.head.size} entries."
    )


command = journal_group


def _verify(
    vault: "Vault", keys: Sequence["VerifierKey"], copy: Path | None, most: int
) -> tuple[list["Finding"], "Summary"]:
    """Return the first `most` findings and the summary, with a bar over a long run."""
    from cinnabar.config.settings import OPTIONS
    from cinnabar.journal.verify import verify

    outside = copy or OPTIONS.data / "checkpoints.log"
    findings: list[Finding] = []

    def keep(finding: "Finding") -> None:
        if len(findings) < most:
            findings.append(finding)

    with click.progressbar(
        length=1, label="entries", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        summary = verify(
            vault, keys, outside, found=keep, progress=progress, partial=copy is not None
        )
    return findings, summary


def _conclude(summary: "Summary", *, said: int) -> None:
    if summary.findings > said:
        click.echo(f"… and {summary.findings - said} more.")
    click.echo(
        f"{summary.entries} entries and {summary.inside} checkpoints were checked, "
        f"{summary.outside} of them also outside the database."
    )
    if summary.waiting:
        click.echo(f"{summary.waiting} entries wait for their place in the tree.")
    if summary.behind:
        click.echo("The newest checkpoint is not in the outside file yet.")
    if summary.findings:
        click.echo("The journal is NOT as it was written.")
    else:
        click.echo("The journal is as it was written.")
