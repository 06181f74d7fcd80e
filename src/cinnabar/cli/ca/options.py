"""What several verbs of `cinnabar ca` are told in the same way."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cinnabar.cli import refuse
from cinnabar.kernel.secrets import Secret

if TYPE_CHECKING:
    from cinnabar.signer.hsm import TokenAddress

PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose first line is the passphrase of the root key; asked for without it.",
)

_HSM = (
    click.option(
        "--pkcs11",
        "module",
        type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
        help="The PKCS #11 module of an HSM that is to have the keys; else they are files.",
    ),
    click.option("--token", help="The label of the token in the HSM."),
    click.option(
        "--pin-file",
        type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
        help="File whose first line is the PIN of the token's user.",
    ),
)


def hsm_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the options that name a token."""
    for option in reversed(_HSM):
        command = option(command)
    return command


def token_of(
    module: Path | None, token: str | None, pin_file: Path | None
) -> "TokenAddress | None":
    """Return the token named by the options, None if they are left out."""
    from cinnabar.signer.hsm import TokenAddress

    if module is None and token is None and pin_file is None:
        return None
    if module is None or token is None or pin_file is None:
        refuse("--pkcs11, --token and --pin-file go together")
    return TokenAddress(module=module, token=token, pin_file=pin_file)


def passphrase_of(file: Path | None, *, confirm: bool) -> Secret:
    """Return the root's passphrase, from `file` or the keyboard."""
    if file is not None:
        return Secret(file.read_text().splitlines()[0] if file.stat().st_size else "")
    text: str = click.prompt(
        "Passphrase of the root key", hide_input=True, confirmation_prompt=confirm
    )
    return Secret(text)


def write_pem(path: Path, pem: bytes, kind: bytes) -> None:
    """Write or rewrite a file of ours, all or nothing; raise `OSError` for one of another kind."""
    from cinnabar.signer.ceremony import replace

    if path.exists() and b"-----BEGIN " + kind + b"-----" not in path.read_bytes():
        msg = f"{path} is there and something else; name another file"
        raise OSError(msg)
    replace(path, pem)
