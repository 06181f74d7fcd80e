"""`cinnabar ca root`, `request`, `sign-request`, `adopt`: a root that is kept elsewhere."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cinnabar.cli import refuse, refusing, world
from cinnabar.cli.ca.options import PASSPHRASE_FILE, hsm_options, passphrase_of, token_of, write_pem

if TYPE_CHECKING:
    from cryptography import x509

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.command("root")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@PASSPHRASE_FILE
def root(folder: Path, passphrase_file: Path | None) -> None:
    """Make a root for CINNABAR_FIRM in FOLDER, on the machine that is to keep it.

    Needs no installation. FOLDER gets root.key, encrypted under the passphrase, and root.crt.
    """
    from cinnabar.config.options import Options
    from cinnabar.firm.faults import FirmFileError
    from cinnabar.firm.load import load_firm
    from cinnabar.kernel.clock import SystemClock
    from cinnabar.kernel.dice import SystemDice
    from cinnabar.signer.ceremony import CeremonyRefused
    from cinnabar.signer.keys import KeyUnusable
    from cinnabar.signer.root import make_root

    with refusing(CeremonyRefused, KeyUnusable, FirmFileError, ValueError, OSError):
        firm = load_firm(Options.read(os.environ).firm)
        passphrase = passphrase_of(passphrase_file, confirm=True)
        made = make_root(folder, firm, SystemDice(), passphrase=passphrase, now=SystemClock().now())
    click.echo(f"root CA     {_fingerprint(made)}")
    click.echo("Next: copy both files to two media, keep the passphrase with another person,")
    click.echo("and bring this machine the request: cinnabar ca sign-request")


@click.command("request")
@click.argument("file", type=_NEW)
@hsm_options
def request(file: Path, module: Path | None, token: str | None, pin_file: Path | None) -> None:
    """Make the next generation's keys and write the request for its certificate to FILE.

    Carry FILE to the machine with the root. The keys are made where those of the generation
    before are, or in the HSM that is named. Called again, it writes the same request again.
    """
    from django.conf import settings

    env, place = world(), token_of(module, token, pin_file)
    from cinnabar.config import generations
    from cinnabar.signer.ceremony import CeremonyRefused
    from cinnabar.signer.keys import KeyUnusable
    from cinnabar.signer.protocol import SignerUnavailable

    with refusing(CeremonyRefused, KeyUnusable, SignerUnavailable, OSError):
        made = generations.request(settings.OPTIONS, env, place)
        write_pem(file, made.pem, b"CERTIFICATE REQUEST")
    click.echo(f"generation  {made.generation}")
    click.echo(f"its key     {made.key}")
    click.echo(f"Next: carry {file} to the root and call there: cinnabar ca sign-request")


@click.command("sign-request")
@click.argument("file", type=_FILE)
@click.option(
    "--root-key",
    required=True,
    type=_FILE,
    help="The root's encrypted key; root.crt lies beside it.",
)
@click.option("-o", "--output", required=True, type=_NEW, help="Where the certificate goes.")
@PASSPHRASE_FILE
def sign_request(file: Path, root_key: Path, output: Path, passphrase_file: Path | None) -> None:
    """Sign the request in FILE with the root, on the machine that keeps it.

    Shows what is asked for, then asks for the passphrase: to give it is to agree. Needs no
    installation.
    """
    from cinnabar.kernel.clock import SystemClock
    from cinnabar.kernel.dice import SystemDice
    from cinnabar.signer.ceremony import CeremonyRefused
    from cinnabar.signer.keys import KeyUnusable
    from cinnabar.signer.requests import read_wish
    from cinnabar.signer.root import CERTIFICATE, open_root, sign_wish

    with refusing(CeremonyRefused, KeyUnusable, ValueError, OSError):
        wish = read_wish(file.read_bytes())
        click.echo(f"asks        {wish.subject.rfc4514_string()}")
        click.echo(f"its key     {wish.key}")
        click.echo(f"for         {wish.base_url}")
        click.echo("Sign only if the key is the one that `cinnabar ca request` showed.")
        certificate = (root_key.parent / CERTIFICATE).read_bytes()
        passphrase = passphrase_of(passphrase_file, confirm=False)
        above = open_root(certificate, root_key.read_bytes(), passphrase)
        made = sign_wish(wish, above, SystemDice(), SystemClock().now())
        write_pem(output, made.pem(), b"CERTIFICATE")
    click.echo(f"root CA     {_fingerprint(made.root)}")
    click.echo(f"issuing CA  {_fingerprint(made.issuing)}")
    click.echo(f"Next: carry {output} back and call there: cinnabar ca adopt")


@click.command("adopt")
@click.argument("file", type=_FILE)
def adopt(file: Path) -> None:
    """Put the certificate in FILE in place: from then on customers' are issued under it.

    Stop the signer before and start it afterwards. Certificates of generations before stay
    valid, and their lists and OCSP answers go on. Interrupted, it is called again.
    """
    from django.conf import settings

    env = world()
    from cinnabar.config import generations
    from cinnabar.signer.ceremony import CeremonyRefused
    from cinnabar.signer.keys import KeyUnusable
    from cinnabar.signer.ledger import LedgerDamaged
    from cinnabar.signer.protocol import SignerUnavailable
    from cinnabar.signer.requests import Answer

    try:
        with refusing(CeremonyRefused, KeyUnusable, SignerUnavailable, OSError):
            made = generations.adopt(settings.OPTIONS, env, Answer.read(file.read_bytes()))
    except LedgerDamaged as problem:
        refuse(f"{problem}; stop the signer first: cinnabar signer")
    click.echo(f"generation  {made.generation}")
    click.echo(f"root CA     {made.root}")
    click.echo(f"issuing CA  {made.issuing}")
    click.echo("Compare both with what the root's machine showed, then start the signer:")
    click.echo("  cinnabar signer")


def _fingerprint(certificate: "x509.Certificate") -> str:
    from cryptography.hazmat.primitives import hashes

    return certificate.fingerprint(hashes.SHA256()).hex()
