"""`cinnabar signer`: the process that holds the keys of the CA."""

import logging
import os
import pwd

import click

from cinnabar.cli import refuse


@click.command("signer", short_help="Sign certificates, lists and answers for the others.")
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    metavar="USER",
    help="A user whose processes may ask, beside the signer's own. May be repeated.",
)
@click.option("--group", metavar="GROUP", help="A group that may reach the socket.")
@click.option(
    "--per-minute",
    default=6000,
    show_default=True,
    type=click.IntRange(1),
    help="New certificates signed in any minute, at most.",
)
def signer_command(allowed: tuple[str, ...], group: str | None, per_minute: int) -> None:
    """Sign what passes the signer's own look, over a unix socket below CINNABAR_DATA.

    In production it runs as a user of its own, who alone can read the keys. Runs until SIGTERM
    or Ctrl-C.
    """
    from cinnabar.config import logs
    from cinnabar.config.options import Options
    from cinnabar.firm.faults import FirmFileError
    from cinnabar.firm.load import load_firm
    from cinnabar.kernel.clock import SystemClock
    from cinnabar.kernel.dice import SystemDice
    from cinnabar.signer.files import Places
    from cinnabar.signer.keys import KeyUnusable
    from cinnabar.signer.ledger import LedgerDamaged
    from cinnabar.signer.server import Doors
    from cinnabar.signer.service import Service

    logs.to_stderr()
    log = logging.getLogger("cinnabar.signer")
    try:
        options = Options.read(os.environ)
        service = Service(
            places=Places(options.data),
            firm=load_firm(options.firm),
            base_url=options.base_url,
            clock=SystemClock(),
            dice=SystemDice(),
            doors=Doors(users=_users(allowed), group=group),
            per_minute=per_minute,
        )
        service.run(ready=lambda: log.info("signing"))
    except (FirmFileError, KeyUnusable, LedgerDamaged, ValueError, OSError) as problem:
        refuse(str(problem))


command = signer_command


def _users(names: tuple[str, ...]) -> frozenset[int]:
    try:
        return frozenset({os.getuid(), *(pwd.getpwnam(name).pw_uid for name in names)})
    except KeyError as problem:
        msg = f"there is no such user: {problem.args[0]}"
        raise ValueError(msg) from problem
