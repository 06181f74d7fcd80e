"""`cinnabar ca root-crl`: the root's list, for another year."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cinnabar.cli import refuse, refusing
from cinnabar.cli.ca.options import PASSPHRASE_FILE, passphrase_of, write_pem

if TYPE_CHECKING:
    from cinnabar.kernel.secrets import Secret

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("root-crl")
@click.option("--root-key", type=_FILE, help="The root's encrypted key; with it a list is signed.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the list there, on the machine that keeps the root; root.crt lies beside the key.",
)
@click.option("--list", "signed", type=_FILE, help="A list signed there, to be put in place here.")
@PASSPHRASE_FILE
def root_crl(
    root_key: Path | None, output: Path | None, signed: Path | None, passphrase_file: Path | None
) -> None:
    """Sign the root's revocation list for another year.

    With the root's key brought to the installation, --root-key does it at once. With a root that
    stays where it is, call it there with --root-key and -o, carry the file, and call it here
    with --list.
    """
    from cinnabar.signer.ceremony import CeremonyRefused
    from cinnabar.signer.keys import KeyUnusable

    if (root_key is None) == (signed is None) or (output and root_key is None):
        refuse("give either --root-key, with or without -o, or --list")
    with refusing(CeremonyRefused, KeyUnusable, ValueError, OSError):
        if signed is not None:
            until = _place(signed)
        elif root_key is not None:
            passphrase = passphrase_of(passphrase_file, confirm=False)
            if output is not None:
                _sign(root_key, output, passphrase)
                return
            until = _renew(root_key, passphrase)
    click.echo(f"The root's list now holds until {until:%Y-%m-%d %H:%M} UTC.")


def _place(signed: Path) -> datetime:
    from cinnabar.config.options import Options
    from cinnabar.kernel.clock import SystemClock
    from cinnabar.signer.files import Places
    from cinnabar.signer.root_list import place_list

    places = Places(Options.read(os.environ).data)
    return place_list(places, signed.read_bytes(), SystemClock().now())


def _sign(root_key: Path, output: Path, passphrase: "Secret") -> None:
    from cinnabar.kernel.clock import SystemClock
    from cinnabar.signer.root import CERTIFICATE, open_root
    from cinnabar.signer.root_list import sign_list

    certificate = (root_key.parent / CERTIFICATE).read_bytes()
    root = open_root(certificate, root_key.read_bytes(), passphrase)
    write_pem(output, sign_list(root, SystemClock().now()), b"X509 CRL")
    click.echo(f"Next: carry {output} to the installation and call there: cinnabar ca root-crl")


def _renew(root_key: Path, passphrase: "Secret") -> datetime:
    from cinnabar.config.options import Options
    from cinnabar.kernel.clock import SystemClock
    from cinnabar.signer.ceremony import renew_root_crl

    return renew_root_crl(
        Options.read(os.environ).data,
        root_key=root_key.read_bytes(),
        root_passphrase=passphrase,
        now=SystemClock().now(),
    )
