"""The data directory of an installation: its folders, its keys, its database.

Everything here is harmless to repeat: what exists is kept, what is missing is made.
"""

from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import transaction

from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.firm.load import load_firm
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.journal.notary import create_notary
from cinnabar.kernel.dice import CROCKFORD, Dice
from cinnabar.kernel.secrets import Secret
from cinnabar.kernel.vault import new_keyring
from cinnabar.signer.ceremony import Made, init_authority
from cinnabar.signer.files import Places
from cinnabar.signer.hsm import TokenAddress
from cinnabar.signer.keys import write_private

_FOLDERS = ("", "secrets", "log")
_PASSPHRASE = 26


def prepare(options: Options, dice: Dice) -> None:
    """Make the folders and keys that are missing and bring the database up to date.

    Raises `FirmFileError` before anything is made if the firm file is wrong.
    """
    load_firm(options.firm)
    for name in _FOLDERS:
        (options.data / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    if not options.keyring.exists():
        new_keyring(dice).save(options.keyring)
    journal_key = options.data / "secrets" / "journal.key"
    if not journal_key.exists():
        create_notary(journal_key, name=_journal_name(options), dice=dice)
    call_command("migrate", interactive=False, verbosity=0)


def make_authority(
    options: Options, env: Env, passphrase: Secret, *, by: str, token: TokenAddress | None = None
) -> Made:
    """Make the CA of a prepared installation and write so in the journal; return what was made.

    `passphrase` is that of the root's key; `token` has the other keys, which are files without
    one. Raises what the ceremony raises.
    """
    made = init_authority(
        options.data,
        env.firm,
        env.dice,
        root_passphrase=passphrase,
        base_url=options.base_url,
        now=env.clock.now(),
        token=token,
    )
    details = {"root": made.root, "issuing": made.issuing}
    with transaction.atomic():
        record(env, Event.CA_INITIALISED, subject=None, by=by, channel="cli", details=details)
    return made


def make_demo_authority(options: Options, env: Env) -> None:
    """Make the CA of a demo, if it has none; its root's passphrase lies beside its keys.

    A real CA is made by people, with `cinnabar ca init`.
    """
    if Places(options.data).certificate("issuing").exists():
        return
    passphrase = options.data / "secrets" / "root.passphrase"
    if not passphrase.exists():
        write_private(passphrase, env.dice.text(CROCKFORD, _PASSPHRASE).encode())
    make_authority(options, env, Secret(passphrase.read_text()), by="demo")


def _journal_name(options: Options) -> str:
    """Return the origin line of checkpoints: an address without scheme (C2SP tlog-checkpoint)."""
    return f"{urlsplit(options.base_url).hostname}/journal"
