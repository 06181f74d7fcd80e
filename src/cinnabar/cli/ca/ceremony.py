"""`cinnabar ca init` and `resume`: a CA whose root is made on the same machine."""

from pathlib import Path

import click

from cinnabar.cli import refusing, world
from cinnabar.cli.ca.options import PASSPHRASE_FILE, hsm_options, passphrase_of, token_of


@click.command("init")
@PASSPHRASE_FILE
@hsm_options
def init(
    passphrase_file: Path | None, module: Path | None, token: str | None, pin_file: Path | None
) -> None:
    """Make root, issuing CA, OCSP signer and mail signer of a new installation.

    Works in CINNABAR_DATA after `cinnabar prepare`, for CINNABAR_FIRM reached at
    CINNABAR_BASE_URL. The root's key is written apart, encrypted under a passphrase; an
    existing CA is never touched. With --pkcs11 the keys of issuing CA and OCSP signer are made
    in the HSM and never leave it.
    """
    from django.conf import settings

    from cinnabar.config.installation import make_authority
    from cinnabar.signer.ceremony import CeremonyRefused
    from cinnabar.signer.keys import KeyUnusable
    from cinnabar.signer.protocol import SignerUnavailable

    env, place = world(), token_of(module, token, pin_file)
    with refusing(CeremonyRefused, KeyUnusable, SignerUnavailable, OSError):
        passphrase = passphrase_of(passphrase_file, confirm=True)
        made = make_authority(settings.OPTIONS, env, passphrase, by="operator", token=place)
    places = made.places
    click.echo(f"root CA     {made.root}")
    click.echo(f"issuing CA  {made.issuing}")
    click.echo("Next:")
    click.echo(f"  1. Copy {places.root_key} to two media, put them under lock, delete it here.")
    click.echo("     Keep the passphrase elsewhere, with another person.")
    click.echo("  2. Write both fingerprints (SHA-256) into the record of the ceremony.")
    click.echo(f"  3. Give {places.certificate('root')} to the relying parties.")
    click.echo("  4. Start the signer: cinnabar signer")
    click.echo("  5. Within a year renew the root's list: cinnabar ca root-crl")


@click.command("resume")
def resume() -> None:
    """Finish certificates that a crash left between intention and signature.

    The worker does this by itself; after a restore or an outage it can be asked for at once.
    """
    from datetime import timedelta

    env = world()
    from cinnabar.certificates.actions.issue import resume as finish

    finished = 0
    while more := finish(env, older_than=timedelta()):
        finished += more
    click.echo(f"{finished} finished")
