"""The directory of a demo: recognised by a mark, used by one demo at a time."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = "demo.json"
LOCK = "demo.lock"

_SOCKET = Path("signer") / "signer.sock"
_LONGEST_SOCKET = 107
"""Octets of a unix socket's path (unix(7): sun_path)."""


class UnusableError(Exception):
    """The directory cannot be used; the message is a sentence that says why and what to do."""


@contextmanager
def taken(data: Path, firm: str, *, fresh: bool) -> Iterator[None]:
    """Hold `data` for a demo of `firm`, emptied first if `fresh`.

    Raises `UnusableError` if it cannot be written, is in use, holds anything but a demo, or the
    demo of another firm.
    """
    _check_length(data)
    known = _is_demo_or_empty(data)
    if not known:
        msg = f"{data} holds something that is no demo; name another directory with --data"
        raise UnusableError(msg)
    with _locked(data):
        if fresh:
            _empty(data)
        _mark(data, firm)
        yield


def _check_length(data: Path) -> None:
    if len(os.fsencode(data / _SOCKET)) > _LONGEST_SOCKET:
        msg = f"{data} is too long a path for the signer's socket; name a shorter one with --data"
        raise UnusableError(msg)


def _is_demo_or_empty(data: Path) -> bool:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (data / MARK).is_file() or not any(p.name != LOCK for p in data.iterdir())
    except OSError as problem:
        msg = f"{data} cannot be used: {problem.strerror}; name another directory with --data"
        raise UnusableError(msg) from problem


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    try:
        lock = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        msg = f"{data} cannot be written: {problem.strerror}; name another directory with --data"
        raise UnusableError(msg) from problem
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        msg = f"a demo runs in {data} already; stop it first or name another directory with --data"
        raise UnusableError(msg) from problem
    else:
        yield
    finally:
        os.close(lock)


def _empty(data: Path) -> None:
    for entry in data.iterdir():
        if entry.name == LOCK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _mark(data: Path, firm: str) -> None:
    mark = data / MARK
    if not mark.exists():
        mark.write_text(json.dumps({"demo": "cinnabar", "firm": firm}) + "\n")
        return
    try:
        before = json.loads(mark.read_text())["firm"]
    except (ValueError, KeyError, TypeError) as problem:
        msg = f"{mark} is damaged; start anew with --fresh"
        raise UnusableError(msg) from problem
    if before != firm:
        msg = f"{data} holds a demo of the firm {before}; add --fresh or name another with --data"
        raise UnusableError(msg)
