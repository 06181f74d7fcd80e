"""A real PKCS #11 module: SoftHSM, with tokens of this run in a directory of their own."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from cinnabar.kernel.dice import SystemDice
from cinnabar.signer.hsm import TokenAddress
from tests.support.place import DATA

MODULE = next(
    (
        path
        for path in map(
            Path,
            (
                "/usr/lib/softhsm/libsofthsm2.so",
                "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
                "/usr/lib64/pkcs11/libsofthsm2.so",
            ),
        )
        if path.exists()
    ),
    Path("libsofthsm2.so"),
)
PIN = "93-Saffron"


LABELS = ("shared", "taken-out", "other-pin", "secret-pin", "pinged", "renewing")


@cache
def place() -> Path:
    """Return the directory of the tokens; SoftHSM of this process and its children looks there.

    It sees the tokens that are there when it is first used, so all are made at once.
    """
    made = Path(tempfile.mkdtemp(prefix="softhsm-", dir=DATA))
    (made / "tokens").mkdir()
    settings = made / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {made / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    for label in LABELS:
        _make(label)
    return made


def _make(label: str) -> None:
    words = ("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "of officers")
    done = subprocess.run(["softhsm2-util", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def token(label: str = "shared", pin: str = PIN) -> TokenAddress:
    """Return one of the tokens, with a PIN file of its own."""
    pin_file = Path(tempfile.mkdtemp(dir=place())) / "pin"
    pin_file.write_text(pin + "\n")
    pin_file.chmod(0o600)
    return TokenAddress(module=MODULE, token=label, pin_file=pin_file)


def key_id() -> bytes:
    """Return an id that no key of this run has."""
    return SystemDice().octets(16)


@contextmanager
def taken_out(label: str) -> Iterator[None]:
    """Take a token out for a while."""
    inside = next(p for p in (place() / "tokens").iterdir() if _is(p, label))
    away = place() / inside.name
    inside.rename(away)
    try:
        yield
    finally:
        away.rename(inside)


def _is(folder: Path, label: str) -> bool:
    return label.encode() in (folder / "token.object").read_bytes()
