"""What is on this machine: the worker's sign of life, the ledger, disk, files with secrets."""

import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cinnabar.config.doctor.check import Check, Level, span
from cinnabar.config.options import Options
from cinnabar.config.work import ALIVE, STALE
from cinnabar.env import Env
from cinnabar.kernel.breached import Breached, BreachedFileError
from cinnabar.kernel.secrets import Secret
from cinnabar.signer.files import Places
from cinnabar.signer.ledger import LedgerDamaged, read_ledger

_GIGABYTE = 1 << 30
_WARN = (2 * _GIGABYTE, 0.10)
_BAD = (_GIGABYTE // 4, 0.02)
_OTHERS = 0o077


def worker(options: Options, env: Env) -> Iterator[Check]:
    """Look when a worker of this data directory last came round."""
    try:
        touched = (options.data / ALIVE).stat().st_mtime
    except FileNotFoundError:
        said = "none shows that it is alive on this machine"
        yield Check("worker", Level.BAD, said, "Start it: `cinnabar worker`.")
        return
    ago = env.clock.now() - datetime.fromtimestamp(touched, UTC)
    said = f"came round {span(abs(ago))} ago"
    if ago.total_seconds() < STALE:
        yield Check("worker", Level.OK, said)
    else:
        step = "It is stuck or dead: read its log, restart `cinnabar worker`."
        yield Check("worker", Level.BAD, said, step)


def ledger(options: Options, env: Env) -> Iterator[Check]:
    """Look whether the signer's own record is whole, if this user may read it."""
    del env
    path = Places(options.data).ledger
    try:
        count = sum(1 for _ in read_ledger(path))
    except PermissionError:
        yield Check("ledger", Level.OK, "is the signer's own; it is read when the signer starts")
    except FileNotFoundError:
        step = "Start the signer: `cinnabar signer`."
        yield Check("ledger", Level.WARN, f"{path} is not there yet", step)
    except LedgerDamaged as damaged:
        step = "Stop the signer, keep the file, put it back from the backup."
        yield Check("ledger", Level.BAD, str(damaged), step)
    else:
        yield Check("ledger", Level.OK, f"{count} signatures, none changed or taken out")


def leaked(options: Options, env: Env) -> Iterator[Check]:
    """Look whether the list of leaked passwords is there that the firm's rules speak of."""
    policy = env.firm.password
    asked = "breached" in policy.login.blocklist | policy.withdrawal.blocklist
    if not asked or options.mode == "demo":
        said = "your rules ask for no list" if not asked else "a demo needs no list"
        yield Check("leaked passwords", Level.OK, said)
    elif env.breached is None:
        said = "your rules refuse them, but no list of them is here"
        step = "Fetch it and name it in CINNABAR_BREACHED_PASSWORDS."
        yield Check("leaked passwords", Level.WARN, said, step)
    else:
        yield _searched(env.breached)


def _searched(known: Breached) -> Check:
    try:
        known.holds(Secret("is it there"))
    except (BreachedFileError, OSError) as problem:
        step = "Put the list back and restart `cinnabar serve`."
        return Check("leaked passwords", Level.BAD, str(problem), step)
    return Check("leaked passwords", Level.OK, "new passwords are looked up in your list")


def disk(options: Options, env: Env) -> Iterator[Check]:
    """Look how much room the data directory has."""
    del env
    room = shutil.disk_usage(options.data)
    said = f"{room.free / _GIGABYTE:.1f} GB free of {room.total / _GIGABYTE:.1f}"
    level = Level.OK
    for bound, (octets, part) in ((Level.WARN, _WARN), (Level.BAD, _BAD)):
        if room.free < octets or room.free < part * room.total:
            level = bound
    step = f"Make room on the disk of {options.data}." if level is not Level.OK else ""
    yield Check("disk", level, said, step)


def secrets(options: Options, env: Env) -> Iterator[Check]:
    """Look whether anybody but its user may read a file with secrets."""
    del env
    places = Places(options.data)
    files = [*_files(options.data / "secrets"), *_files(places.private), *_files(places.offline)]
    opened = [path for path in files if _is_open(path)]
    if opened:
        said = f"{len(opened)} files can be read by others, first {opened[0]}"
        yield Check("secrets", Level.BAD, said, f"Close them: `chmod 600 {opened[0]}`.")
    elif options.mode == "production" and places.root_key.exists():
        said = f"the root's key lies on this machine: {places.root_key}"
        step = "Copy it to two media, lock them away, delete it here."
        yield Check("secrets", Level.WARN, said, step)
    else:
        yield Check("secrets", Level.OK, f"{len(files)} files, each for its own user only")


def _files(folder: Path) -> list[Path]:
    """Return the files with secrets below `folder`; none if this user may not look."""
    try:
        return [p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".vkey"]
    except PermissionError:
        return []


def _is_open(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)
